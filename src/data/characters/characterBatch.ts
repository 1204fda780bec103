import { checkSeed } from '../../core/checks.js';
import type { ImageSet } from '../../core/image.js';
import { checkFields, listOf, numberFrom, optional, whole } from '../../core/kindChecks.js';
import { type RandomStream, randomStream } from '../../core/random.js';
import { checkAmount } from '../imageSource.js';
import { type Alphabet, inventAlphabet } from './alphabet.js';
import { chance } from './chances.js';
import { type Character, newCharacter } from './character.js';
import { type Drawer, inventDrawer, moreCareless } from './drawer.js';
import { drawInto, penLines } from './drawing.js';
import { checkFontAlphabet, type FontAlphabet, takeLetters } from './fontAlphabet.js';
import { variantOf } from './variant.js';

export interface CharacterBatchOptions {
  /** Number of alphabets. Default 4. */
  readonly alphabets?: number;
  /** Characters of each alphabet, each a class. Default 16. */
  readonly characters?: number;
  /** Drawers of each alphabet, each of whom draws all of its characters once. Default 4. */
  readonly drawers?: number;
  /** Height and width in pixels, 8 to 1,024. Default 32. */
  readonly side?: number;
  /** How much drawings differ from what is meant, at the median of drawers, 0 to 10. Default 1. */
  readonly carelessness?: number;
  /** Letters of fonts, as `fontAlphabets` reads them. Default: none. */
  readonly fonts?: readonly FontAlphabet[];
  /** Share of alphabets whose characters are letters of one of these fonts, in [0, 1]. Default 0.7. */
  readonly fontShare?: number;
  /** Draw every so many of the drawings again as if by another drawer. Default: none. */
  readonly twins?: number;
  readonly seed: number;
  /** Number of the batch: each has other alphabets. Default 0. */
  readonly batch?: number;
}

/** Drawings that are missed as much as others, but with another drawer's pen, and some way toward his slant and proportions. */
export interface Twins {
  readonly pixels: Float32Array;
  /** Index of the drawing that each is a twin of. */
  readonly of: Int32Array;
  /** Number of the other drawer. */
  readonly hands: Int32Array;
}

/** Drawings of a batch. */
export interface CharacterBatch extends ImageSet {
  /** Number of the drawer of each. */
  readonly hands: Int32Array;
  /** Some of the drawings again, as another of the drawers would draw them; there if they were asked for. */
  readonly twins?: Twins;
}

/** Most values of a batch: as floats, 2²⁸ take 1 GiB. */
const MOST_VALUES = 2 ** 28;

/** Characters of an alphabet, some of them variants of others. */
export function inventCharacters(
  alphabet: Alphabet,
  count: number,
  keys: readonly (number | string)[],
): Character[] {
  const characters: Character[] = [];
  while (characters.length < count) {
    const random = randomStream(...keys, 'character', characters.length);
    const like = characters[Math.floor(random.uniform() * characters.length)];
    characters.push(
      like !== undefined && chance(alphabet.variants, random)
        ? variantOf(like, alphabet, random)
        : newCharacter(alphabet, random),
    );
  }
  return characters;
}

/** How far a twin's slant and proportions go toward those of the other drawer. */
const TOWARD = 0.35;

/** A drawer with the pen of another, and some of his slant and proportions. */
function toward(own: Drawer, { pen, smoothness, ...other }: Drawer): Drawer {
  const between = (name: 'slant' | 'aspect' | 'rotation') => own[name] + TOWARD * (other[name] - own[name]);
  return {
    ...{ ...own, pen, smoothness },
    ...{ slant: between('slant'), aspect: between('aspect'), rotation: between('rotation') },
  };
}

/** One of the fonts, or `undefined` where an alphabet is to be invented. */
const chooseFont = (
  fonts: readonly FontAlphabet[],
  share: number,
  random: RandomStream,
): FontAlphabet | undefined =>
  fonts.length > 0 && chance(share, random) ? fonts[random.integer(fonts.length)] : undefined;

/**
 * Invents alphabets, and draws their characters by several drawers each. A training step asks for the next batch: no two
 * have an alphabet in common, so an encoder learns what makes two drawings the same character, and learns it where it is
 * hard, among characters of one style that are partly variants of each other. No image is real handwriting.
 * With `fonts`, a share of the alphabets takes letters of fonts for its characters.
 *
 * The same options give the same images, bit for bit, on one JavaScript engine. Engines round sines and logarithms differently
 * in their last bit, so between engines a pixel may differ by about 10⁻⁶. An image depends on the seed and the numbers of
 * batch, alphabet, character and drawer alone.
 *
 * ```ts
 * const { pixels, labels } = characterBatch({ seed: 7, batch: 0 });
 * ```
 *
 * @returns images `[side, side, 1]`, alphabet by alphabet, character by character, drawer by drawer; classes are
 * `alphabet 0 character 0`, `alphabet 0 character 1`, …; `hands` tell the drawers
 * @throws UsageError when a count is not a whole number of at least 1, or the side is out of range
 */
export function characterBatch(options: CharacterBatchOptions): CharacterBatch {
  const {
    alphabets = 4,
    characters = 16,
    drawers = 4,
    side = 32,
    carelessness = 1,
    fonts = [],
    fontShare = 0.7,
    twins: every,
    seed,
    batch = 0,
  } = checkFields('characterBatch', options, {
    alphabets: optional(whole()),
    characters: optional(whole()),
    drawers: optional(whole()),
    side: optional(whole(8, 1024)),
    carelessness: optional(numberFrom(0, 10)),
    fonts: optional(listOf(checkFontAlphabet)),
    fontShare: optional(numberFrom(0, 1)),
    twins: optional(whole()),
    seed: checkSeed,
    batch: optional(whole(0)),
  });
  const shape = [side, side, 1] as const;
  checkAmount('characterBatch', alphabets * characters, drawers, shape, MOST_VALUES);
  const count = alphabets * characters * drawers;
  const size = side * side;
  const pixels = new Float32Array(count * size);
  const again = every === undefined ? 0 : Math.ceil(count / every);
  const twins = {
    pixels: new Float32Array(again * size),
    of: Int32Array.from({ length: again }, (_, i) => i * every!),
    hands: new Int32Array(again),
  };
  const classes: string[] = [];
  const lines = penLines();
  let image = 0;
  for (let a = 0; a < alphabets; a++) {
    const keys = [seed, 'characterBatch', batch, a];
    const alphabet = inventAlphabet(randomStream(...keys, 'alphabet'));
    const hands = Array.from({ length: drawers }, (_, d) =>
      moreCareless(inventDrawer(randomStream(...keys, 'drawer', d)), carelessness),
    );
    const font = chooseFont(fonts, fontShare, randomStream(...keys, 'font'));
    const drawn =
      font === undefined
        ? inventCharacters(alphabet, characters, keys)
        : takeLetters(font, alphabet, characters, keys, lines);
    for (const [c, character] of drawn.entries()) {
      classes.push(`alphabet ${a} character ${c}`);
      for (const [d, drawer] of hands.entries()) {
        const draw = (into: Float32Array, index: number, hand: Drawer) => {
          const random = randomStream(...keys, 'drawing', c, d);
          drawInto(into.subarray(index * size, (index + 1) * size), side, character, hand, random, lines);
        };
        draw(pixels, image, drawer);
        if (every !== undefined && image % every === 0) {
          const other = randomStream(...keys, 'twin', c, d).integer(drawers);
          twins.hands[image / every] = a * drawers + other;
          draw(twins.pixels, image / every, toward(drawer, hands[other]!));
        }
        image++;
      }
    }
  }
  const labels = Int32Array.from({ length: count }, (_, i) => Math.floor(i / drawers));
  const handOf = (i: number) => Math.floor(i / (characters * drawers)) * drawers + (i % drawers);
  const hands = Int32Array.from({ length: count }, (_, i) => handOf(i));
  return { pixels, shape, labels, classes, hands, ...(every === undefined ? {} : { twins }) };
}
