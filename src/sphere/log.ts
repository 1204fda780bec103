import * as tf from '@tensorflow/tfjs-core';
import { geodesic } from './geodesic.js';

/**
 * Logarithmic map: the tangent at `base` that leads to `points`, as long as the angle between them. `expMap` undoes it.
 *
 * Toward an antipode it takes the circle that `geodesic` defines.
 *
 * @param base `[n, d]` unit rows, or `[1, d]` for one base
 * @param points `[n, d]` unit rows
 * @returns `[n, d]` tangents, their lengths in radians
 */
export function logMap(base: tf.Tensor2D, points: tf.Tensor2D): tf.Tensor2D {
  return tf.tidy(() => {
    const { direction, angle } = geodesic(base, points);
    return direction.mul(angle);
  });
}
