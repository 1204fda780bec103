import * as tf from '@tensorflow/tfjs-core';
import { geodesic } from './geodesic.js';
import { checkRows } from './rows.js';

/**
 * Parallel transport: carries tangents from one point to another along the great circle between them, without turning
 * or stretching them on the way. Carrying back along the same circle undoes it.
 *
 * The part of v along the circle's direction t turns with it, from t to cos θ·t − sin θ·z; the rest stays:
 * v + (t·v)·((cos θ − 1)·t − sin θ·z) (Absil, Mahony and Sepulchre, "Optimization algorithms on matrix manifolds", 8.1.2).
 *
 * @param tangents `[n, d]`, perpendicular to `from`
 * @param from `[n, d]` unit rows
 * @param to `[n, d]` unit rows; antipodes are joined by the circle that `geodesic` defines
 * @returns `[n, d]`, perpendicular to `to`, as long as `tangents`
 * @throws UsageError for shapes that do not go together, or values that are not finite
 */
export function transport(tangents: tf.Tensor2D, from: tf.Tensor2D, to: tf.Tensor2D): tf.Tensor2D {
  checkRows('transport', { tangents, from, to });
  return tf.tidy(() => {
    const { direction, angle } = geodesic(from, to);
    const along = tangents.mul(direction).sum(1, true);
    const turned = direction.mul(angle.cos().sub(1)).sub(from.mul(angle.sin()));
    return tangents.add(turned.mul(along)) as tf.Tensor2D;
  });
}
