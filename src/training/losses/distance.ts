import * as tf from '@tensorflow/tfjs-core';
import { anglesBetween } from '../../sphere/angle.js';
import { checkTensor } from '../../sphere/rows.js';

/** Squared distances are kept above this, where the gradient of a square root is infinite. */
const SMALLEST_SQUARE = 1e-12;

/**
 * Angle between every pair of codes, acos(clamp(u·v, ±(1 − 1e-6))).
 *
 * @param codes `[n, d]` unit rows
 * @returns `[n, n]`, radians in [1.4e-3, π − 1.4e-3]
 */
export function angularDistances(codes: tf.Tensor2D): tf.Tensor2D {
  checkTensor('codes', codes, 'angularDistances', 2);
  return anglesBetween(codes, codes);
}

/**
 * Euclidean distance between every pair of codes, √(|u|² + |v|² − 2u·v).
 *
 * Rounding leaves about 3e-4·|u| for equal codes.
 *
 * @param codes `[n, d]`
 * @returns `[n, n]`, at least 1e-6, in the unit of the codes
 */
export function euclideanDistances(codes: tf.Tensor2D): tf.Tensor2D {
  checkTensor('codes', codes, 'euclideanDistances', 2);
  return tf.tidy(() => {
    const squares = codes.square().sum(1, true);
    const products = tf.matMul(codes, codes, false, true);
    const squared = squares.add(squares.transpose()).sub(products.mul(2));
    return squared.maximum(SMALLEST_SQUARE).sqrt() as tf.Tensor2D;
  });
}
