import { basename, extname } from 'node:path';
import { checkSeed, refuse } from '../core/checks.js';
import { DataError } from '../core/errors.js';
import { type Check, checkFields, checkFunction, checkText, listOf, optional } from '../core/kindChecks.js';
import { randomStream } from '../core/random.js';
import type { Character } from '../data/characters/character.js';
import type { FontAlphabet } from '../data/characters/fontAlphabet.js';
import { letterCharacter } from '../data/letters/letterCharacter.js';
import { omniglotScripts, otherScripts, pictureScripts } from '../data/letters/scripts.js';
import type { Bitmap } from '../data/letters/thinning.js';
import { bounds, fill, type Outline } from '../data/outline.js';
import { type Font, fontFiles, readFonts } from './fonts.js';

export interface FontAlphabetsOptions {
  /** Draws which letters of many are taken, and on which of them a mark is. */
  readonly seed: number;
  /**
   * Scripts to leave out, by their names in Unicode, such as `Old_Italic`. Default: those of Omniglot's alphabets and near to
   * them, so that these stay unseen, and those of pictures.
   */
  readonly without?: readonly string[];
  /** Called after each font. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** Most letters of an alphabet, letters with a mark beside them, least number of marks for that, and fewest characters of an alphabet. */
const [MOST_LETTERS, MARKED, FEWEST_MARKS, FEWEST] = [140, 45, 5, 12];
/** Free pixels around a letter; its smallest and its largest width and height, of fonts of 100 pixels an em. */
const [BORDER, SMALLEST, LARGEST] = [3, 4, 340];

const LETTER = /^[\p{Lo}\p{Lu}\p{Ll}\p{Lm}]$/u;
const MARK = /^[\p{Mc}\p{Mn}]$/u;

/** The form of a font that is nearest to lines of a pen comes first. */
const FORMS = ['Light', 'ExtraLight', 'Regular', 'Thin', 'Medium'];
/** Forms of one design for another use. */
const VERSIONS = /(?:Display|UI|Mono|Slanted|Unjoined)+$/;

/** Family and form of a font by the name of its file, such as NotoSansLao-Light.ttf. */
function nameOf(path: string): { readonly family: string; readonly form: string } {
  const name = basename(path, extname(path));
  const dash = name.lastIndexOf('-');
  return dash < 0
    ? { family: name, form: 'Regular' }
    : { family: name.slice(0, dash), form: name.slice(dash + 1) };
}

/** One font of each family, of those alike but for their use: what a pen could have drawn. */
function choose(paths: readonly string[]): string[] {
  const rank = (path: string) => {
    const { family, form } = nameOf(path);
    const place = FORMS.indexOf(form);
    return [family.length, place < 0 ? FORMS.length : place] as const;
  };
  const before = (one: string, other: string) => {
    const [[length, form], [otherLength, otherForm]] = [rank(one), rank(other)];
    return length < otherLength || (length === otherLength && form < otherForm);
  };
  const chosen = new Map<string, string>();
  for (const path of paths) {
    const stem = nameOf(path).family.replace(VERSIONS, '');
    const known = chosen.get(stem);
    if (known === undefined || before(path, known)) chosen.set(stem, path);
  }
  return [...chosen.values()];
}

/** A letter in pixels; `undefined` if it is too small or too large for one. */
function draw(outline: Outline): Bitmap | undefined {
  const [left, top, right, bottom] = bounds(outline);
  const [width, height] = [right - left, bottom - top];
  if (!(Math.min(width, height) >= SMALLEST && Math.max(width, height) <= LARGEST)) return undefined;
  const side = Math.ceil(Math.max(width, height)) + 2 * BORDER;
  const moved = outline.map((line) => line.map(([x, y]) => [x - left + BORDER, y - top + BORDER] as const));
  const ink = new Uint8Array(side * side);
  fill(moved, side).forEach((share, pixel) => {
    if (share > 0.5) ink[pixel] = 1;
  });
  return { side, ink };
}

/** What is drawn of a script: letters, and letters with a mark. */
function textsOf(characters: readonly string[], name: string, seed: number): string[] {
  const random = randomStream(seed, 'fontAlphabets', name);
  const all = characters.filter((character) => LETTER.test(character));
  const marks = characters.filter((character) => MARK.test(character));
  const letters =
    all.length <= MOST_LETTERS
      ? all
      : [...random.permutation(all.length)]
          .slice(0, MOST_LETTERS)
          .sort((a, b) => a - b)
          .map((index) => all[index]!);
  if (letters.length === 0 || marks.length < FEWEST_MARKS) return letters;
  const one = (of: readonly string[]) => of[random.integer(of.length)]!;
  return [...letters, ...Array.from({ length: MARKED }, () => one(letters) + one(marks))];
}

/** The alphabet of a script in a font; `undefined` if it has too few characters. */
function alphabetOf(font: Font, script: string, characters: readonly string[], seed: number) {
  const name = `${nameOf(font.path).family} ${script}`;
  const seen = new Set<string>();
  const found = textsOf(characters, name, seed).flatMap((text): Character[] => {
    const outline = font.outline(text);
    const letter = outline === undefined ? undefined : draw(outline);
    if (letter === undefined) return [];
    const same = Buffer.from(letter.ink).toString('latin1');
    if (seen.has(same)) return [];
    seen.add(same);
    const character = letterCharacter(letter);
    return character === undefined ? [] : [character];
  });
  return found.length < FEWEST ? undefined : { name, characters: found };
}

const scriptPattern = (script: string): RegExp => new RegExp(`^\\p{Script=${script}}$`, 'u');

const checkScript: Check = (name, value, of) => {
  checkText(name, value, of);
  try {
    scriptPattern(value as string);
  } catch {
    refuse(name, value, 'the name of a script in Unicode', of, 'Such names are Latin and Old_Italic.');
  }
};

/**
 * Reads the letters of the fonts below a folder as strokes of a pen, so that `characterBatch` can draw them by many hands. There
 * is an alphabet for each font and script; of the weights of a family, and of its versions for other uses, one font is taken. Needs
 * the package `opentype.js`.
 *
 * ```ts
 * const fonts = await fontAlphabets('fonts', { seed: 7 });
 * const { pixels, labels } = characterBatch({ fonts, seed: 7 });
 * ```
 *
 * @param folder holds `.woff`, `.ttf` or `.otf` files, or folders of them, named as `Family-Light.ttf`
 * @throws UsageError for what is no script, or when opentype.js is not installed; DataError naming a folder or file that cannot
 *   be read, or when no font has enough letters
 */
export async function fontAlphabets(folder: string, options: FontAlphabetsOptions): Promise<FontAlphabet[]> {
  const {
    seed,
    without = [...omniglotScripts, ...pictureScripts],
    onProgress,
  } = checkFields('fontAlphabets', options, {
    seed: checkSeed,
    without: optional(listOf(checkScript)),
    onProgress: optional(checkFunction),
  });
  checkText('the folder', folder, 'fontAlphabets');
  const scripts = [...omniglotScripts, ...pictureScripts, ...otherScripts]
    .filter((script) => !without.includes(script))
    .map((script) => [script, scriptPattern(script)] as const);
  const paths = choose(await fontFiles(folder));
  const alphabets: FontAlphabet[] = [];
  let done = 0;
  for await (const font of readFonts(paths)) {
    const characters = font.characters();
    for (const [script, pattern] of scripts) {
      const own = characters.filter((character) => pattern.test(character));
      const alphabet = alphabetOf(font, script, own, seed);
      if (alphabet !== undefined) alphabets.push(alphabet);
    }
    done++;
    onProgress?.(done, paths.length);
  }
  if (alphabets.length > 0) return alphabets;
  throw new DataError(`no font in ${folder} has ${FEWEST} letters of a script that is not left out`, {
    hint: 'Add fonts of other scripts, or leave out fewer.',
  });
}
