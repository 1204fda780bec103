import { fitTo } from '../fitTo.js';
import type { Pixels } from '../png.js';

/** 64 bits that stay nearly the same when a picture is resized or compressed again. */
export interface PictureHash {
  readonly high: number;
  readonly low: number;
}

const [ROWS, COLUMNS] = [8, 9];
/** Side of the small pictures that are compared at last. */
const SIDE = 16;

/** Whether each of 8 × 8 places is darker than the one to its right. */
export function pictureHash(image: Pixels): PictureHash {
  const { pixels } = fitTo(image, [ROWS, COLUMNS, 1], 'crop');
  const half = (from: number): number => {
    let bits = 0;
    for (let row = from; row < from + ROWS / 2; row++) {
      for (let column = 0; column + 1 < COLUMNS; column++) {
        const at = row * COLUMNS + column;
        bits = (bits << 1) | Number(pixels[at]! < pixels[at + 1]!);
      }
    }
    return bits >>> 0;
  };
  return { high: half(0), low: half(ROWS / 2) };
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

/** Correlation of two pictures at 16 × 16 in gray, in [−1, 1]; 0 where one is plain. */
export function likeness(a: Pixels, b: Pixels): number {
  const [x, y] = [a, b].map((image) => {
    const { pixels } = fitTo(image, [SIDE, SIDE, 1], 'crop');
    const mean = pixels.reduce((sum, value) => sum + value, 0) / pixels.length;
    const centred = pixels.map((value) => value - mean);
    const length = Math.hypot(...centred);
    return length < 1e-6 ? centred.fill(0) : centred.map((value) => value / length);
  });
  return x!.reduce((sum, value, i) => sum + value * y![i]!, 0);
}
