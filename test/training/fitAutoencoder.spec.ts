import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { TrainingError } from '../../src/core/errors.js';
import type { Autoencoder } from '../../src/models/architecture.js';
import { convolutionalAutoencoder } from '../../src/models/convolutional.js';
import { cosineDecay } from '../../src/training/adam.js';
import type { TrainingData } from '../../src/training/batches.js';
import {
  fitAutoencoder,
  type TrainingOptions,
  type TrainingProgress,
} from '../../src/training/fitAutoencoder.js';
import { type Learner, type LossParts, singlePart, type TrainingBatch } from '../../src/training/learner.js';
import { atnl } from '../../src/training/learners/atnl.js';
import { onWasm, tinyArchitecture } from '../models/tiny.js';
import { expectNoLeak } from '../tensors.js';
import { dataOf, tinyAutoencoder, tinyImages, weightsOf } from './tiny.js';

onWasm();

const images = tinyImages(20);
const data = dataOf(images);
const learner = atnl({ lambda: 5 });
/** That learner with another objective. */
const minimizing = (losses: (autoencoder: Autoencoder, batch: TrainingBatch) => LossParts): Learner => ({
  ...learner,
  prepare: (autoencoder) => singlePart(autoencoder, (batch) => losses(autoencoder, batch)),
});
/** 20 images in batches of 6: 3 steps an epoch, 12 in all. */
const options: TrainingOptions = {
  epochs: 4,
  batchSize: 6,
  learningRate: 0.003,
  seed: 11,
  checkpointEvery: 1,
};

/** Trains a fresh net and gives back its weights. */
async function trained(change: Partial<TrainingOptions> = {}, from: TrainingData = data) {
  const autoencoder = tinyAutoencoder();
  try {
    await fitAutoencoder(autoencoder, learner, from, { ...options, ...change });
    return weightsOf(autoencoder);
  } finally {
    autoencoder.dispose();
  }
}

describe('fit', () => {
  it('lowers the loss and each of its parts', async () => {
    const seen: TrainingProgress[] = [];
    await trained({ epochs: 40, onProgress: (progress) => seen.push(progress) });
    for (const part of ['loss', 'reconstruction', 'atnl']) {
      const mean = (steps: TrainingProgress[]) =>
        steps.reduce((sum, { losses }) => sum + losses[part]!, 0) / steps.length;
      expect(mean(seen.slice(-5)), part).toBeLessThan(0.5 * mean(seen.slice(0, 5)));
    }
  });

  it('gives the same weights to the bit for the same seed, others for another', async () => {
    const first = await trained();
    expect(await trained()).toEqual(first);
    expect(await trained({ seed: 12 })).not.toEqual(first);
  });

  it('reports its progress after every step', async () => {
    const seen: TrainingProgress[] = [];
    await trained({ onProgress: (progress) => seen.push(progress) });
    expect(seen.map(({ done }) => done)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect(seen.map(({ epoch }) => epoch)).toEqual([1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4]);
    for (const { total, epochs, losses } of seen) {
      expect([total, epochs]).toEqual([12, 4]);
      expect(Object.keys(losses).sort()).toEqual(['atnl', 'loss', 'reconstruction']);
    }
  });

  it('shows no image twice in an epoch, and orders each epoch anew', async () => {
    const asked: number[][] = [[], [], [], []];
    await trained(
      {},
      {
        ...data,
        images(indices, epoch) {
          asked[epoch]!.push(...indices);
          return data.images(indices, epoch);
        },
      },
    );
    for (const epoch of asked) {
      expect(epoch.length).toBe(18);
      expect(new Set(epoch).size).toBe(18);
    }
    expect(new Set(asked.map((epoch) => epoch.join())).size).toBe(4);
  });

  it('takes steps as long as its learning rate at first, and hardly any at the end of the cosine', async () => {
    const rates: number[] = [];
    const autoencoder = tinyAutoencoder();
    let before = weightsOf(autoencoder);
    await fitAutoencoder(autoencoder, learner, data, {
      ...options,
      epochs: 20,
      onProgress: () => {
        const after = weightsOf(autoencoder);
        const moved = Object.entries(after).map(([name, values]) =>
          Math.max(...values.map((value, i) => Math.abs(value - before[name]![i]!))),
        );
        rates.push(Math.max(...moved));
        before = after;
      },
    });
    expect(rates[0]!).toBeCloseTo(0.003, 4);
    expect(rates.at(-1)!).toBeLessThan(3 * 0.003 * cosineDecay(59, 60));
    autoencoder.dispose();
  });

  it('refuses fewer images than a batch', async () => {
    await expectNoLeak(async () => {
      await expect(trained({ batchSize: 21 })).rejects.toThrow(
        expect.objectContaining({
          constructor: TrainingError,
          message: '20 images do not fill one batch of 21',
        }),
      );
    });
    await expect(trained({ batchSize: 20, epochs: 1 })).resolves.toBeDefined();
  });

  it('stops before the step whose loss is not a number, its weights finite and as they were', async () => {
    await expectNoLeak(async () => {
      const autoencoder = tinyAutoencoder();
      let steps = 0;
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
        onProgress: ({ done }) => {
          steps = done;
          last = weightsOf(autoencoder);
        },
      });
      await expect(training).rejects.toThrow(TrainingError);
      await expect(training).rejects.toThrow(/not a number \(\w+ = NaN\)/);
      expect(steps).toBe(3);
      expect(weightsOf(autoencoder)).toEqual(last);
      for (const values of Object.values(last)) expect(values.every(Number.isFinite)).toBe(true);
      autoencoder.dispose();
    });
  });

  it('names a weight that the objective does not reach', async () => {
    const encoderOnly = minimizing((autoencoder, { images }) => ({ loss: autoencoder.encode(images).sum() }));
    await expectNoLeak(async () => {
      const autoencoder = tinyAutoencoder();
      await expect(fitAutoencoder(autoencoder, encoderOnly, data, options)).rejects.toThrow(
        expect.objectContaining({
          constructor: TrainingError,
          message: expect.stringContaining('decoder/start/kernel'),
        }),
      );
      autoencoder.dispose();
    });
  });

  it('frees everything when the objective or the data fail', async () => {
    const failure = new Error('on purpose');
    const fail = () => {
      throw failure;
    };
    await expectNoLeak(async () => {
      const autoencoder = tinyAutoencoder();
      await expect(fitAutoencoder(autoencoder, minimizing(fail), data, options)).rejects.toBe(failure);
      await expect(fitAutoencoder(autoencoder, learner, { ...data, images: fail }, options)).rejects.toBe(
        failure,
      );
      const constant = minimizing(() => ({ loss: tf.scalar(1) }));
      await expect(fitAutoencoder(autoencoder, constant, data, options)).rejects.toThrow();
      autoencoder.dispose();
    });
  });

  it('stops after the step at hand when it is aborted, and frees everything', async () => {
    await expectNoLeak(async () => {
      const abort = new AbortController();
      const reason = new Error('enough');
      const steps: number[] = [];
      const training = trained({
        signal: abort.signal,
        onProgress: ({ done }) => {
          steps.push(done);
          if (done === 5) abort.abort(reason);
        },
      });
      await expect(training).rejects.toBe(reason);
      expect(steps).toEqual([1, 2, 3, 4, 5]);
    });
  });

  it('hears a signal that a timer gives', async () => {
    const steps: number[] = [];
    const training = trained({
      epochs: 10_000,
      signal: AbortSignal.timeout(100),
      onProgress: ({ done }) => steps.push(done),
    });
    await expect(training).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(steps.length).toBeGreaterThan(0);
  });

  it('keeps as many tensors after 1,000 steps as after one', async () => {
    const counts: number[] = [];
    const autoencoder = convolutionalAutoencoder(
      { ...tinyArchitecture, imageShape: [6, 6, 1], filters: [4], latentSize: 2 },
      1,
    );
    await fitAutoencoder(autoencoder, learner, dataOf(tinyImages(20, [6, 6, 1])), {
      ...options,
      epochs: 334,
      checkpointEvery: 100,
      onCheckpoint: async () => {},
      onProgress: () => counts.push(tf.memory().numTensors),
    });
    autoencoder.dispose();
    expect(counts.length).toBe(1002);
    expect(new Set(counts).size).toBe(1);
  });
});
