import type * as tf from '@tensorflow/tfjs';
import type { ImageShape } from '../core/index.js';
import type { Architecture } from './architecture.js';

/** Where codes live: on the unit sphere (rows of length 1), or anywhere. */
export type LatentSpace = 'sphere' | 'euclidean';

/** A normal distribution of codes for each image, with independent values. */
export interface Posterior {
  /** `[n, latentSize]`: what `encode` gives. */
  readonly mean: tf.Tensor2D;
  /** Natural logarithm of the variances, `[n, latentSize]`. */
  readonly logVariance: tf.Tensor2D;
}

/**
 * An encoder and a decoder that belong together. They are pure tensor functions; the caller disposes what they
 * return, or calls them inside `tf.tidy`.
 */
export interface Autoencoder {
  readonly architecture: Architecture;
  readonly imageShape: ImageShape;
  readonly latentSize: number;
  readonly latentSpace: LatentSpace;
  /** Values of a code, its last ones, that hold the style of an image instead of its class; 0 where none do. */
  readonly styleSize: number;
  /** Images `[n, h, w, c]` in [0, 1] to codes `[n, latentSize]`; unit rows when the latent space is the sphere. */
  encode(images: tf.Tensor4D): tf.Tensor2D;
  /** Images to distributions of codes; there when the architecture is variational. */
  posterior?(images: tf.Tensor4D): Posterior;
  /** Codes `[n, latentSize]` to images `[n, h, w, c]` in [0, 1]. */
  decode(codes: tf.Tensor2D): tf.Tensor4D;
  /** Codes to the logits of those images: `decode` is their sigmoid. */
  logits(codes: tf.Tensor2D): tf.Tensor4D;
  /**
   * Every trainable weight under the name that model files use, always in the same order. Those of the encoder begin
   * with `encoder/`.
   */
  readonly weights: ReadonlyMap<string, tf.Variable>;
  /** Frees the weights. */
  dispose(): void;
}
