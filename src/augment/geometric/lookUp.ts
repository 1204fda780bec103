import type { LabeledImage } from '../../core/index.js';

/** Where the pixels of one row come from, in rows and columns of the image. */
export interface Places {
  readonly rows: Float64Array;
  readonly columns: Float64Array;
}

/** Writes one pixel, the `i`-th of its row, whose place does not have all four neighbours. */
export type Border = (
  image: LabeledImage,
  places: Places,
  i: number,
  result: Float32Array,
  to: number,
) => void;

/** Writes one row of pixels, from `result[to]` on, bilinear between the four neighbours of each place. */
export type LookUpRow = (
  image: LabeledImage,
  places: Places,
  border: Border,
  result: Float32Array,
  to: number,
) => void;

// One loop for each number of channels that is common, which is faster than the general one. `| 0` tells the compiler that
// a place is a whole number: half of the time went into checks of that.

export const lookUpGray: LookUpRow = (image, places, border, result, to) => {
  const { rows, columns } = places;
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
    } else border(image, places, i, result, to);
  }
};

export const lookUpRgb: LookUpRow = (image, places, border, result, to) => {
  const { rows, columns } = places;
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
    } else border(image, places, i, result, to);
  }
};

export const lookUpAny: LookUpRow = (image, places, border, result, to) => {
  const { rows, columns } = places;
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
    } else border(image, places, i, result, to);
  }
};
