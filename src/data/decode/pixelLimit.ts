import { DataError } from '../../core/index.js';

/** Larger pictures are refused before their pixels are unpacked: 2²⁶ are 8192 × 8192. */
export const MOST_PIXELS = 2 ** 26;

/** Throws a `DataError` naming the file when a header announces no pixels or too many. */
export function assertPixelCount(width: number, height: number, name: string): void {
  if (width > 0 && height > 0 && width * height <= MOST_PIXELS) return;
  throw new DataError(`${name} has ${width}×${height} pixels, but from 1 to ${MOST_PIXELS} can be read`, {
    hint: 'Make it smaller.',
  });
}
