import type { Model } from '../models/model.js';
import { decodeCodes, encodePixels } from './latentCodes.js';

/** What images are made of. */
export interface Encoded {
  /** `[latentSize]` */
  readonly code: Float32Array;
  /** What the decoder loses of the image, pixel by pixel: the image less the drawing of its code. Absent without detail. */
  readonly lost?: Float32Array | undefined;
}

/** Encodes images of the model's shape, one call for all, and where detail is asked for another to decode them. */
export function encodeParents(model: Model, images: readonly Float32Array[], detail: number): Encoded[] {
  const codes = encodePixels(model, images);
  if (detail === 0) return codes.map((code) => ({ code }));
  return decodeCodes(model, codes).map((drawn, i) => ({
    code: codes[i]!,
    lost: drawn.map((value, pixel) => images[i]![pixel]! - value),
  }));
}

/**
 * Which of its parents a place is nearer to: of two the second from the middle on; of three, between which the others share
 * ω, from the middle of all on.
 */
export function nearerParent<T>(parents: readonly T[], omega: number): T {
  const middle = 1 - 1 / parents.length;
  return parents[parents.length > 1 && omega >= middle ? 1 : 0]!;
}

/** A drawing with a share of what was lost of a parent laid over it, cut off at black and white; without that, as it is. */
export function layBack(drawing: Float32Array, { lost }: Pick<Encoded, 'lost'>, share: number): Float32Array {
  if (lost === undefined) return drawing;
  return drawing.map((value, pixel) => Math.min(1, Math.max(0, value + share * lost[pixel]!)));
}
