import * as v from 'valibot';
import { type Background, backgroundSchema, colorIn } from '../../core/background.js';
import type { LabeledImage } from '../../core/image.js';

/** Source positions of one row's pixels, in rows and columns of the image. */
export interface Sources {
  readonly rows: Float64Array;
  readonly columns: Float64Array;
}

/** Writes one pixel, the `i`-th of its row, whose source lacks some of its four neighbors. */
export type Border = (
  image: LabeledImage,
  sources: Sources,
  i: number,
  result: Float32Array,
  to: number,
) => void;

/** Writes one row of pixels, from `result[to]` on, bilinear between the four neighbors of each source. */
export type LookUpRow = (
  image: LabeledImage,
  sources: Sources,
  border: Border,
  result: Float32Array,
  to: number,
) => void;

// One loop for each number of channels that is common, which is faster than the general one. `| 0` tells the compiler that
// an index is a whole number: half of the time went into checks of that.

export const lookUpGray: LookUpRow = (image, sources, border, result, to) => {
  const { rows, columns } = sources;
  const { pixels } = image;
  const [height, width] = image.shape;
  for (let i = 0; i < width; i++, to++) {
    const y = rows[i]!;
    const x = columns[i]!;
    if (y >= 0 && x >= 0 && y < height - 1 && x < width - 1) {
      // Rounds down, because it is not negative.
      const top = y | 0;
      const left = x | 0;
      const below = y - top;
      const beside = x - left;
      const upper = (top * width + left) | 0;
      const lower = (upper + width) | 0;
      result[to] =
        (1 - below) * (1 - beside) * pixels[upper]! +
        (1 - below) * beside * pixels[upper + 1]! +
        below * (1 - beside) * pixels[lower]! +
        below * beside * pixels[lower + 1]!;
    } else border(image, sources, i, result, to);
  }
};

export const lookUpRgb: LookUpRow = (image, sources, border, result, to) => {
  const { rows, columns } = sources;
  const { pixels } = image;
  const [height, width] = image.shape;
  for (let i = 0; i < width; i++, to += 3) {
    const y = rows[i]!;
    const x = columns[i]!;
    if (y >= 0 && x >= 0 && y < height - 1 && x < width - 1) {
      const top = y | 0;
      const left = x | 0;
      const below = y - top;
      const beside = x - left;
      const a = (1 - below) * (1 - beside);
      const b = (1 - below) * beside;
      const c = below * (1 - beside);
      const d = below * beside;
      const upper = (3 * (top * width + left)) | 0;
      const lower = (upper + 3 * width) | 0;
      result[to] = a * pixels[upper]! + b * pixels[upper + 3]! + c * pixels[lower]! + d * pixels[lower + 3]!;
      result[to + 1] =
        a * pixels[upper + 1]! + b * pixels[upper + 4]! + c * pixels[lower + 1]! + d * pixels[lower + 4]!;
      result[to + 2] =
        a * pixels[upper + 2]! + b * pixels[upper + 5]! + c * pixels[lower + 2]! + d * pixels[lower + 5]!;
    } else border(image, sources, i, result, to);
  }
};

export const lookUpAny: LookUpRow = (image, sources, border, result, to) => {
  const { rows, columns } = sources;
  const { pixels } = image;
  const [height, width, channels] = image.shape;
  for (let i = 0; i < width; i++, to += channels) {
    const y = rows[i]!;
    const x = columns[i]!;
    if (y >= 0 && x >= 0 && y < height - 1 && x < width - 1) {
      const top = y | 0;
      const left = x | 0;
      const below = y - top;
      const beside = x - left;
      const a = (1 - below) * (1 - beside);
      const b = (1 - below) * beside;
      const c = below * (1 - beside);
      const d = below * beside;
      const upper = (channels * (top * width + left)) | 0;
      const lower = (upper + channels * width) | 0;
      for (let k = 0; k < channels; k++) {
        result[to + k] =
          a * pixels[upper + k]! +
          b * pixels[upper + k + channels]! +
          c * pixels[lower + k]! +
          d * pixels[lower + k + channels]!;
      }
    } else border(image, sources, i, result, to);
  }
};

/** Pixels beyond the border of an image: a background; `zero` is another name for black. */
export type Fill = 'zero' | Background;

const FILLS = 'must be zero, black, white, edge or a color #rrggbb';

export const fillSchema = v.custom<Fill>((value) => value === 'zero' || v.is(backgroundSchema, value), FILLS);

/** The background that a fill names. */
export const backgroundOf = (fill: Fill): Background => (fill === 'zero' ? 'black' : fill);

/** Writes the source of each pixel of a row of the result, in rows and columns of the image. */
export type SourcesOfRow = (row: number, rows: Float64Array, columns: Float64Array) => void;

/**
 * An image whose every pixel is looked up in the given one, by an inverse map. Values between pixels are
 * bilinear; with a color, the image fades to it within one pixel of its border.
 */
export function warp(image: LabeledImage, fill: Fill, sourcesOfRow: SourcesOfRow): Float32Array {
  const [height, width, channels] = image.shape;
  const result = new Float32Array(image.pixels.length);
  const sources = { rows: new Float64Array(width), columns: new Float64Array(width) };
  const lookUp: LookUpRow = channels === 1 ? lookUpGray : channels === 3 ? lookUpRgb : lookUpAny;
  const color = colorIn(backgroundOf(fill), channels);
  const border = color === undefined ? repeating : fadingTo(color);
  for (let row = 0; row < height; row++) {
    sourcesOfRow(row, sources.rows, sources.columns);
    lookUp(image, sources, border, result, row * width * channels);
  }
  return result;
}

/** A source with missing neighbors: those have the color. */
function fadingTo(color: readonly number[]): Border {
  return ({ pixels, shape: [height, width, channels] }, { rows, columns }, i, result, to) => {
    const y = rows[i]!;
    const x = columns[i]!;
    if (y < -1 || y >= height || x < -1 || x >= width) {
      for (let channel = 0; channel < channels; channel++) result[to + channel] = color[channel]!;
      return;
    }
    const top = Math.floor(y);
    const left = Math.floor(x);
    const below = y - top;
    const beside = x - left;
    for (let channel = 0; channel < channels; channel++) {
      let value = 0;
      for (let row = top; row < top + 2; row++) {
        for (let column = left; column < left + 2; column++) {
          const weight = (row === top ? 1 - below : below) * (column === left ? 1 - beside : beside);
          const inside = row >= 0 && row < height && column >= 0 && column < width;
          value += weight * (inside ? pixels[(row * width + column) * channels + channel]! : color[channel]!);
        }
      }
      result[to + channel] = value;
    }
  };
}

/** A source on or beyond the outermost pixels: the nearest position within the image. */
function repeating(
  { pixels, shape: [height, width, channels] }: LabeledImage,
  { rows, columns }: Sources,
  i: number,
  result: Float32Array,
  to: number,
): void {
  const nearY = Math.min(Math.max(rows[i]!, 0), height - 1);
  const nearX = Math.min(Math.max(columns[i]!, 0), width - 1);
  const top = Math.floor(nearY);
  const left = Math.floor(nearX);
  const below = nearY - top;
  const beside = nearX - left;
  const down = top + 1 < height ? width * channels : 0;
  const right = left + 1 < width ? channels : 0;
  for (let channel = 0, from = (top * width + left) * channels; channel < channels; channel++, from++) {
    const upper = (1 - beside) * pixels[from]! + beside * pixels[from + right]!;
    const lower = (1 - beside) * pixels[from + down]! + beside * pixels[from + down + right]!;
    result[to + channel] = (1 - below) * upper + below * lower;
  }
}
