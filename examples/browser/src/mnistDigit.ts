import { SIDE } from './pixels.js';

/** A picture as the strength of its ink: 0 for paper to 1 for ink, row by row. */
export interface Ink {
  readonly values: Float32Array;
  readonly width: number;
  readonly height: number;
}

/** The longer side of a digit after scaling, in pixels. */
const BOX = 20;
/** Weaker ink does not count as part of the digit. */
const FAINT = 0.1;

/**
 * The digit in a picture, prepared as those of MNIST were (LeCun et al., 1998): scaled with its proportions into a box of
 * 20×20 pixels, every new pixel the mean of what it covers, and put into 28×28 with its centre of mass in the middle.
 * The darkest spot becomes 1, so that thin strokes do not come out pale. Undefined for a picture without ink.
 */
export function mnistDigit({ values, width, height }: Ink): Float32Array | undefined {
  let [left, right, top, bottom] = [width, -1, height, -1];
  let [mass, massX, massY] = [0, 0, 0];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const ink = values[y * width + x]!;
      if (ink < FAINT) continue;
      [left, right, top, bottom] = [
        Math.min(left, x),
        Math.max(right, x),
        Math.min(top, y),
        Math.max(bottom, y),
      ];
      mass += ink;
      massX += ink * (x + 0.5);
      massY += ink * (y + 0.5);
    }
  }
  if (mass === 0) return undefined;
  const step = Math.max(right - left + 1, bottom - top + 1) / BOX;
  const columns = windows(massX / mass, step, width);
  const rows = windows(massY / mass, step, height);
  const digit = new Float32Array(SIDE * SIDE);
  let most = 0;
  for (const [i, row] of rows.entries()) {
    for (const [j, column] of columns.entries()) {
      let sum = 0;
      for (const [y, high] of row) {
        for (const [x, wide] of column) sum += high * wide * values[y * width + x]!;
      }
      digit[i * SIDE + j] = sum;
      most = Math.max(most, sum);
    }
  }
  return digit.map((value) => value / most);
}

/**
 * For each of 28 new pixels along an axis, the old ones that it covers with their shares. A new pixel covers `step` old
 * ones, one at least; `centre`, a place on the axis of old pixels, comes to lie in the middle.
 */
function windows(centre: number, step: number, length: number): [place: number, share: number][][] {
  const width = Math.max(step, 1);
  return Array.from({ length: SIDE }, (_, i) => {
    const from = centre + (i + 0.5 - SIDE / 2) * step - width / 2;
    const covered: [number, number][] = [];
    for (let place = Math.max(0, Math.floor(from)); place < Math.min(length, from + width); place++) {
      covered.push([place, (Math.min(place + 1, from + width) - Math.max(place, from)) / width]);
    }
    return covered;
  });
}
