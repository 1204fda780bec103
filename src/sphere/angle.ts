import * as tf from '@tensorflow/tfjs-core';
import { lengths } from './normalize.js';
import { checkRows } from './rows.js';

/** Distance that `angleMatrix` keeps between cosines and ±1, where the gradient of acos is infinite. */
export const COSINE_MARGIN = 1e-6;

/**
 * Angle between paired rows, 2·atan2(|u − v|, |u + v|) (Kahan, "How futile are mindless assessments of roundoff",
 * 2006): accurate to some 1e-6 radians from 0 to π, where acos of a float32 cosine is off by 5e-4 near both.
 *
 * @param u `[n, d]` unit rows
 * @param v `[n, d]` unit rows; `[1, d]` on either side pairs with every row of the other
 * @returns `[n]`, radians in [1e-6, π − 1e-6]
 * @throws UsageError for shapes that do not go together, or values that are not finite
 */
export function angle(u: tf.Tensor2D, v: tf.Tensor2D): tf.Tensor1D {
  checkRows('angle', { u, v });
  return tf.tidy(() =>
    tf
      .atan2(lengths(v.sub(u)), lengths(u.add(v)))
      .mul(2)
      .squeeze([1]),
  );
}

/**
 * Angle between every row of `u` and every row of `v`, acos(clamp(u·v, ±(1 − ε))) with ε = `COSINE_MARGIN` (1e-6).
 *
 * One matrix product, made for losses. Rounding of the cosine (about 1e-7) moves an angle θ by 1e-7 / sin θ. Below
 * 1.4e-3 radians, and as near to π, the angle is clamped and its gradient is 0; elsewhere the gradient with respect to
 * the cosine is at most 708. For geometry on single pairs use `angle`.
 *
 * @param u `[n, d]` unit rows
 * @param v `[m, d]` unit rows
 * @returns `[n, m]`, radians in [1.4e-3, π − 1.4e-3]
 * @throws UsageError for shapes that do not go together, or values that are not finite
 */
export function angleMatrix(u: tf.Tensor2D, v: tf.Tensor2D): tf.Tensor2D {
  checkRows('angleMatrix', { u, v }, 'any count');
  return anglesBetween(u, v);
}

/** As `angleMatrix`, for losses: values that are not finite pass through, so that a training can tell its step. */
export function anglesBetween(u: tf.Tensor2D, v: tf.Tensor2D): tf.Tensor2D {
  return tf.tidy(() => {
    const cosines = tf.matMul(u, v, false, true);
    const angles = cosines.clipByValue(COSINE_MARGIN - 1, 1 - COSINE_MARGIN).acos();
    // wasm clips NaN to a bound: the product restores it, so that broken codes do not pass for good ones.
    return angles.add(cosines.mul(0)) as tf.Tensor2D;
  });
}
