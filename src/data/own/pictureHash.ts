import { fitTo } from '../fitTo.js';
import type { Pixels } from '../pixels.js';

/** 64 bits that stay nearly the same when a picture is resized or compressed again. */
export interface PictureHash {
  readonly high: number;
  readonly low: number;
}

const [ROWS, COLUMNS] = [8, 9];
/** Side of the small pictures that are compared at last. */
const SIDE = 16;

/** Each quarter of a hash is of two columns, half a picture apart: often little happens at a picture's edge. */
const columnOrder = [0, 4, 1, 5, 2, 6, 3, 7];

/** Whether each of 8 × 8 places is darker than the one to its right. */
export function pictureHash(image: Pixels): PictureHash {
  const { pixels } = fitTo(image, [ROWS, COLUMNS, 1], 'crop');
  const half = (columns: readonly number[]): number => {
    let bits = 0;
    for (const column of columns) {
      for (let row = 0; row < ROWS; row++) {
        const at = row * COLUMNS + column;
        bits = (bits << 1) | Number(pixels[at]! < pixels[at + 1]!);
      }
    }
    return bits >>> 0;
  };
  return { high: half(columnOrder.slice(0, 4)), low: half(columnOrder.slice(4)) };
}

/** The four quarters of a hash. Of two hashes that differ in up to three bits, at least one quarter is the same. */
export const quartersOf = ({ high, low }: PictureHash): readonly number[] => [
  high >>> 16,
  high & 0xffff,
  low >>> 16,
  low & 0xffff,
];

/** In how many bits two hashes differ. */
export function distanceOf(a: PictureHash, b: PictureHash): number {
  let count = 0;
  for (let bits of [a.high ^ b.high, a.low ^ b.low]) for (; bits !== 0; bits &= bits - 1) count++;
  return count;
}

/** A picture at 16 × 16 in gray, around its mean and of length 1; all 0 where it is plain. */
export function smallPicture(image: Pixels): Float32Array {
  const { pixels } = fitTo(image, [SIDE, SIDE, 1], 'crop');
  const mean = pixels.reduce((sum, value) => sum + value, 0) / pixels.length;
  const centred = pixels.map((value) => value - mean);
  const length = Math.hypot(...centred);
  return length < 1e-6 ? centred.fill(0) : centred.map((value) => value / length);
}

/** Correlation of two small pictures, in [−1, 1]; 0 where one is plain. */
export function likeness(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}
