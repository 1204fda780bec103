import { UsageError } from '../core/index.js';
import type { Model } from '../models/index.js';
import { decodeCodes } from './latentCodes.js';

/** Whether it is a number in [0, 1]. */
export const isDetail = (detail: number): boolean => Number.isFinite(detail) && detail >= 0 && detail <= 1;

/** Throws a `UsageError` for a share out of range. */
export function assertDetail(detail: number): void {
  if (!isDetail(detail)) throw new UsageError(`detail must be in [0, 1], not ${detail}`);
}

/** What the decoder loses of images: pixel by pixel, each image less the drawing of its code. One call for all. */
export function lostOf(
  model: Model,
  images: readonly Float32Array[],
  codes: readonly Float32Array[],
): Float32Array[] {
  return decodeCodes(model, codes).map((drawn, i) => drawn.map((value, pixel) => images[i]![pixel]! - value));
}

/** Which of its parents a place is nearer to: the second one from the middle on, where there is one. */
export function nearerParent<T>(parents: readonly T[], omega: number): T {
  return parents[parents.length > 1 && omega >= 0.5 ? 1 : 0]!;
}

/** A drawing with a share of what was lost of a parent laid over it, cut off at black and white. */
export function layBack(drawing: Float32Array, lost: Float32Array, share: number): Float32Array {
  return drawing.map((value, pixel) => Math.min(1, Math.max(0, value + share * lost[pixel]!)));
}
