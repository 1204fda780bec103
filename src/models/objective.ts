import type * as tf from '@tensorflow/tfjs';
import type { Autoencoder } from './autoencoder.js';

/** Terms of an objective by name; `loss` is the total that is minimized. */
export type LossParts = Readonly<Record<string, tf.Scalar>> & { readonly loss: tf.Scalar };

/** An objective: what one batch of images and labels costs an autoencoder. */
export interface Objective {
  readonly name: string;
  /** Options as a model card records them. */
  readonly options: Readonly<Record<string, string | number>>;
  /** `images` are `[n, h, w, c]` in [0, 1], `labels` the semantic value of each image, `[n]`. */
  losses(autoencoder: Autoencoder, images: tf.Tensor4D, labels: tf.Tensor1D): LossParts;
}
