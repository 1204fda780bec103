import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { atnl } from '../../src/models/index.js';
import {
  decodeState,
  encodeState,
  type FitOptions,
  fit,
  type TrainingState,
} from '../../src/training/index.js';
import { onWasm } from '../models/tiny.js';
import { dataOf, tinyAutoencoder, tinyImages, weightsOf } from './tiny.js';

onWasm();

const data = dataOf(tinyImages(20));
const objective = atnl({ lambda: 5 });
const options: FitOptions = { epochs: 4, batchSize: 6, learningRate: 0.003, seed: 11 };

/** A training that ran through, and the state that each of its 12 steps left. */
async function unbroken() {
  const autoencoder = tinyAutoencoder();
  const states: TrainingState[] = [];
  await fit(autoencoder, objective, data, {
    ...options,
    checkpointEvery: 1,
    onCheckpoint: async (state) => void states.push(state),
  });
  const weights = weightsOf(autoencoder);
  autoencoder.dispose();
  return { states, weights };
}

describe('a training that was stopped', () => {
  it('ends with the weights of an unbroken one, whichever step it goes on from', async () => {
    const { states, weights } = await unbroken();
    expect(states.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...states), fc.nat(), async (state, seed) => {
        // The weights that a fresh net starts with must not matter: the file brings its own.
        const autoencoder = tinyAutoencoder(seed);
        const file = Buffer.from(encodeState(state, 'recipe'));
        const steps: number[] = [];
        await fit(autoencoder, objective, data, {
          ...options,
          state: decodeState(file, autoencoder, 'recipe', 'my.checkpoint'),
          onProgress: ({ step }) => steps.push(step),
        });
        expect(weightsOf(autoencoder)).toEqual(weights);
        expect(steps.length).toBe(12 - state.step);
        autoencoder.dispose();
      }),
      { numRuns: 15 },
    );
  });

  it('leaves checkpoints at every so many steps and at the end', async () => {
    const at: number[] = [];
    const autoencoder = tinyAutoencoder();
    await fit(autoencoder, objective, data, {
      ...options,
      checkpointEvery: 5,
      onCheckpoint: async ({ step }) => void at.push(step),
    });
    expect(at).toEqual([5, 10, 12]);
    autoencoder.dispose();
  });

  it('leaves the checkpoint of the step at which it was aborted', async () => {
    const abort = new AbortController();
    const at: number[] = [];
    const autoencoder = tinyAutoencoder();
    const training = fit(autoencoder, objective, data, {
      ...options,
      checkpointEvery: 5,
      signal: abort.signal,
      onProgress: ({ step }) => step === 5 && abort.abort(),
      onCheckpoint: async ({ step }) => void at.push(step),
    });
    await expect(training).rejects.toMatchObject({ name: 'AbortError' });
    expect(at).toEqual([5]);
    autoencoder.dispose();
  });

  it('waits until a checkpoint is written', async () => {
    const { states } = await unbroken();
    const autoencoder = tinyAutoencoder();
    let writing = false;
    await fit(autoencoder, objective, data, {
      ...options,
      checkpointEvery: 1,
      onProgress: () => expect(writing).toBe(false),
      onCheckpoint: async () => {
        writing = true;
        await new Promise((resolve) => setTimeout(resolve, 2));
        writing = false;
      },
    });
    expect(weightsOf(autoencoder)).toEqual(
      Object.fromEntries([...states.at(-1)!.weights].map(([name, { values }]) => [name, values])),
    );
    autoencoder.dispose();
  });
});
