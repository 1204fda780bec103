import { assertBackground, type Background, colorIn, colorOf } from '../core/background.js';
import { firstNonFinite } from '../core/checks.js';
import { UsageError } from '../core/errors.js';
import { assertPixels, checkShape, type ImageShape, sizeOf } from '../core/image.js';
import { checkFields, checkFloats, oneAmong } from '../core/kindChecks.js';
import type { Pixels } from './decode/pixels.js';

/** Part of a picture in pixels, or fractions of them. */
export interface Box {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

/** Old pixels that a new one is a mean of: index of the first, and the weight of each. */
interface Taps {
  readonly first: number;
  readonly weights: Float64Array;
}

/**
 * Resizes a part of a picture. Each new value is a mean of old ones around its position, weighted by a triangle that
 * reaches one pixel to each side: a pixel of the old picture if it grows, of the new one if it shrinks. So fine patterns are
 * smoothed and do not alias. Pillow calls this filter `BILINEAR`, with a `box`.
 */
export function resample(image: Pixels, box: Box, height: number, width: number): Pixels {
  const [rows, columns, channels] = image.shape;
  const across = tapsOf(columns, box.left, box.width, width);
  const down = tapsOf(rows, box.top, box.height, height);
  const [firstRow, lastRow] = [down[0]!.first, down.at(-1)!.first + down.at(-1)!.weights.length];
  const narrow = new Float32Array((lastRow - firstRow) * width * channels);
  for (let row = firstRow; row < lastRow; row++) {
    for (let x = 0; x < width; x++) {
      const { first, weights } = across[x]!;
      for (let c = 0; c < channels; c++) {
        let sum = 0;
        let at = (row * columns + first) * channels + c;
        for (let k = 0; k < weights.length; k++, at += channels) sum += weights[k]! * image.pixels[at]!;
        narrow[((row - firstRow) * width + x) * channels + c] = sum;
      }
    }
  }
  const line = width * channels;
  const pixels = new Float32Array(height * line);
  for (let y = 0; y < height; y++) {
    const { first, weights } = down[y]!;
    for (let i = 0; i < line; i++) {
      let sum = 0;
      let at = (first - firstRow) * line + i;
      for (let k = 0; k < weights.length; k++, at += line) sum += weights[k]! * narrow[at]!;
      pixels[y * line + i] = sum;
    }
  }
  return { pixels, shape: [height, width, channels] };
}

/** Taps of each of `to` new pixels, for `length` of the `side` old ones from `start` on. */
function tapsOf(side: number, start: number, length: number, to: number): Taps[] {
  const scale = length / to;
  const reach = Math.max(1, scale);
  return Array.from({ length: to }, (_, i) => {
    const center = start + (i + 0.5) * scale;
    const first = Math.max(0, Math.round(center - reach));
    const end = Math.min(side, Math.round(center + reach));
    const raw = Float64Array.from({ length: Math.max(1, end - first) }, (_, k) =>
      Math.max(0, 1 - Math.abs(first + k + 0.5 - center) / reach),
    );
    const total = raw.reduce((sum, weight) => sum + weight, 0);
    return { first, weights: raw.map((weight) => weight / total) };
  });
}

/**
 * Ways to bring a picture of another aspect ratio to a shape: `letterbox` keeps all of it between bars, `crop` fills
 * the shape with the largest part around its middle.
 */
export const fits = ['letterbox', 'crop'] as const;
export type Fit = (typeof fits)[number];

/**
 * Brings a picture to a shape. It is resized by triangle-weighted means; gray is Rec. 601 luma, and RGB of a gray picture is its
 * value three times. A picture that has the shape already is returned as it is.
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
