import * as tf from '@tensorflow/tfjs-core';
import { checkRange } from '../../core/checks.js';
import { checkOptionBag } from '../../core/kindChecks.js';
import type { Autoencoder } from '../../models/architecture.js';
import { type Learner, singlePart, type TrainingBatch } from '../learner.js';
import { kl } from '../losses/kl.js';
import { bernoulliError } from '../losses/reconstruction.js';
import { normals } from './noise.js';

export interface VaeOptions {
  /** Weight of the divergence from the prior. Default 1, as in the paper; others make a β-VAE (Higgins et al., 2017). */
  readonly beta?: number;
}

/**
 * Variational autoencoder of Kingma and Welling, "Auto-encoding variational Bayes" (arXiv 1312.6114), equation 10 with
 * one sample an image:
 *
 *     −log p(x | z) + β · KL(N(μ, σ²) ‖ N(0, 1)),    z = μ + σ ⊙ ε,  ε ~ N(0, 1)
 *
 * in nats an image, mean over the batch. The decoder is Bernoulli (appendix C.1), so the first term is the binary cross
 * entropy summed over an image's values.
 */
export function vae(options: VaeOptions = {}): Learner {
  const { beta = 1 } = checkOptionBag('vae', options);
  checkRange('beta', beta, { least: 0, of: 'vae' });
  return {
    name: 'vae',
    latentSpace: 'euclidean',
    variational: true,
    supervised: false,
    options: { beta },
    prepare: (autoencoder) =>
      singlePart(autoencoder, (batch) => {
        const { reconstruction, divergence } = evidenceBound(autoencoder, batch);
        return {
          loss: tf.add<tf.Scalar>(reconstruction, divergence.mul(beta)),
          reconstruction,
          kl: divergence,
        };
      }),
  };
}

/** The two terms of the evidence lower bound, negated, and the means `[n, latentSize]` of the codes. */
export function evidenceBound(
  autoencoder: Autoencoder,
  { images, random }: TrainingBatch,
): { readonly reconstruction: tf.Scalar; readonly divergence: tf.Scalar; readonly mean: tf.Tensor2D } {
  const { mean, logVariance } = autoencoder.posterior!(images);
  const noise = normals(mean.shape, random('noise'));
  const codes = mean.add<tf.Tensor2D>(logVariance.div(2).exp().mul(noise));
  return {
    reconstruction: bernoulliError(images, autoencoder.logits(codes)),
    divergence: kl(mean, logVariance),
    mean,
  };
}
