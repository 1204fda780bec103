import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { TrainingError, UsageError } from '../../src/core/errors.js';
import type { TrainingData } from '../../src/training/batches.js';
import {
  fitAutoencoder,
  type TrainingOptions,
  type TrainingProgress,
} from '../../src/training/fitAutoencoder.js';
import type { TrainingBatch } from '../../src/training/learner.js';
import { learnerNames } from '../../src/training/learners/createLearner.js';
import { onWasm } from '../models/tiny.js';
import { expectNoLeak } from '../tensors.js';
import { autoencoderFor, tinyLearner } from './learners/prepared.js';
import { dataOf, tinyAutoencoder, tinyImages, weightsOf } from './tiny.js';

onWasm();

const data = dataOf(tinyImages(20));
/** 20 images in batches of 6: 3 steps an epoch. */
const options: TrainingOptions = {
  epochs: 4,
  batchSize: 6,
  learningRate: 0.003,
  seed: 11,
  checkpointEvery: 1,
};

const mean = (steps: readonly TrainingProgress[], term: string) =>
  steps.reduce((sum, { losses }) => sum + losses[term]!, 0) / steps.length;

describe.each(learnerNames.map((name) => [name]))('fit with %s', (name) => {
  const learner = tinyLearner(name);

  it('lowers its loss and reconstructs better', async () => {
    const seen: TrainingProgress[] = [];
    const autoencoder = autoencoderFor(learner);
    await fitAutoencoder(autoencoder, learner, data, {
      ...options,
      epochs: 60,
      onProgress: (progress) => seen.push(progress),
    });
    autoencoder.dispose();
    expect(mean(seen.slice(-5), 'loss')).toBeLessThan(0.8 * mean(seen.slice(0, 5), 'loss'));
    expect(mean(seen.slice(-5), 'reconstruction')).toBeLessThan(
      0.8 * mean(seen.slice(0, 5), 'reconstruction'),
    );
  });

  it('gives the same weights to the bit for the same seed, others for another', async () => {
    const trained = async (seed: number) => {
      const autoencoder = autoencoderFor(learner);
      await fitAutoencoder(autoencoder, learner, data, { ...options, seed });
      const weights = weightsOf(autoencoder);
      autoencoder.dispose();
      return weights;
    };
    const first = await trained(11);
    expect(await trained(11)).toEqual(first);
    expect(await trained(12)).not.toEqual(first);
  });

  it('moves every weight of every part', async () => {
    const autoencoder = autoencoderFor(learner);
    const before = weightsOf(autoencoder);
    await fitAutoencoder(autoencoder, learner, data, { ...options, epochs: 1 });
    for (const [weight, values] of Object.entries(weightsOf(autoencoder))) {
      const stays = learner.continues === true && weight.startsWith('encoder/');
      if (stays) expect(values, weight).toEqual(before[weight]);
      else expect(values, weight).not.toEqual(before[weight]);
    }
    autoencoder.dispose();
  });

  it('keeps as many tensors at every step, and none in the end', async () => {
    await expectNoLeak(async () => {
      const counts: number[] = [];
      const autoencoder = autoencoderFor(learner);
      await fitAutoencoder(autoencoder, learner, data, {
        ...options,
        epochs: 30,
        checkpointEvery: 10,
        onCheckpoint: async () => {},
        onProgress: () => counts.push(tf.memory().numTensors),
      });
      autoencoder.dispose();
      expect(counts.length).toBe(90);
      expect(new Set(counts).size).toBe(1);
    });
  });

  it('stops at images that are not numbers, its weights finite and as they were', async () => {
    await expectNoLeak(async () => {
      const autoencoder = autoencoderFor(learner);
      let last = weightsOf(autoencoder);
      const spoilt: TrainingData = {
        ...data,
        images(indices, epoch) {
          const set = data.images(indices, epoch);
          return epoch < 1
            ? set
            : { ...set, pixels: set.pixels.map((pixel, i) => (i === 7 ? Number.NaN : pixel)) };
        },
      };
      const training = fitAutoencoder(autoencoder, learner, spoilt, {
        ...options,
        onProgress: () => {
          last = weightsOf(autoencoder);
        },
      });
      await expect(training).rejects.toThrow(TrainingError);
      expect(weightsOf(autoencoder)).toEqual(last);
      for (const values of Object.values(last)) expect(values.every(Number.isFinite)).toBe(true);
      autoencoder.dispose();
    });
  });
});

describe('fit with further nets', () => {
  it.each([
    ['acai', ['loss', 'reconstruction', 'verdict', 'critic loss']],
    ['aae', ['loss', 'reconstruction', 'discriminator loss', 'generator loss']],
    ['adversarialDecoder', ['loss', 'reconstruction', 'verdict', 'cycle', 'critic loss']],
  ] as const)('tells the terms of all parts of %s', async (name, terms) => {
    const learner = tinyLearner(name);
    const autoencoder = autoencoderFor(learner);
    const seen: TrainingProgress[] = [];
    await fitAutoencoder(autoencoder, learner, data, {
      ...options,
      onProgress: (progress) => seen.push(progress),
    });
    for (const { losses } of seen) expect(Object.keys(losses)).toEqual(terms);
    autoencoder.dispose();
  });

  it('lets the critic of ACAI learn to tell mixtures from images', async () => {
    const learner = tinyLearner('acai');
    const autoencoder = autoencoderFor(learner);
    await fitAutoencoder(autoencoder, tinyLearner('ae'), data, { ...options, epochs: 100 });
    const criticAlone: typeof learner = {
      ...learner,
      prepare(net, seed) {
        const { parts, dispose } = learner.prepare(net, seed);
        return { parts: parts.slice(1), dispose };
      },
    };
    const seen: TrainingProgress[] = [];
    await fitAutoencoder(autoencoder, criticAlone, data, {
      ...options,
      epochs: 150,
      onProgress: (progress) => seen.push(progress),
    });
    // The best that a critic can do who always says the same: 1/8, for mixtures of 0 to 1/2 and images of 0.
    const blind = 1 / 48 + 1 / 8 ** 2 + 1 / 8 ** 2;
    expect(mean(seen.slice(-30), 'loss')).toBeLessThan(0.75 * blind);
    autoencoder.dispose();
  });

  it('takes back the steps of earlier parts when a later part fails', async () => {
    await expectNoLeak(async () => {
      const learner = tinyLearner('acai');
      const autoencoder = autoencoderFor(learner);
      const before = weightsOf(autoencoder);
      const failing: typeof learner = {
        ...learner,
        prepare(net, seed) {
          const { parts, dispose } = learner.prepare(net, seed);
          const [first, critic] = parts;
          const broken = {
            ...critic!,
            losses: (batch: TrainingBatch) => ({
              loss: critic!.losses(batch).loss.mul<tf.Scalar>(Number.NaN),
            }),
          };
          return { parts: [first!, broken], dispose };
        },
      };
      const training = fitAutoencoder(autoencoder, failing, data, options);
      await expect(training).rejects.toThrow(/the loss of the critic is not a number/);
      expect(weightsOf(autoencoder)).toEqual(before);
      autoencoder.dispose();
    });
  });

  it('refuses an autoencoder of another learner before any work', async () => {
    await expectNoLeak(async () => {
      const autoencoder = tinyAutoencoder();
      await expect(fitAutoencoder(autoencoder, tinyLearner('acai'), data, options)).rejects.toThrow(
        UsageError,
      );
      autoencoder.dispose();
    });
  });
});
