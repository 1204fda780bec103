import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { decodeState, encodeState, type TrainingState } from '../../src/training/checkpoint.js';
import { fitAutoencoder, type TrainingOptions } from '../../src/training/fitAutoencoder.js';
import { learnerNames } from '../../src/training/learners/createLearner.js';
import { onWasm } from '../models/tiny.js';
import { expectNoLeak } from '../tensors.js';
import { autoencoderFor, tinyLearner } from './learners/prepared.js';
import { dataOf, tinyImages, weightsOf } from './tiny.js';

onWasm();

const data = dataOf(tinyImages(20));
const options: TrainingOptions = { epochs: 4, batchSize: 6, learningRate: 0.003, seed: 11 };

describe.each(learnerNames.map((name) => [name]))('a training of %s that was stopped', (name) => {
  const learner = tinyLearner(name);
  /** The states that each of the 12 steps of an unbroken training left. */
  const states: TrainingState[] = [];
  let weights: Record<string, Float32Array>;

  beforeAll(async () => {
    const autoencoder = autoencoderFor(learner);
    await fitAutoencoder(autoencoder, learner, data, {
      ...options,
      checkpointEvery: 1,
      onCheckpoint: async (state) => void states.push(state),
    });
    weights = weightsOf(autoencoder);
    autoencoder.dispose();
  });

  it('ends with all weights and moments of an unbroken one, whichever step it goes on from', async () => {
    expect(states.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...states), fc.nat(), async (state, seed) => {
        // The weights that a fresh net starts with must not matter: the file brings its own, but those of an encoder that stays.
        const autoencoder = autoencoderFor(learner, undefined, learner.continues ? undefined : seed);
        const file = Buffer.from(await encodeState(state, 'recipe'));
        const steps: number[] = [];
        let last = state;
        await fitAutoencoder(autoencoder, learner, data, {
          ...options,
          state: await decodeState(file, 'recipe', 'my.checkpoint'),
          onProgress: ({ done }) => steps.push(done),
          onCheckpoint: async (reached) => {
            last = reached;
          },
        });
        expect(weightsOf(autoencoder)).toEqual(weights);
        expect(last).toEqual(states.at(-1));
        expect(steps.length).toBe(12 - state.step);
        autoencoder.dispose();
      }),
      { numRuns: 6 },
    );
  });

  it('has every net and the two moments of each part in its state', () => {
    const autoencoder = autoencoderFor(learner);
    const { parts, dispose } = learner.prepare(autoencoder, 1);
    const expected = parts.flatMap((part) =>
      [...part.weights.keys()].flatMap((weight) => [
        weight,
        `${part.name}:${weight}/mean`,
        `${part.name}:${weight}/square`,
      ]),
    );
    expect([...states[0]!.tensors.keys()].sort()).toEqual([...new Set(expected)].sort());
    dispose();
    autoencoder.dispose();
  });
});

describe('checkpoints', () => {
  const learner = tinyLearner('atnl');

  /** Runs `body` with a fresh autoencoder, which is freed. */
  const withNet = (body: (autoencoder: ReturnType<typeof autoencoderFor>) => Promise<void>) =>
    expectNoLeak(async () => {
      const autoencoder = autoencoderFor(learner);
      await body(autoencoder);
      autoencoder.dispose();
    });

  it('are left at every so many steps and at the end', () =>
    withNet(async (autoencoder) => {
      const at: number[] = [];
      await fitAutoencoder(autoencoder, learner, data, {
        ...options,
        checkpointEvery: 5,
        onCheckpoint: async ({ step }) => void at.push(step),
      });
      expect(at).toEqual([5, 10, 12]);
    }));

  it('are left of the step at which a training was aborted', () =>
    withNet(async (autoencoder) => {
      const abort = new AbortController();
      const at: number[] = [];
      const training = fitAutoencoder(autoencoder, learner, data, {
        ...options,
        checkpointEvery: 5,
        signal: abort.signal,
        onProgress: ({ done }) => done === 5 && abort.abort(),
        onCheckpoint: async ({ step }) => void at.push(step),
      });
      await expect(training).rejects.toMatchObject({ name: 'AbortError' });
      expect(at).toEqual([5]);
    }));

  it('are waited for until they are written', () =>
    withNet(async (autoencoder) => {
      let writing = false;
      let last: TrainingState | undefined;
      await fitAutoencoder(autoencoder, learner, data, {
        ...options,
        checkpointEvery: 1,
        onProgress: () => expect(writing).toBe(false),
        onCheckpoint: async (state) => {
          writing = true;
          await new Promise((resolve) => setTimeout(resolve, 2));
          writing = false;
          last = state;
        },
      });
      for (const [name, values] of Object.entries(weightsOf(autoencoder))) {
        expect(last!.tensors.get(name)!.values).toEqual(values);
      }
    }));
});
