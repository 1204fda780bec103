import { type Check, checkFields, checkText, listOf } from '../../core/kindChecks.js';
import { type RandomStream, randomStream } from '../../core/random.js';
import type { Point } from '../outline.js';
import type { Alphabet } from './alphabet.js';
import { chance, factor } from './chances.js';
import { type Character, type CharacterStroke, checkCharacter, MOST_STROKES } from './character.js';
import { meantBox } from './drawing.js';
import type { PenLines } from './penLines.js';
import { type Matrix, transformed } from './subStroke.js';
import { variantOf } from './variant.js';

/** The letters of a font as strokes of a pen, of one script. */
export interface FontAlphabet {
  readonly name: string;
  /** One at least. */
  readonly characters: readonly Character[];
}

/** The symmetries of a square. */
const SYMMETRIES: readonly Matrix[] = [
  [1, 0, 0, 1],
  [-1, 0, 0, 1],
  [1, 0, 0, -1],
  [-1, 0, 0, -1],
  [0, 1, 1, 0],
  [0, -1, 1, 0],
  [0, 1, -1, 0],
  [0, -1, -1, 0],
];
/** Share of alphabets that are turned or mirrored; how far any leans and is stretched. */
const [TURNED, LEANING, STRETCHED] = [0.5, 0.15, 0.15];
/** Variants beside letters, as a share of those of an invented alphabet. */
const VARIANTS = 0.6;
/** Share of letters that get a mark, size of one, its distance, and share of marks at the alphabet's usual side. */
const [MARKED, MARK_SIZE, MARK_GAP, USUAL_SIDE] = [0.15, [0.35, 0.55], 0.12, 0.7] as const;
/** Number of marks of an alphabet. */
const MARKS = 3;

/** Where a mark is, seen from its letter: right and down. Usual are the first three. */
const SIDES: readonly Point[] = [
  [0, -1],
  [0, 1],
  [1, 0],
  [-1, 0],
];

/** A character after a linear map. */
function mapped({ strokes }: Character, by: Matrix): Character {
  const map = ([right, down]: Point): Point => [by[0] * right + by[1] * down, by[2] * right + by[3] * down];
  return {
    strokes: strokes.map((stroke) => ({
      ...stroke,
      parts: stroke.parts.map((part) => transformed(part, by)),
      placement:
        stroke.placement.kind === 'apart'
          ? { kind: 'apart', middle: map(stroke.placement.middle) }
          : stroke.placement,
    })),
  };
}

/** A stroke of a mark, behind so many of its letter. */
function behind(stroke: CharacterStroke, count: number, [right, down]: Point): CharacterStroke {
  const { placement } = stroke;
  if (placement.kind === 'apart') {
    const { middle } = placement;
    return { ...stroke, placement: { kind: 'apart', middle: [middle[0] + right, middle[1] + down] } };
  }
  const { on, to } = placement;
  const later = { ...placement, on: { ...on, stroke: on.stroke + count } };
  return {
    ...stroke,
    placement: to === undefined ? later : { ...later, to: { ...to, stroke: to.stroke + count } },
  };
}

/** A letter with a mark beside it; the letter alone if both have too many strokes. */
function marked(letter: Character, mark: Character, side: Point, lines: PenLines): Character {
  if (letter.strokes.length + mark.strokes.length > MOST_STROKES) return letter;
  const [own, other] = [meantBox(letter, lines), meantBox(mark, lines)];
  const away = ([0, 1] as const).map(
    (axis) =>
      own.middle[axis] - other.middle[axis] + side[axis] * (own.half[axis] + other.half[axis] + MARK_GAP),
  ) as unknown as Point;
  const added = mark.strokes.map((stroke) => behind(stroke, letter.strokes.length, away));
  return { strokes: [...letter.strokes, ...added] };
}

/**
 * Characters of an alphabet that are letters of a font, in a random order: all turned or mirrored alike, some with a mark. Others
 * are variants of those before, as are all when letters run out.
 *
 * @param alphabet an invented one, whose style variants have
 */
export function takeLetters(
  { characters: letters }: FontAlphabet,
  alphabet: Alphabet,
  count: number,
  keys: readonly (number | string)[],
  lines: PenLines,
): Character[] {
  const random = randomStream(...keys, 'letters');
  const left = [...random.permutation(letters.length)];
  const by = inventMap(random);
  const marks = Array.from({ length: MARKS }, () => letters[random.integer(letters.length)]!);
  const usualSide = random.integer(3);
  const characters: Character[] = [];
  while (characters.length < count) {
    const own = randomStream(...keys, 'letter', characters.length);
    const like = characters[Math.floor(own.uniform() * characters.length)];
    if (like !== undefined && (left.length === 0 || chance(VARIANTS * alphabet.variants, own))) {
      characters.push(variantOf(like, alphabet, own));
      continue;
    }
    let letter = letters[left.pop()!]!;
    checkCharacter(letter, 'characterBatch: fonts');
    if (chance(MARKED, own)) {
      const mark = marks[own.integer(MARKS)]!;
      checkCharacter(mark, 'characterBatch: fonts');
      const size = own.uniform(...MARK_SIZE);
      const side = SIDES[chance(USUAL_SIDE, own) ? usualSide : own.integer(SIDES.length)]!;
      letter = marked(letter, mapped(mark, [size, 0, 0, size]), side, lines);
    }
    characters.push(mapped(letter, by));
  }
  return characters;
}

/** How all letters of an alphabet lie. */
function inventMap(random: RandomStream): Matrix {
  const [a, b, c, d] = SYMMETRIES[chance(TURNED, random) ? random.integer(SYMMETRIES.length) : 0]!;
  const wide = factor(STRETCHED, random);
  const slant = random.normal(0, LEANING);
  return [wide * a + slant * c, wide * b + slant * d, c, d];
}

/** The check for a font's alphabet. Its characters are checked when they are drawn. */
export const checkFontAlphabet: Check = (name, value, of) => {
  checkFields(of === undefined ? name : `${of}: ${name}`, value as FontAlphabet, {
    name: checkText,
    characters: listOf(() => {}, 1),
  });
};
