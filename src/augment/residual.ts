import type { Model } from '../models/model.js';
import { decodeCodes, encodePixels } from './latentCodes.js';

/** An encoded image. */
export interface Encoded {
  /** `[latentSize]` */
  readonly code: Float32Array;
  /** The image − decode(encode(image)), pixel by pixel; absent where detail is 0. */
  readonly residual?: Float32Array | undefined;
}

/** Encodes images of the model's shape in one call, and if `detail` is above 0 decodes them in another. */
export function encodeParents(model: Model, images: readonly Float32Array[], detail: number): Encoded[] {
  const codes = encodePixels(model, images);
  if (detail === 0) return codes.map((code) => ({ code }));
  return decodeCodes(model, codes).map((drawn, i) => ({
    code: codes[i]!,
    residual: drawn.map((value, pixel) => images[i]![pixel]! - value),
  }));
}

/**
 * The parent that a position is nearest to: of two the second from the middle on; of three, of which the last two share ω,
 * the second from the middle of all on.
 */
export function nearerParent<T>(parents: readonly T[], omega: number): T {
  const middle = 1 - 1 / parents.length;
  return parents[parents.length > 1 && omega >= middle ? 1 : 0]!;
}

/** A drawing plus a share of a parent's residual, clipped to [0, 1]; without a residual the drawing itself. */
export function addResidual(
  drawing: Float32Array,
  { residual }: Pick<Encoded, 'residual'>,
  share: number,
): Float32Array {
  if (residual === undefined) return drawing;
  return drawing.map((value, pixel) => Math.min(1, Math.max(0, value + share * residual[pixel]!)));
}
