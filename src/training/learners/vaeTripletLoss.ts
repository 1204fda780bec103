import type * as tf from '@tensorflow/tfjs-core';
import { checkRange } from '../../core/checks.js';
import { checkOptionBag } from '../../core/kindChecks.js';
import { type Learner, singlePart } from '../learner.js';
import { triplet } from '../losses/triplet.js';
import { evidenceBound } from './vae.js';

export interface VaeTripletLossOptions {
  /** Weight of the divergence from the prior. Default 1. */
  readonly beta?: number;
  /** Margin by which a negative should be farther than a positive, in the unit of the codes, whose prior has deviation 1. Default 1. */
  readonly margin?: number;
  /** Weight λ of the triplet loss. Default 80, as for ATNL. */
  readonly lambda?: number;
}

/**
 * VAE-TL of the ATNL poster's Table 1: the VAE's objective + λ · the Euclidean triplet loss (`triplet`, after FaceNet) on
 * the means of the codes, which the trained encoder gives as codes. Our reading: the poster names the model and draws
 * the loss (Figure 3), but gives neither its margin nor its weight.
 */
export function vaeTripletLoss(options: VaeTripletLossOptions = {}): Learner {
  const { beta = 1, margin = 1, lambda = 80 } = checkOptionBag('vaeTripletLoss', options);
  for (const [name, value] of Object.entries({ beta, margin, lambda })) {
    checkRange(name, value, { least: 0, of: 'vaeTripletLoss' });
  }
  return {
    name: 'vaeTripletLoss',
    latentSpace: 'euclidean',
    variational: true,
    supervised: true,
    options: { beta, margin, lambda },
    prepare: (autoencoder) =>
      singlePart(autoencoder, (batch) => {
        const { reconstruction, divergence, mean } = evidenceBound(autoencoder, batch);
        const distances = triplet(mean, batch.labels, { margin });
        const loss: tf.Scalar = reconstruction.add(divergence.mul(beta)).add(distances.mul(lambda));
        return { loss, reconstruction, kl: divergence, triplet: distances };
      }),
  };
}
