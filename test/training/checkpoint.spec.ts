import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { type FewshotError, ModelError, TrainingError } from '../../src/core/errors.js';
import { encodeModel } from '../../src/models/model.js';
import {
  decodeSafetensors,
  encodeSafetensors,
  packTensors,
  type StoredTensor,
} from '../../src/models/safetensors.js';
import { decodeState, encodeState, type TrainingState } from '../../src/training/checkpoint.js';
import { fitAutoencoder, type TrainingOptions } from '../../src/training/fitAutoencoder.js';
import { onWasm, tinyCard } from '../models/tiny.js';
import { expectNoLeak } from '../tensors.js';
import { autoencoderFor, tinyLearner } from './learners/prepared.js';
import { dataOf, tinyImages, weightsOf } from './tiny.js';

onWasm();

const learner = tinyLearner('acai');
const data = dataOf(tinyImages(12));
const options: TrainingOptions = { epochs: 2, batchSize: 6, seed: 1 };

/** The state after two of four steps. */
let state: TrainingState;
beforeAll(async () => {
  const autoencoder = autoencoderFor(learner);
  await fitAutoencoder(autoencoder, learner, data, {
    ...options,
    checkpointEvery: 2,
    onCheckpoint: async (reached) => {
      if (reached.step === 2) state = reached;
    },
  });
  autoencoder.dispose();
});

const file = () => encodeState(state, 'recipe');

/** A state file with changed contents, and the digest of these. */
async function changed(
  change: (tensors: Map<string, StoredTensor>, metadata: Record<string, string>) => void,
): Promise<Uint8Array> {
  const read = decodeSafetensors(await file(), 'state');
  const [tensors, metadata] = [new Map(read.tensors), { ...read.metadata }];
  change(tensors, metadata);
  const hash = (content: string | Uint8Array) => createHash('sha256').update(content).digest('hex');
  metadata.sha256 = hash(`${metadata.step} ${hash(packTensors(tensors, 'F32'))}`);
  return encodeSafetensors(tensors, metadata, 'F32');
}

/** Expects a file to be refused with its name. */
async function expectRefused(
  bytes: Uint8Array,
  kind: typeof FewshotError,
  words = /./,
  recipe = 'recipe',
): Promise<void> {
  const error = await decodeState(bytes, recipe, 'my.checkpoint').catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(kind);
  expect((error as FewshotError).message).toMatch(/^my\.checkpoint: /);
  expect((error as FewshotError).message).toMatch(words);
}

/** Expects a training not to go on from a file, and to leave the weights as they were. */
async function expectMisfit(bytes: Uint8Array, words: RegExp): Promise<void> {
  await expectNoLeak(async () => {
    const autoencoder = autoencoderFor(learner, undefined, 5);
    const before = weightsOf(autoencoder);
    const read = await decodeState(bytes, 'recipe', 'x');
    const goesOn = fitAutoencoder(autoencoder, learner, data, { ...options, state: read });
    await expect(goesOn).rejects.toThrow(ModelError);
    await expect(goesOn).rejects.toThrow(words);
    expect(weightsOf(autoencoder)).toEqual(before);
    autoencoder.dispose();
  });
}

describe('a checkpoint file', () => {
  it('gives back the state to the bit', async () => {
    expect(state.step).toBe(2);
    expect(await decodeState(await file(), 'recipe', 'x')).toEqual(state);
  });

  it('of another recipe is refused', async () => {
    await expectRefused(await file(), TrainingError, /another training/, 'another recipe');
  });

  it('that is a model, or of another version, is refused', async () => {
    const autoencoder = autoencoderFor(learner);
    const model = await encodeModel(autoencoder, tinyCard(autoencoder.architecture));
    autoencoder.dispose();
    await expectRefused(model, TrainingError);
    const older = await changed(
      (_, metadata) => void Object.assign(metadata, { schema: 'fewshot.checkpoint/1' }),
    );
    await expectRefused(older, TrainingError);
  });

  it('cut off anywhere is refused', async () => {
    const bytes = await file();
    for (let length = 0; length < bytes.length; length += 509) {
      await expectRefused(bytes.subarray(0, length), ModelError);
    }
    await expectRefused(bytes.subarray(0, bytes.length - 1), ModelError);
  });

  it('with one bit turned over is refused', async () => {
    const bytes = await file();
    const data = 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true));
    for (let place = data; place < bytes.length; place += 509) {
      const damaged = bytes.slice();
      damaged[place]! ^= 1 << (place % 8);
      await expectRefused(damaged, ModelError, /altered or damaged/);
    }
    const header = new TextDecoder().decode(bytes.subarray(0, data));
    const other = bytes.slice();
    other[header.indexOf('"step":"2"') + '"step":"'.length] = '3'.charCodeAt(0);
    await expectRefused(other, ModelError, /altered or damaged/);
  });

  it('whose step is no whole number is refused', async () => {
    for (const step of ['', 'x', '-1', '1.5']) {
      await expectRefused(
        await changed((_, metadata) => void Object.assign(metadata, { step })),
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
  ])('without %s does not fit', async (name) =>
    expectMisfit(await changed((tensors) => void tensors.delete(name)), new RegExp(name)),
  );

  it('with a tensor of another size, or unknown, or not finite, does not fit', async () => {
    const odd = { shape: [1], values: Float32Array.of(0) };
    for (const name of ['autoencoder:encoder/code/kernel/mean', 'critic/code/kernel', 'stray']) {
      await expectMisfit(await changed((tensors) => void tensors.set(name, odd)), new RegExp(name));
    }
    for (const name of ['critic:critic/code/bias/mean', 'encoder/code/bias']) {
      const broken = { shape: [4], values: Float32Array.of(0, Number.NaN, 0, 0) };
      await expectMisfit(await changed((tensors) => void tensors.set(name, broken)), /not finite/);
    }
  });

  it('of another learner does not fit', async () => {
    const autoencoder = autoencoderFor(tinyLearner('ae'));
    const goesOn = fitAutoencoder(autoencoder, tinyLearner('ae'), data, { ...options, state });
    await expect(goesOn).rejects.toThrow(ModelError);
    autoencoder.dispose();
  });
});
