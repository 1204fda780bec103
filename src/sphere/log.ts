import * as tf from '@tensorflow/tfjs-core';
import { geodesic } from './geodesic.js';
import { checkRows } from './rows.js';

/**
 * Logarithmic map: the tangent at `base` that leads to `points`, as long as the angle between them. `expMap` undoes it.
 *
 * Toward an antipode it takes the circle that `geodesic` defines.
 *
 * @param base `[n, d]` unit rows, or `[1, d]` for one base
 * @param points `[n, d]` unit rows
 * @returns `[n, d]` tangents, their lengths in radians
 * @throws UsageError for shapes that do not go together, or values that are not finite
 */
export function logMap(base: tf.Tensor2D, points: tf.Tensor2D): tf.Tensor2D {
  checkRows('logMap', { base, points });
  return logRows(base, points);
}

/** As `logMap`, without a look at the values. */
export function logRows(base: tf.Tensor2D, points: tf.Tensor2D): tf.Tensor2D {
  return tf.tidy(() => {
    const { direction, angle } = geodesic(base, points);
    return direction.mul(angle);
  });
}
