import * as tf from '@tensorflow/tfjs-core';
import { geodesic } from './geodesic.js';
import { choose, maskOf } from './mask.js';
import { type Omega, omegaColumn } from './omega.js';
import { checkRows } from './rows.js';

/**
 * Spherical linear interpolation: the point at `omega` of the great circle arc from `z1` to `z2`.
 *
 * Equal to (sin((1 − ω)θ)·z1 + sin(ωθ)·z2) / sin θ (Shoemake, "Animating rotation with quaternion curves", 1985), here
 * written as cos(ωθ)·z1 + sin(ωθ)·t with t the unit tangent toward z2, which divides by no sine: it is stable from
 * θ = 0 to θ = π, and takes the circle that `geodesic` defines between antipodes. `omega` outside [0, 1] goes on along
 * the same circle. ω = 0 and ω = 1 return z1 and z2 unchanged; exactly there the gradient with respect to ω is 0.
 *
 * @param z1 `[n, d]` unit rows, d ≥ 2
 * @param z2 `[n, d]` unit rows
 * @param omega a number, a scalar, `[n]` or `[n, 1]`
 * @returns `[n, d]` unit rows
 * @throws UsageError when `omega` holds neither one value nor n, for shapes that do not go together, or values that are
 *   not finite
 */
export function slerp(z1: tf.Tensor2D, z2: tf.Tensor2D, omega: Omega): tf.Tensor2D {
  checkRows('slerp', { z1, z2 });
  return tf.tidy(() => {
    const column = omegaColumn(omega, z1.shape[0]);
    const { direction, angle } = geodesic(z1, z2);
    const turn = angle.mul(column);
    const arc = turn.cos().mul(z1).add(turn.sin().mul(direction)) as tf.Tensor2D;
    const started = maskOf(column, (value) => value.equal(0));
    const ended = maskOf(column, (value) => value.equal(1));
    return choose(ended, z2, choose(started, z1, arc));
  });
}
