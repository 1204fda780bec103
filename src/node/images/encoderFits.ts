import { lumaOf } from '../../core/background.js';
import { commandLine } from '../../core/commandLine.js';
import { UsageError } from '../../core/errors.js';
import { fastestDecoder } from '../../data/decode/decoder.js';
import type { Pixels } from '../../data/decode/pixels.js';
import { fitTo } from '../../data/resize.js';
import type { Model } from '../../models/model.js';
import type { Catalog, CatalogImage } from './catalog.js';
import { nameOfData } from './loadImages.js';

/** Images that are looked at, spread evenly over all. */
const SAMPLE = 15;
/** Side of the small pictures whose colors are measured. */
const SIDE = 32;
/** Root mean square of what brightness does not tell about a color, in [0, 1], from which a picture is colorful. */
const LEAST_SPREAD = 0.025;
/** Chroma, the largest less the smallest of red, green and blue, of a strong color, and the share of such in a colorful picture. */
const [STRONG, LEAST_STRONG] = [0.35, 0.25];
/** Least chroma, in all and as a share of the largest value, and largest brightness of a ground that is no paper. */
const [LEAST_CHROMA, LEAST_SATURATION, MOST_LUMA] = [0.08, 0.28, 0.48];

/**
 * True for a picture that loses something in gray. Ink of one color on paper of another does not, nor does a tinted scan:
 * there, brightness tells the color. So what counts is how far colors are from a curve over brightness, a quarter of the
 * picture in strong colors, or a ground that is too dark and colored for paper. In gray are all scans of ink that were tried,
 * but for kraft paper; in color are three in four photos of Caltech-101, of which many are gray.
 */
export function isColorful(image: Pixels): boolean {
  if (image.shape[2] === 1) return false;
  const { pixels } = fitTo(image, [SIDE, SIDE, 3], 'crop');
  const count = pixels.length / 3;
  const [luma, red, blue] = [new Float64Array(count), new Float64Array(count), new Float64Array(count)];
  let strong = 0;
  for (let i = 0; i < count; i++) {
    const [r, g, b] = [pixels[3 * i]!, pixels[3 * i + 1]!, pixels[3 * i + 2]!];
    luma[i] = lumaOf([r, g, b]);
    red[i] = r - luma[i]!;
    blue[i] = b - luma[i]!;
    if (chromaOf(r, g, b) > STRONG) strong++;
  }
  if (strong >= LEAST_STRONG * count || isNoPaper(pixels)) return true;
  const curves: Float64Array[] = [];
  for (const power of [0, 1, 2]) {
    const curve = withoutCurves(
      luma.map((value) => value ** power),
      curves,
    );
    const length = Math.hypot(...curve);
    if (length > 1e-6) curves.push(curve.map((value) => value / length));
  }
  const rest = [red, blue].flatMap((values) => [...withoutCurves(values, curves)]);
  return Math.hypot(...rest) / Math.sqrt(count) >= LEAST_SPREAD;
}

const chromaOf = (...color: readonly number[]) => Math.max(...color) - Math.min(...color);

/** True if the median color is that of no paper. */
function isNoPaper(pixels: Float32Array): boolean {
  const color = [0, 1, 2].map((channel) => {
    const values = pixels.filter((_, i) => i % 3 === channel).sort();
    return values[values.length >> 1]!;
  }) as [number, number, number];
  const chroma = chromaOf(...color);
  const colored = chroma >= LEAST_CHROMA && chroma >= LEAST_SATURATION * Math.max(...color);
  return colored && lumaOf(color) < MOST_LUMA;
}

/** Values less their parts along some orthonormal ones. */
function withoutCurves(values: Float64Array, curves: readonly Float64Array[]): Float64Array {
  let left = values;
  for (const curve of curves) {
    const part = left.reduce((sum, value, i) => sum + value * curve[i]!, 0);
    left = left.map((value, i) => value - part * curve[i]!);
  }
  return left;
}

/** Least short side of a photograph, in pixels. */
const LEAST_PHOTO = 48;
/** Number of tones of 32, each of a hundredth of the picture, from which it is no drawing. */
const [TONES, LEAST_TONES] = [32, 12];

/** True for a picture in color, or one of many tones, as a photograph in gray has and ink on paper has not. */
export function isPhotograph(image: Pixels): boolean {
  if (isColorful(image)) return true;
  const [height, width] = image.shape;
  return Math.min(height, width) >= LEAST_PHOTO && hasManyTones(image);
}

/** Middle half of the range of brightness, and the share of a drawing that is there at most: the edges of its strokes. */
const [FROM, TO, MOST_BETWEEN] = [0.25, 0.75, 0.15];

/** True for a picture of ink on paper, or of light lines on black, of any size: not in color, and of few tones or mostly of two. */
export function isDrawing(image: Pixels): boolean {
  if (isColorful(image)) return false;
  if (!hasManyTones(image)) return true;
  const { pixels } = fitTo(image, [image.shape[0], image.shape[1], 1], 'crop');
  const sorted = pixels.slice().sort();
  const [dark, bright] = [0.01, 0.99].map((share) => sorted[Math.floor(share * (sorted.length - 1))]!);
  const between = sorted.filter((value) => {
    const place = (value - dark!) / (bright! - dark!);
    return place > FROM && place < TO;
  });
  return between.length <= MOST_BETWEEN * sorted.length;
}

function hasManyTones(image: Pixels): boolean {
  const [, , channels] = image.shape;
  const { pixels } = fitTo(image, [LEAST_PHOTO, LEAST_PHOTO, channels], 'crop');
  const count = pixels.length / channels;
  const sizes = new Float64Array(TONES);
  for (let i = 0; i < count; i++) {
    const [red, green, blue] = [0, 1, 2].map((c) => pixels[i * channels + (channels < 3 ? 0 : c)]!);
    sizes[Math.min(TONES - 1, Math.floor(TONES * lumaOf([red!, green!, blue!])))]!++;
  }
  return sizes.filter((size) => size >= count / 100).length >= LEAST_TONES;
}

/** True if more than half of some images, spread evenly over a catalog, are photographs. */
export const arePhotographs = (catalog: Catalog): Promise<boolean> => most(catalog, isPhotograph);

/** True if more than half of some images, spread evenly over a catalog, are drawings. */
export const areDrawings = (catalog: Catalog): Promise<boolean> => most(catalog, isDrawing);

/** True if more than half of some images, spread evenly over a catalog, are colorful. */
export const areColorful = (catalog: Catalog): Promise<boolean> => most(catalog, isColorful);

/** True if more than half of some images are of a kind. Those that cannot be read do not count. */
async function most(catalog: Catalog, isSo: (image: Pixels) => boolean): Promise<boolean> {
  const decoder = await fastestDecoder();
  const names = [...sampleOf(catalog)].map(({ name }) => name);
  let [yes, no] = [0, 0];
  for (const name of names) {
    // The rest cannot turn the majority.
    if (Math.max(yes, no) > names.length / 2) break;
    try {
      const stored = await catalog.read(name);
      if (isSo(await stored.decode(decoder))) yes++;
      else no++;
    } catch {
      // Whoever reads all images tells what is wrong with one.
    }
  }
  return yes > no;
}

function* sampleOf({ images }: Catalog): Generator<CatalogImage, void, undefined> {
  const wanted = Math.min(SAMPLE, images.length);
  let [index, taken] = [0, 0];
  for (const image of images) {
    if (taken === wanted) return;
    if (index++ < Math.floor((taken * images.length) / wanted)) continue;
    taken++;
    yield image;
  }
}

/** The command that trains an encoder on images of your own. */
export const trainingOn = (data: string): string =>
  commandLine(['fewshot', 'train', '--data', data, '--out', 'own.safetensors']);

/**
 * Checks that an encoder is of the kind for images of your own: an encoder for gray images draws nothing sensible of
 * pictures in color, unless it was trained on those themselves or on others that were made gray.
 *
 * @param model as it was named
 * @throws UsageError when most images are in color, and the encoder has seen gray ones alone
 */
export async function assertFits(
  { card, imageShape }: Pick<Model, 'card' | 'imageShape'>,
  model: string,
  catalog: Catalog,
): Promise<void> {
  const { fit, madeGray = false, name } = card.data;
  const knowsThem = madeGray || (fit !== undefined && name === nameOfData(catalog.root));
  if (imageShape[2] !== 1 || knowsThem || !(await areColorful(catalog))) return;
  throw new UsageError(
    `the model ${model} was trained on gray images, but those of ${catalog.root} are in color`,
    {
      hint: `Train one on them: ${trainingOn(catalog.root)}; then name ./own.safetensors, or another model for images in color.`,
      option: ['model', 'data'],
    },
  );
}
