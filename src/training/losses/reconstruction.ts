import * as tf from '@tensorflow/tfjs-core';
import { checkSameShape } from '../../sphere/rows.js';

/** Values of one image. */
const valuesOf = (images: tf.Tensor) => images.size / images.shape[0]!;

/** Probabilities are kept this far from 0 and 1, where their logarithms are infinite. */
const PROBABILITY_MARGIN = 1e-6;

/**
 * Mean squared difference over all values of all images.
 *
 * @param images `[n, …]`, in [0, 1]
 * @param reconstructions the same shape
 */
export function meanSquaredError(images: tf.Tensor, reconstructions: tf.Tensor): tf.Scalar {
  checkSameShape('meanSquaredError', { images, reconstructions });
  return tf.tidy(() => images.sub(reconstructions).square().mean() as tf.Scalar);
}

/**
 * Squared error of an image, ‖x − y‖²: summed over an image's values, mean over the images.
 *
 * @param images `[n, …]`, in [0, 1]
 * @param reconstructions the same shape
 */
export function squaredError(images: tf.Tensor, reconstructions: tf.Tensor): tf.Scalar {
  checkSameShape('squaredError', { images, reconstructions });
  return tf.tidy(() => meanSquaredError(images, reconstructions).mul<tf.Scalar>(valuesOf(images)));
}

/**
 * Binary cross entropy, mean over all values, in nats: −x·log y − (1 − x)·log(1 − y). Times the values of an image it
 * is the reconstruction term of a VAE.
 *
 * y is clamped to [1e-6, 1 − 1e-6], where its gradient ends: train on logits where a decoder gives them.
 *
 * @param images `[n, …]`, in [0, 1]
 * @param reconstructions the same shape, in [0, 1]
 */
export function binaryCrossEntropy(images: tf.Tensor, reconstructions: tf.Tensor): tf.Scalar {
  checkSameShape('binaryCrossEntropy', { images, reconstructions });
  return tf.tidy(() => {
    const y = reconstructions.clipByValue(PROBABILITY_MARGIN, 1 - PROBABILITY_MARGIN);
    const white = images.mul(y.log());
    const black = tf.sub(1, images).mul(tf.sub(1, y).log());
    return white.add(black).mean().neg() as tf.Scalar;
  });
}

/**
 * Binary cross entropy of sigmoid(logits), mean over all values, in nats, as log(1 + e^l) − l·x: exact for
 * logits of any size, with the gradient sigmoid(l) − x everywhere.
 *
 * @param images `[n, …]`, in [0, 1]
 * @param logits the same shape, any real numbers
 */
export function binaryCrossEntropyWithLogits(images: tf.Tensor, logits: tf.Tensor): tf.Scalar {
  checkSameShape('binaryCrossEntropyWithLogits', { images, logits });
  return tf.tidy(() => logits.softplus().sub(logits.mul(images)).mean() as tf.Scalar);
}

/**
 * Negative log-likelihood of images under a Bernoulli distribution a value, −log p(x | z) of a VAE: the binary cross
 * entropy of sigmoid(logits), summed over an image's values, mean over the images, in nats.
 *
 * @param images `[n, …]`, in [0, 1]
 * @param logits the same shape, any real numbers
 */
export function bernoulliError(images: tf.Tensor, logits: tf.Tensor): tf.Scalar {
  checkSameShape('bernoulliError', { images, logits });
  return tf.tidy(() => binaryCrossEntropyWithLogits(images, logits).mul<tf.Scalar>(valuesOf(images)));
}
