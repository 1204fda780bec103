import type * as tf from '@tensorflow/tfjs-core';
import { checkCount, checkRange } from '../../core/checks.js';
import { checkOptionBag } from '../../core/kindChecks.js';
import { denseNet, initializersOf, weightsByName } from '../../models/nets.js';
import type { Learner } from '../learner.js';
import { discriminatorLoss, generatorLoss } from '../losses/adversarial.js';
import { squaredError } from '../losses/reconstruction.js';
import { normals } from './noise.js';

export interface AaeOptions {
  /** Units of each of the discriminator's two hidden layers. Default 100, as in ACAI's comparison; the paper has 1000. */
  readonly units?: number;
  /** Standard deviation of the prior N(0, σ²) that codes are to follow, above 0. Default 1; the paper's Figure 2 has 5. */
  readonly priorDeviation?: number;
}

/**
 * Adversarial autoencoder of Makhzani et al., "Adversarial autoencoders" (arXiv 1511.05644), without labels. On each batch
 * in turn, each with an optimizer of its own (section 2):
 *
 * 1. reconstruction: encoder and decoder lower ‖x − g(f(x))‖²;
 * 2. regularization, `discriminator`: it learns to tell samples of the prior from codes, −log D(p) − log(1 − D(f(x)));
 * 3. regularization, `generator`: the encoder learns to pass for the prior, −log D(f(x)), the form that Goodfellow et al.
 *    (2014) recommend over log(1 − D).
 */
export function aae(options: AaeOptions = {}): Learner {
  const { units = 100, priorDeviation = 1 } = checkOptionBag('aae', options);
  checkCount('units', units, { most: 4096, of: 'aae' });
  checkRange('priorDeviation', priorDeviation, { least: 1e-6, of: 'aae' });
  return {
    name: 'aae',
    latentSpace: 'euclidean',
    variational: false,
    supervised: false,
    options: { units, priorDeviation },
    prepare(autoencoder, seed) {
      const layers = [
        ['discriminator/hidden0', units],
        ['discriminator/hidden1', units],
        ['discriminator/logit', 1],
      ] as const;
      const discriminator = denseNet(autoencoder.latentSize, layers, initializersOf(seed));
      const judge = (codes: tf.Tensor2D) => discriminator.apply(codes) as tf.Tensor2D;
      const encoder = [...autoencoder.weights].filter(([name]) => name.startsWith('encoder/'));
      return {
        parts: [
          {
            name: 'autoencoder',
            weights: autoencoder.weights,
            losses({ images }) {
              const reconstruction = squaredError(images, autoencoder.decode(autoencoder.encode(images)));
              return { loss: reconstruction, reconstruction };
            },
          },
          {
            name: 'discriminator',
            weights: weightsByName([discriminator]),
            losses({ images, random }) {
              const codes = autoencoder.encode(images);
              const prior = normals(codes.shape, random('prior'), priorDeviation);
              return { loss: discriminatorLoss(judge(prior), judge(codes)) };
            },
          },
          {
            name: 'generator',
            weights: new Map(encoder),
            losses: ({ images }) => ({ loss: generatorLoss(judge(autoencoder.encode(images))) }),
          },
        ],
        dispose: () => void discriminator.dispose(),
      };
    },
  };
}
