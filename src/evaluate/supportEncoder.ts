import { encodePixels } from '../augment/latentCodes.js';
import { affine } from '../augment/transforms/affine.js';
import { compose } from '../augment/transforms/combine.js';
import { elastic } from '../augment/transforms/elastic.js';
import type { Background } from '../core/background.js';
import { countOf, type ImageSet, imagesOf, packImages } from '../core/image.js';
import { randomStream } from '../core/random.js';
import { version } from '../core/version.js';
import { type Architecture, mnistArchitecture } from '../models/architecture.js';
import { baseCodes } from '../models/baseCodes.js';
import { convolutionalAutoencoder } from '../models/convolutional.js';
import { encodeModel } from '../models/model.js';
import type { ModelCard } from '../models/modelCard.js';
import type { TrainingData } from '../training/batches.js';
import { fitAutoencoder } from '../training/fitAutoencoder.js';
import { architectureFor } from '../training/learner.js';
import { atnl } from '../training/learners/atnl.js';

/** Augmentation of the supports: there are few images, so each is shown in many shapes and positions. */
const strongOver = (fill: Background) => compose('strong', elastic({ fill }), affine({ fill }));

/**
 * Augmented images of a support set, no two alike. Image `i` is support `i mod count`, distorted and moved, so all supports
 * come equally often. It depends on the supports, the seed and `i` alone.
 */
export function augmentedSupports(
  support: ImageSet,
  images: number,
  seed: number,
  background: Background = 'black',
): TrainingData {
  const strong = strongOver(background);
  const count = countOf(support);
  const real = [...imagesOf(support)];
  return {
    labels: Int32Array.from({ length: images }, (_, i) => support.labels[i % count]!),
    images(indices) {
      const made = Array.from(indices, (index) => {
        const image = real[index % count]!;
        return { ...image, pixels: strong.apply(image, randomStream(seed, 'supports', index)) };
      });
      return packImages(made, support.shape, support.classes);
    },
  };
}

export interface SupportEncoderOptions {
  /** Name of the data that the supports come from, for the card. */
  readonly data: string;
  /** Number of batches to train on. */
  readonly steps: number;
  /** Background of the images. Default `black`. */
  readonly background?: Background;
  /** Seed of weights, order and augmentation. */
  readonly seed: number;
}

const BATCH = 64;
const LEARNING_RATE = 1e-3;
/** Number of augmented supports of each class whose codes are kept as base codes. */
const BASE = 50;

/**
 * Trains an autoencoder with ATNL on a support set alone. It sees each image distorted (`elastic`) and moved (`affine`), anew
 * each time.
 *
 * @returns the bytes of its model file, with codes of augmented supports as base codes; they depend on the supports, the
 *   options and the backend alone
 */
export async function supportEncoder(
  support: ImageSet,
  { data, steps, background = 'black', seed }: SupportEncoderOptions,
): Promise<Uint8Array> {
  const learner = atnl();
  const imageShape: Architecture['imageShape'] = [...support.shape];
  const architecture = architectureFor(learner, { ...mnistArchitecture, imageShape });
  const autoencoder = convolutionalAutoencoder(architecture, seed);
  try {
    const settings = { epochs: 1, batchSize: BATCH, learningRate: LEARNING_RATE, seed };
    const images = augmentedSupports(support, steps * BATCH, seed, background);
    await fitAutoencoder(autoencoder, learner, images, settings);
    const card: ModelCard = {
      ...{ name: 'shots-only', learner: learner.name, architecture, protocol: 'shots-only' },
      data: {
        ...{ name: data, split: 'train', images: countOf(support) },
        ...{ classes: [...support.classes], labelled: true },
        ...(background === 'black' ? {} : { background }),
      },
      command: 'fewshot eval --protocol shots-only',
      ...settings,
      ...{ shift: 0, base: BASE, objective: learner.options, scores: {} },
      versions: { 'fewshot-atnl': version },
    };
    // Supports of an episode come shot by shot, so these hold as many images of each class.
    const base = images.images(
      Int32Array.from({ length: BASE * support.classes.length }, (_, i) => i),
      0,
    );
    const pixels = [...imagesOf(base)].map((image) => image.pixels);
    return await encodeModel(autoencoder, card, baseCodes(encodePixels(autoencoder, pixels), base.labels));
  } finally {
    autoencoder.dispose();
  }
}
