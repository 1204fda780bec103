import * as tf from '@tensorflow/tfjs-core';
import { type Omega, omegaColumn } from './omega.js';
import { checkRows } from './rows.js';

/**
 * Linear interpolation: the point at `omega` of the straight line from `z1` to `z2`, (1 − ω)·z1 + ω·z2.
 *
 * The result is *not* brought back to the sphere: between unit rows it lies inside, cos(θ/2) from the center at the
 * middle. The poster's ATNL* and the codes of AE, VAE, AAE and ACAI, which lie on no sphere, need that.
 *
 * @param z1 `[n, d]`
 * @param z2 `[n, d]`
 * @param omega a number, a scalar, `[n]` or `[n, 1]`; outside [0, 1] it extrapolates
 * @returns `[n, d]`
 * @throws UsageError when `omega` holds neither one value nor n, for shapes that do not go together, or values that are
 *   not finite
 */
export function lerp(z1: tf.Tensor2D, z2: tf.Tensor2D, omega: Omega): tf.Tensor2D {
  checkRows('lerp', { z1, z2 });
  return tf.tidy(() => {
    const column = omegaColumn(omega, z1.shape[0]);
    return z1.mul(tf.sub(1, column)).add(z2.mul(column)) as tf.Tensor2D;
  });
}
