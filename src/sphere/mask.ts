import * as tf from '@tensorflow/tfjs-core';

/**
 * Result of `test` as 0 and 1, constant for the gradient: comparisons have none in TensorFlow.js, and stop a backward pass
 * with an error.
 */
export function maskOf<T extends tf.Tensor>(values: T, test: (values: T) => tf.Tensor): tf.Tensor {
  return tf.customGrad((input: tf.Tensor | tf.GradSaveFunc) => ({
    value: test(input as T).toFloat(),
    gradFunc: () => tf.zeros(values.shape),
  }))(values);
}

/** `a` where the mask is 1 and `b` where it is 0. Both must be finite: this broadcasts by products, where `tf.where` tiles. */
export function choose(mask: tf.Tensor, a: tf.Tensor2D, b: tf.Tensor2D): tf.Tensor2D {
  return tf.tidy(() => a.mul(mask).add(b.mul(tf.sub(1, mask))) as tf.Tensor2D);
}
