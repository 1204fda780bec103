import * as tf from '@tensorflow/tfjs-core';
import { lengths, normalize } from './normalize.js';

/**
 * Exponential map: the end of a walk along the great circle from `base` in the direction of `tangents`, as far as they are
 * long: cos|v|·z + sin|v|·v/|v|.
 *
 * @param base `[n, d]` unit rows, or `[1, d]` for one base
 * @param tangents `[n, d]`, perpendicular to their base, lengths in radians
 * @returns `[n, d]` unit rows
 */
export function expMap(base: tf.Tensor2D, tangents: tf.Tensor2D): tf.Tensor2D {
  return tf.tidy(() => {
    const distance = lengths(tangents);
    return normalize(
      distance
        .cos()
        .mul(base)
        .add(tangents.mul(distance.sin().div(distance))) as tf.Tensor2D,
    );
  });
}
