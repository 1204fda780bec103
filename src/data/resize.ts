import { assertBackground, type Background, colorIn, colorOf } from '../core/background.js';
import { firstNonFinite } from '../core/checks.js';
import { UsageError } from '../core/errors.js';
import { assertPixels, checkShape, type ImageShape, sizeOf } from '../core/image.js';
import { checkFields, checkFloats, oneAmong } from '../core/kindChecks.js';
import type { Pixels } from './decode/pixels.js';
import { type InkOptions, toInk } from './ink.js';
import { type Box, resample } from './resample.js';

/**
 * Ways to bring a picture to a shape: `letterbox` keeps all of it between bars, `crop` fills the shape with the largest part
 * around its middle, `ink` normalizes a drawing ({@link toInk}) by the box of its ink, and `strokes` by how far its ink spreads;
 * `ink-dark`, `ink-light`, `strokes-dark` and `strokes-light` tell that its ink is darker or lighter than its ground.
 */
export const fits = [
  'letterbox',
  'crop',
  'ink',
  'ink-dark',
  'ink-light',
  'strokes',
  'strokes-dark',
  'strokes-light',
] as const;
export type Fit = (typeof fits)[number];

/** What each fit that normalizes drawings says of them. */
const inkFits = {
  ink: {},
  'ink-dark': { polarity: 'dark' },
  'ink-light': { polarity: 'light' },
  strokes: { by: 'spread' },
  'strokes-dark': { by: 'spread', polarity: 'dark' },
  'strokes-light': { by: 'spread', polarity: 'light' },
} as const satisfies Partial<Record<Fit, InkOptions>>;
export type InkFit = keyof typeof inkFits;

/** True for a fit that normalizes drawings. */
export const isInkFit = (fit: Fit | undefined): fit is InkFit => fit !== undefined && fit in inkFits;

/** True for a fit that frames drawings by the spread of their ink. */
export const framesStrokes = (fit: Fit | undefined): boolean => fit?.startsWith('strokes') === true;

/** What a fit that normalizes drawings says of them. */
export const inkOptionsOf = (fit: InkFit): InkOptions => inkFits[fit];

/**
 * The fit for a model whose card names one: that which was asked for, else the card's. Drawings are framed as the model has learned
 * them: `ink-dark` means `strokes-dark` to a model of `strokes`.
 */
export function fitLike(own: Fit | undefined, asked: Fit | undefined): Fit | undefined {
  const framed = framesStrokes(own) && asked?.startsWith('ink');
  return framed ? (asked!.replace('ink', 'strokes') as Fit) : (asked ?? own);
}

/** The background that pictures are decoded over: what was asked for; behind drawings, what their ink differs from. */
export const backgroundFor = (fit: Fit | undefined, asked: Background | undefined): Background | undefined =>
  asked ?? (isInkFit(fit) ? 'edge' : undefined);

/**
 * Brings a picture to a shape. It is resized by triangle-weighted means; gray is Rec. 601 luma, and RGB of a gray picture is its
 * value three times. A picture that has the shape already is returned as it is, unless drawings are to be normalized.
 *
 * @param shape `[height, width, channels]` with 1 or 3 channels
 * @param background of the bars. Default `black`
 * @throws UsageError for another number of channels
 */
export function fitTo(image: Pixels, shape: ImageShape, fit: Fit, background: Background = 'black'): Pixels {
  checkShape('shape', shape, 'fitTo');
  checkFields('fitTo: the image', image, { pixels: checkFloats, shape: checkShape });
  oneAmong(fits)('fit', fit, 'fitTo');
  assertBackground(background);
  const [, , channels] = shape;
  if (channels !== 1 && channels !== 3) {
    throw new UsageError(`images cannot have ${channels} channels`, { hint: 'Use 1 (gray) or 3 (RGB).' });
  }
  if (image.pixels.length !== sizeOf(image.shape)) assertPixels(image, 'the image');
  const fitted = fittedTo(image, shape, fit, background);
  // Of a large photo, the result is quicker to check than the picture.
  if (firstNonFinite(fitted.pixels) >= 0) assertPixels(image, 'the image');
  return fitted;
}

function fittedTo(image: Pixels, shape: ImageShape, fit: Fit, background: Background): Pixels {
  const [height, width, channels] = shape;
  if (isInkFit(fit)) {
    const { pixels } = toInk(image, shape, inkFits[fit]);
    return { pixels, shape };
  }
  if (image.shape.join() === shape.join()) return image;
  // Fewer channels are less work to resize.
  const source = channels === 1 ? toGray(image) : isGray(background) ? image : toRgb(image);
  const sized =
    fit === 'crop' ? cropped(source, height, width) : letterboxed(source, height, width, background);
  return channels === 3 ? toRgb(sized) : sized;
}

function cropped(image: Pixels, height: number, width: number): Pixels {
  const [rows, columns] = image.shape;
  const scale = Math.min(rows / height, columns / width);
  return resample(image, boxAround(rows, columns, height * scale, width * scale), height, width);
}

function letterboxed(image: Pixels, height: number, width: number, background: Background): Pixels {
  const [rows, columns, channels] = image.shape;
  const scale = Math.max(rows / height, columns / width);
  const [tall, wide] = [rows, columns].map((side) => Math.max(1, Math.round(side / scale))) as [
    number,
    number,
  ];
  const inner = resample(image, { top: 0, left: 0, height: rows, width: columns }, tall, wide);
  if (tall === height && wide === width) return inner;
  const [top, left] = [Math.floor((height - tall) / 2), Math.floor((width - wide) / 2)];
  const pixels = new Float32Array(height * width * channels);
  const color = colorIn(background, channels);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [row, column] = [y - top, x - left];
      const inside = row >= 0 && row < tall && column >= 0 && column < wide;
      const from = (nearest(row, tall) * wide + nearest(column, wide)) * channels;
      for (let c = 0; c < channels; c++) {
        pixels[at++] = inside || color === undefined ? inner.pixels[from + c]! : color[c]!;
      }
    }
  }
  return { pixels, shape: [height, width, channels] };
}

const nearest = (index: number, side: number) => Math.min(side - 1, Math.max(0, index));

/** True for a background that one channel can hold. */
function isGray(background: Background): boolean {
  const color = colorOf(background);
  return color === undefined || color.every((value) => value === color[0]);
}

const boxAround = (rows: number, columns: number, height: number, width: number): Box => ({
  top: (rows - height) / 2,
  left: (columns - width) / 2,
  height,
  width,
});

function toGray(image: Pixels): Pixels {
  const [height, width, channels] = image.shape;
  if (channels === 1) return image;
  const pixels = new Float32Array(height * width);
  for (let i = 0; i < pixels.length; i++) {
    const at = i * channels;
    pixels[i] = 0.299 * image.pixels[at]! + 0.587 * image.pixels[at + 1]! + 0.114 * image.pixels[at + 2]!;
  }
  return { pixels, shape: [height, width, 1] };
}

function toRgb(image: Pixels): Pixels {
  const [height, width, channels] = image.shape;
  if (channels === 3) return image;
  const pixels = new Float32Array(height * width * 3);
  for (const [i, value] of image.pixels.entries()) pixels.fill(value, i * 3, i * 3 + 3);
  return { pixels, shape: [height, width, 3] };
}
