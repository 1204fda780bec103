import * as tf from '@tensorflow/tfjs-core';
import { lengths, normalizeRows } from './normalize.js';
import { checkRows } from './rows.js';

/**
 * Exponential map: the end of a walk along the great circle from `base` in the direction of `tangents`, as far as they are
 * long: cos|v|·z + sin|v|·v/|v|.
 *
 * @param base `[n, d]` unit rows, or `[1, d]` for one base
 * @param tangents `[n, d]`, perpendicular to their base, lengths in radians
 * @returns `[n, d]` unit rows
 * @throws UsageError for shapes that do not go together, or values that are not finite
 */
export function expMap(base: tf.Tensor2D, tangents: tf.Tensor2D): tf.Tensor2D {
  checkRows('expMap', { base, tangents });
  return expRows(base, tangents);
}

/** As `expMap`, without a look at the values. */
export function expRows(base: tf.Tensor2D, tangents: tf.Tensor2D): tf.Tensor2D {
  return tf.tidy(() => {
    const distance = lengths(tangents);
    return normalizeRows(
      distance
        .cos()
        .mul(base)
        .add(tangents.mul(distance.sin().div(distance))) as tf.Tensor2D,
    );
  });
}
