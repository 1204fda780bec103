import type * as tf from '@tensorflow/tfjs';
import type { ImageShape } from '../core/index.js';

/** Where codes live: on the unit sphere (rows of length 1), or anywhere. */
export type LatentSpace = 'sphere' | 'euclidean';

/**
 * An encoder and a decoder that belong together. Both are pure tensor functions; the caller disposes what they
 * return, or calls them inside `tf.tidy`.
 */
export interface Autoencoder {
  readonly imageShape: ImageShape;
  readonly latentSize: number;
  readonly latentSpace: LatentSpace;
  /** Images `[n, h, w, c]` in [0, 1] to codes `[n, latentSize]`; unit rows when the latent space is the sphere. */
  encode(images: tf.Tensor4D): tf.Tensor2D;
  /** Codes `[n, latentSize]` to images `[n, h, w, c]` in [0, 1]. */
  decode(codes: tf.Tensor2D): tf.Tensor4D;
  /** Every trainable weight under the name that model files use, always in the same order. */
  readonly weights: ReadonlyMap<string, tf.Variable>;
  /** Frees the weights. */
  dispose(): void;
}
