import * as tf from '@tensorflow/tfjs-core';
import { checkRange } from '../../core/checks.js';
import { checkOptionBag } from '../../core/kindChecks.js';
import type { Autoencoder } from '../../models/architecture.js';
import { denseNet, featureNet, initializersOf, outputsOf, weightsByName } from '../../models/nets.js';
import type { Learner, TrainingBatch } from '../learner.js';
import { criticLoss } from '../losses/adversarial.js';
import { meanSquaredError } from '../losses/reconstruction.js';
import { uniforms } from './noise.js';

export interface AcaiOptions {
  /** Weight λ of the critic's verdict on interpolations. Default 0.5, as in the paper. */
  readonly lambda?: number;
  /** Share γ of the image in the critic's real examples, in [0, 1]. Default 0.2, as in the paper. */
  readonly gamma?: number;
}

/** Largest share of the second code in a mixture: beyond it the two would change roles. */
const LARGEST_ALPHA = 0.5;

/**
 * Adversarially constrained autoencoder interpolation of Berthelot et al., "Understanding and improving interpolation in
 * autoencoders via an adversarial regularizer" (arXiv 1807.07543). A critic d learns to tell how much of another code was
 * mixed in (equation 2); the autoencoder learns to make its mixtures look unmixed (equation 3):
 *
 *     critic        (d(x̂α) − α)² + d(γx + (1 − γ)x̂)²
 *     autoencoder   ‖x − x̂‖² + λ · d(x̂α)²
 *
 * with x̂ = g(f(x)), x̂α = g((1 − α)·f(x) + α·f(x′)), α uniform in [0, 0.5], x′ the next image of the shuffled batch.
 * Squared norms are means over an image's values, as in the authors' code (github.com/brain-research/acai): λ refers to
 * that scale. As there, the critic is a second encoder, whose code's mean is its verdict.
 */
export function acai(options: AcaiOptions = {}): Learner {
  const { lambda = 0.5, gamma = 0.2 } = checkOptionBag('acai', options);
  checkRange('lambda', lambda, { least: 0, of: 'acai' });
  checkRange('gamma', gamma, { least: 0, most: 1, of: 'acai' });
  return {
    name: 'acai',
    latentSpace: 'euclidean',
    variational: false,
    supervised: false,
    options: { lambda, gamma },
    prepare(autoencoder, seed) {
      const initializer = initializersOf(seed);
      const features = featureNet(autoencoder.architecture, 'critic', initializer);
      const code = denseNet(outputsOf(features), [['critic/code', autoencoder.latentSize]], initializer);
      const judge = (images: tf.Tensor4D) =>
        (code.apply(features.apply(images)) as tf.Tensor2D).mean<tf.Tensor2D>(1, true);
      return {
        parts: [
          {
            name: 'autoencoder',
            weights: autoencoder.weights,
            losses(batch) {
              const { restored, mixed } = interpolate(autoencoder, batch);
              const reconstruction = meanSquaredError(batch.images, restored);
              const verdict: tf.Scalar = judge(mixed).square().mean();
              const loss = tf.add<tf.Scalar>(reconstruction, verdict.mul(lambda));
              return { loss, reconstruction, verdict };
            },
          },
          {
            name: 'critic',
            weights: weightsByName([features, code]),
            losses(batch) {
              const { restored, mixed, alpha } = interpolate(autoencoder, batch);
              const real = batch.images.mul(gamma).add<tf.Tensor4D>(restored.mul(1 - gamma));
              return { loss: criticLoss(judge(mixed), alpha, judge(real)) };
            },
          },
        ],
        dispose() {
          features.dispose();
          code.dispose();
        },
      };
    },
  };
}

/** Images decoded from their own codes, and from codes that hold `alpha` `[n, 1]` of the next one. */
function interpolate(
  autoencoder: Autoencoder,
  { images, random }: TrainingBatch,
): { readonly restored: tf.Tensor4D; readonly mixed: tf.Tensor4D; readonly alpha: tf.Tensor2D } {
  const codes = autoencoder.encode(images);
  const [n, size] = codes.shape;
  const alpha = uniforms(n, random('mix'), LARGEST_ALPHA);
  const next = tf.concat([codes.slice([1, 0], [n - 1, size]), codes.slice([0, 0], [1, size])]);
  const mixture = codes.mul(tf.sub(1, alpha)).add<tf.Tensor2D>(next.mul(alpha));
  return { restored: autoencoder.decode(codes), mixed: autoencoder.decode(mixture), alpha };
}
