import type { Pixels } from '../pixels.js';
import type { Orientation } from './exif.js';

/** Whether an orientation swaps width and height. */
export const turnsSides = (orientation: Orientation): boolean => orientation >= 5;

/** A picture as it is meant to be seen: mirrored and turned by quarters as its orientation says. */
export function orient(image: Pixels, orientation: Orientation): Pixels {
  if (orientation === 1) return image;
  const [rows, columns, channels] = image.shape;
  const turned = turnsSides(orientation);
  const [height, width] = turned ? [columns, rows] : [rows, columns];
  const pixels = new Float32Array(image.pixels.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [row, column] = turned ? [x, y] : [y, x];
      const from =
        ((flipsRows[orientation] ? rows - 1 - row : row) * columns +
          (flipsColumns[orientation] ? columns - 1 - column : column)) *
        channels;
      const to = (y * width + x) * channels;
      for (let c = 0; c < channels; c++) pixels[to + c] = image.pixels[from + c]!;
    }
  }
  return { pixels, shape: [height, width, channels] };
}

/** Whether the stored rows are to be read from the last to the first, after sides are swapped if they are. */
const flipsRows: Readonly<Record<Orientation, boolean>> = {
  ...{ 1: false, 2: false, 3: true, 4: true },
  ...{ 5: false, 6: true, 7: true, 8: false },
};

/** The same of the stored columns. */
const flipsColumns: Readonly<Record<Orientation, boolean>> = {
  ...{ 1: false, 2: true, 3: true, 4: false },
  ...{ 5: false, 6: false, 7: true, 8: true },
};
