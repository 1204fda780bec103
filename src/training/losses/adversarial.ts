import * as tf from '@tensorflow/tfjs-core';
import { checkSameShape, checkTensor } from '../../sphere/rows.js';

/** Throws a `UsageError` unless tensors are rows, at least one of each. */
function checkLogits(of: string, tensors: Readonly<Record<string, tf.Tensor>>): void {
  for (const [name, tensor] of Object.entries(tensors)) {
    checkTensor(name, tensor, of, 2);
    checkSameShape(of, { [name]: tensor });
  }
}

/**
 * Loss of a discriminator: −log D(real) − log(1 − D(fake)), each a mean over its rows, in nats, with
 * D = sigmoid(logits) (Goodfellow et al., "Generative adversarial nets", 2014, equation 1). One that guesses has 2·log 2.
 *
 * @param real logits `[n, 1]` of samples that it should accept
 * @param fake logits `[m, 1]` of samples that it should reject
 */
export function discriminatorLoss(real: tf.Tensor2D, fake: tf.Tensor2D): tf.Scalar {
  checkLogits('discriminatorLoss', { real, fake });
  return tf.tidy(() => tf.add<tf.Scalar>(real.neg().softplus().mean(), fake.softplus().mean()));
}

/**
 * Loss of a generator against a discriminator: −log D(fake), mean over the rows, in nats. Unlike
 * log(1 − D(fake)) it has a gradient while the discriminator is sure (the same paper, section 3).
 *
 * @param fake logits `[n, 1]`
 */
export function generatorLoss(fake: tf.Tensor2D): tf.Scalar {
  checkLogits('generatorLoss', { fake });
  return tf.tidy(() => fake.neg().softplus().mean() as tf.Scalar);
}

/**
 * Loss of ACAI's critic: (d(mixed) − α)² + d(real)², means over the rows (Berthelot et al., arXiv 1807.07543,
 * equation 2).
 *
 * @param mixed its verdicts `[n, 1]` on interpolations
 * @param alpha the true share of the second code in each, `[n, 1]`
 * @param real its verdicts `[n, 1]` on images without interpolation
 */
export function criticLoss(mixed: tf.Tensor2D, alpha: tf.Tensor2D, real: tf.Tensor2D): tf.Scalar {
  checkLogits('criticLoss', { mixed, alpha, real });
  checkSameShape('criticLoss', { mixed, alpha });
  return tf.tidy(() => tf.add<tf.Scalar>(mixed.sub(alpha).square().mean(), real.square().mean()));
}
