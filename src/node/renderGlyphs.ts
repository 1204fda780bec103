import { checkCount, checkSeed } from '../core/checks.js';
import { DataError } from '../core/errors.js';
import { checkFields, checkText } from '../core/kindChecks.js';
import { type RandomStream, randomStream } from '../core/random.js';
import { glyphCharacters } from '../data/glyphCharacters.js';
import { drawnSource, type ImageSource } from '../data/imageSource.js';
import { bounds, fill, type Outline } from '../data/outline.js';
import { fontFiles, readFonts } from './fonts.js';

export interface RenderGlyphsOptions {
  /** Train drawings of each character, by its fonts in turn, each with strokes of another weight. Default 24. */
  readonly drawings?: number;
  /** Test drawings of each character, by a font that draws none of its train images. Default 4. */
  readonly testDrawings?: number;
  /** Least number of fonts that have a character, else it is left out; at least 2. Default 3. */
  readonly fonts?: number;
  /** Height and width in pixels. Default 28. */
  readonly side?: number;
  readonly seed: number;
}

/** Longer side of a character as a share of the image's side, as in MNIST. */
const INK = 20 / 28;
/** Range of the change in weight: 1 makes strokes one pixel broader on both sides, −1 one pixel thinner. */
const WEIGHTS = { from: -0.4, to: 0.8 };

/** Scales an outline into a square and puts its center of mass in the middle, as in MNIST. */
function centered(outline: Outline, side: number): Outline | undefined {
  const [left, upper, right, lower] = bounds(outline);
  const longer = Math.max(right - left, lower - upper);
  if (!(longer > 0)) return undefined;
  const scale = (INK * side) / longer;
  const at = (dx: number, dy: number): Outline =>
    outline.map((line) => line.map(([x, y]) => [scale * (x - left) + dx, scale * (y - upper) + dy]));
  const [width, height] = [scale * (right - left), scale * (lower - upper)];
  const [dx, dy] = [(side - width) / 2, (side - height) / 2];
  const pixels = fill(at(dx, dy), side);
  let [mass, x, y] = [0, 0, 0];
  for (const [i, value] of pixels.entries()) {
    mass += value;
    x += value * ((i % side) + 0.5);
    y += value * (Math.floor(i / side) + 0.5);
  }
  if (mass === 0) return undefined;
  const within = (start: number, length: number) => Math.min(side - length, Math.max(0, start));
  return at(within(dx + side / 2 - x / mass, width), within(dy + side / 2 - y / mass, height));
}

/** Makes strokes broader (`weight` above 0) or thinner, by up to a pixel on each side. */
function weighted(pixels: Float32Array, side: number, weight: number): Float32Array {
  const extreme = weight > 0 ? Math.max : Math.min;
  const share = Math.abs(weight);
  const at = (row: number, column: number) =>
    row < 0 || column < 0 || row >= side || column >= side ? 0 : pixels[row * side + column]!;
  return pixels.map((value, i) => {
    const [row, column] = [Math.floor(i / side), i % side];
    let most = value;
    for (let down = -1; down <= 1; down++)
      for (let across = -1; across <= 1; across++) most = extreme(most, at(row + down, column + across));
    return value + share * (most - value);
  });
}

const weightOf = (random: RandomStream) => WEIGHTS.from + random.uniform() * (WEIGHTS.to - WEIGHTS.from);

/** A character in several fonts. */
interface Glyph {
  readonly character: string;
  /** In pixels; the last one is kept for the test drawings. */
  readonly outlines: readonly Outline[];
}

/** Draws every glyph many times, by its outlines in turn. */
function draw(
  glyphs: readonly Glyph[],
  split: 'train' | 'test',
  outlinesOf: (glyph: Glyph) => readonly Outline[],
  { drawings, side, seed }: Required<Pick<RenderGlyphsOptions, 'drawings' | 'side' | 'seed'>>,
): ImageSource {
  const classes = glyphs.map(({ character }) => character);
  return drawnSource(classes, drawings, [side, side, 1], (index) => {
    const glyph = glyphs[index]!;
    const outlines = outlinesOf(glyph);
    return (drawing) => {
      const ink = fill(outlines[drawing % outlines.length]!, side);
      const random = randomStream(seed, 'weight', split, glyph.character, drawing);
      return weighted(ink, side, weightOf(random));
    };
  });
}

/**
 * Draws letters and signs of many alphabets with the fonts below a folder. On these classes an encoder learns what makes two
 * drawings the same symbol, without a digit (see {@link glyphCharacters}) and without a handwritten image. The images depend
 * on the fonts, the seed and the options alone. Needs the package `opentype.js`.
 *
 * ```ts
 * const { train } = await renderGlyphs('fonts', { seed: 7 });
 * console.log(train.classes.length, train.shape);
 * ```
 *
 * @param folder holds `.woff`, `.ttf` or `.otf` files, or folders of them; each file counts as a font
 * @returns images `[side, side, 1]`, drawing by drawing of each character; classes are the characters
 * @throws UsageError when a number is not whole or below 1 (fonts: 2, side: 8), or opentype.js is not installed;
 *   DataError naming a folder or file that cannot be read, or when fewer than two characters have enough fonts
 */
export async function renderGlyphs(
  folder: string,
  options: RenderGlyphsOptions,
): Promise<{ readonly train: ImageSource; readonly test: ImageSource }> {
  const {
    drawings = 24,
    testDrawings = 4,
    fonts = 3,
    side = 28,
    seed,
  } = checkFields('renderGlyphs', options, { seed: checkSeed });
  checkText('the folder', folder, 'renderGlyphs');
  checkCount('drawings', drawings);
  checkCount('testDrawings', testDrawings);
  checkCount('fonts', fonts, { least: 2 });
  checkCount('side', side, { least: 8 });
  const glyphs = await glyphsIn(folder, side, fonts, seed);
  return {
    train: draw(glyphs, 'train', ({ outlines }) => outlines.slice(0, -1), { drawings, side, seed }),
    test: draw(glyphs, 'test', ({ outlines }) => outlines.slice(-1), { drawings: testDrawings, side, seed }),
  };
}

/** Every character that enough fonts have, with its fonts in a random order. */
async function glyphsIn(folder: string, side: number, fonts: number, seed: number): Promise<Glyph[]> {
  const outlines = new Map<string, Outline[]>(glyphCharacters.map((character) => [character, []]));
  for await (const font of readFonts(await fontFiles(folder))) {
    for (const [character, own] of outlines) {
      const outline = font.outline(character);
      const scaled = outline === undefined ? undefined : centered(outline, side);
      if (scaled !== undefined) own.push(scaled);
    }
  }
  const glyphs = [...outlines].flatMap(([character, own]): Glyph[] => {
    if (own.length < fonts) return [];
    const order = randomStream(seed, 'fonts', character).permutation(own.length);
    return [{ character, outlines: [...order].map((index) => own[index]!) }];
  });
  if (glyphs.length < 2) {
    throw new DataError(`no two characters are in ${fonts} of the fonts in ${folder}`, {
      hint: 'Add fonts, or ask for fewer fonts a character.',
    });
  }
  return glyphs;
}
