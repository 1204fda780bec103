import { beforeAll, describe, expect, it } from 'vitest';
import { type FewshotError, ModelError, TrainingError } from '../../src/core/index.js';
import {
  decodeSafetensors,
  encodeModel,
  encodeSafetensors,
  type StoredTensor,
} from '../../src/models/index.js';
import {
  decodeState,
  encodeState,
  type FitOptions,
  fit,
  type TrainingState,
} from '../../src/training/index.js';
import { autoencoderFor, tinyLearner } from '../models/learners/prepared.js';
import { onWasm, tinyCard } from '../models/tiny.js';
import { expectNoLeak } from '../tensors.js';
import { dataOf, tinyImages, weightsOf } from './tiny.js';

onWasm();

const learner = tinyLearner('acai');
const data = dataOf(tinyImages(12));
const options: FitOptions = { epochs: 2, batchSize: 6, seed: 1 };

/** The state after two of four steps. */
let state: TrainingState;
beforeAll(async () => {
  const autoencoder = autoencoderFor(learner);
  await fit(autoencoder, learner, data, {
    ...options,
    checkpointEvery: 2,
    onCheckpoint: async (reached) => {
      if (reached.step === 2) state = reached;
    },
  });
  autoencoder.dispose();
});

const file = () => encodeState(state, 'recipe');

/** A state file with changed contents. */
function changed(
  change: (tensors: Map<string, StoredTensor>, metadata: Record<string, string>) => void,
): Uint8Array {
  const read = decodeSafetensors(file(), 'state');
  const [tensors, metadata] = [new Map(read.tensors), { ...read.metadata }];
  change(tensors, metadata);
  return encodeSafetensors(tensors, metadata, 'F32');
}

/** Expects a file to be refused with its name. */
function expectRefused(bytes: Uint8Array, kind: typeof FewshotError, words = /./, recipe = 'recipe'): void {
  let error: unknown;
  try {
    decodeState(bytes, recipe, 'my.checkpoint');
  } catch (reason) {
    error = reason;
  }
  expect(error).toBeInstanceOf(kind);
  expect((error as FewshotError).message).toMatch(/^my\.checkpoint: /);
  expect((error as FewshotError).message).toMatch(words);
}

/** Expects a training not to go on from a file, and to leave the weights as they were. */
async function expectMisfit(bytes: Uint8Array, words: RegExp): Promise<void> {
  await expectNoLeak(async () => {
    const autoencoder = autoencoderFor(learner, undefined, 5);
    const before = weightsOf(autoencoder);
    const goesOn = fit(autoencoder, learner, data, { ...options, state: decodeState(bytes, 'recipe', 'x') });
    await expect(goesOn).rejects.toThrow(ModelError);
    await expect(goesOn).rejects.toThrow(words);
    expect(weightsOf(autoencoder)).toEqual(before);
    autoencoder.dispose();
  });
}

describe('a checkpoint file', () => {
  it('gives back the state to the bit', () => {
    expect(state.step).toBe(2);
    expect(decodeState(file(), 'recipe', 'x')).toEqual(state);
  });

  it('of another recipe is refused', () => {
    expectRefused(file(), TrainingError, /another training/, 'another recipe');
  });

  it('that is a model, or of another version, is refused', async () => {
    const autoencoder = autoencoderFor(learner);
    const model = await encodeModel(autoencoder, tinyCard(autoencoder.architecture));
    autoencoder.dispose();
    expectRefused(model, TrainingError);
    const older = changed((_, metadata) => void Object.assign(metadata, { schema: 'fewshot.checkpoint/1' }));
    expectRefused(older, TrainingError);
  });

  it('cut off anywhere is refused', () => {
    const bytes = file();
    for (let length = 0; length < bytes.length; length += 509) {
      expectRefused(bytes.subarray(0, length), ModelError);
    }
    expectRefused(bytes.subarray(0, bytes.length - 1), ModelError);
  });

  it('whose step is no whole number is refused', () => {
    for (const step of ['', 'x', '-1', '1.5']) {
      expectRefused(
        changed((_, metadata) => void Object.assign(metadata, { step })),
        ModelError,
        /its step/,
      );
    }
  });
});

describe('a state', () => {
  it.each([
    'encoder/code/kernel',
    'critic/code/kernel',
    'autoencoder:encoder/code/kernel/mean',
    'critic:critic/code/kernel/square',
  ])('without %s does not fit', (name) =>
    expectMisfit(
      changed((tensors) => void tensors.delete(name)),
      new RegExp(name),
    ),
  );

  it('with a tensor of another size, or unknown, or not finite, does not fit', async () => {
    const odd = { shape: [1], values: Float32Array.of(0) };
    for (const name of ['autoencoder:encoder/code/kernel/mean', 'critic/code/kernel', 'stray']) {
      await expectMisfit(
        changed((tensors) => void tensors.set(name, odd)),
        new RegExp(name),
      );
    }
    for (const name of ['critic:critic/code/bias/mean', 'encoder/code/bias']) {
      const broken = { shape: [4], values: Float32Array.of(0, Number.NaN, 0, 0) };
      await expectMisfit(
        changed((tensors) => void tensors.set(name, broken)),
        /not finite/,
      );
    }
  });

  it('of another learner does not fit', async () => {
    const autoencoder = autoencoderFor(tinyLearner('ae'));
    const goesOn = fit(autoencoder, tinyLearner('ae'), data, { ...options, state });
    await expect(goesOn).rejects.toThrow(ModelError);
    autoencoder.dispose();
  });
});
