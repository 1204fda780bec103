import * as tf from '@tensorflow/tfjs-core';
import { checkSameShape, checkTensor } from '../../sphere/rows.js';

/**
 * Kullback–Leibler divergence of the normal distributions N(mean, e^logVariance) from N(0, 1): summed over the code's
 * dimensions, mean over the batch, in nats: −½·Σ(1 + log σ² − μ² − σ²) (Kingma and Welling, "Auto-encoding variational
 * Bayes", 2013, appendix B).
 *
 * @param mean `[n, d]`
 * @param logVariance `[n, d]`
 * @returns a scalar, never negative up to rounding
 */
export function kl(mean: tf.Tensor2D, logVariance: tf.Tensor2D): tf.Scalar {
  checkTensor('mean', mean, 'kl', 2);
  checkSameShape('kl', { mean, logVariance });
  return tf.tidy(() => {
    const terms = mean.square().add(logVariance.expm1()).sub(logVariance);
    return terms.sum(1).mean().div(2) as tf.Scalar;
  });
}
