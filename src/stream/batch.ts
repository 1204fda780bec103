import type * as tf from '@tensorflow/tfjs';

/**
 * Images and labels of one training step as tensors. Whoever receives a batch owns it and calls `dispose()` once
 * when done.
 */
export interface Batch {
  /** Pixels in [0, 1]: `[n, height, width, channels]`. */
  readonly xs: tf.Tensor4D;
  /** A distribution over the classes for each image, one-hot or soft: `[n, classes]`. */
  readonly ys: tf.Tensor2D;
  dispose(): void;
}
