import { describe, expect, it } from 'vitest';
import { type FewshotError, ModelError, TrainingError } from '../../src/core/index.js';
import {
  type Autoencoder,
  atnl,
  decodeSafetensors,
  encodeModel,
  encodeSafetensors,
  type StoredTensor,
} from '../../src/models/index.js';
import { decodeState, encodeState, fit, type TrainingState } from '../../src/training/index.js';
import { onWasm, tinyCard } from '../models/tiny.js';
import { dataOf, tinyAutoencoder, tinyImages, weightsOf } from './tiny.js';

onWasm();

/** The state after two steps. */
async function someState(): Promise<TrainingState> {
  const autoencoder = tinyAutoencoder();
  let last: TrainingState | undefined;
  await fit(autoencoder, atnl(), dataOf(tinyImages(12)), {
    epochs: 1,
    batchSize: 6,
    seed: 1,
    onCheckpoint: async (state) => {
      last = state;
    },
  });
  autoencoder.dispose();
  return last!;
}

const file = async () => encodeState(await someState(), 'recipe');

/** A state file with changed contents. */
async function changed(
  change: (tensors: Map<string, StoredTensor>, metadata: Record<string, string>) => void,
): Promise<Uint8Array> {
  const read = decodeSafetensors(await file(), 'state');
  const [tensors, metadata] = [new Map(read.tensors), { ...read.metadata }];
  change(tensors, metadata);
  return encodeSafetensors(tensors, metadata, 'F32');
}

function withNet(body: (autoencoder: Autoencoder) => void): void {
  const autoencoder = tinyAutoencoder(5);
  body(autoencoder);
  autoencoder.dispose();
}

/** Expects a file to be refused with its name, and the weights to stay as they were. */
function expectRefused(bytes: Uint8Array, kind: typeof FewshotError, words = /./, recipe = 'recipe'): void {
  withNet((autoencoder) => {
    const before = weightsOf(autoencoder);
    let error: unknown;
    try {
      decodeState(bytes, autoencoder, recipe, 'my.checkpoint');
    } catch (reason) {
      error = reason;
    }
    expect(error).toBeInstanceOf(kind);
    expect((error as FewshotError).message).toMatch(/^my\.checkpoint: /);
    expect((error as FewshotError).message).toMatch(words);
    expect(weightsOf(autoencoder)).toEqual(before);
  });
}

describe('a checkpoint file', () => {
  it('gives back the state to the bit, and puts the weights into the net', async () => {
    const state = await someState();
    expect(state.step).toBe(2);
    withNet((autoencoder) => {
      expect(decodeState(encodeState(state, 'recipe'), autoencoder, 'recipe', 'x')).toEqual(state);
      expect(weightsOf(autoencoder)).toEqual(
        Object.fromEntries([...state.weights].map(([name, { values }]) => [name, values])),
      );
    });
  });

  it('of another recipe is refused', async () => {
    expectRefused(await file(), TrainingError, /another training/, 'another recipe');
  });

  it('that is a model, or of another version, is refused', async () => {
    const autoencoder = tinyAutoencoder();
    const model = await encodeModel(autoencoder, tinyCard());
    autoencoder.dispose();
    expectRefused(model, TrainingError);
    expectRefused(
      await changed((_, metadata) => void Object.assign(metadata, { schema: 'fewshot.checkpoint/0' })),
      TrainingError,
    );
  });

  it('cut off anywhere is refused', async () => {
    const bytes = await file();
    for (let length = 0; length < bytes.length; length += 509) {
      expectRefused(bytes.subarray(0, length), ModelError);
    }
    expectRefused(bytes.subarray(0, bytes.length - 1), ModelError);
  });

  it.each(['encoder/code/kernel', 'encoder/code/kernel/mean', 'encoder/code/kernel/square'])(
    'without %s is refused',
    async (name) => {
      const bytes = await changed((tensors) => void tensors.delete(name));
      expectRefused(bytes, ModelError, new RegExp(name));
    },
  );

  it('with moments of another size, or of a weight unknown, is refused', async () => {
    const odd = { shape: [1], values: Float32Array.of(0) };
    expectRefused(
      await changed((tensors) => void tensors.set('encoder/code/kernel/mean', odd)),
      ModelError,
      /encoder\/code\/kernel\/mean/,
    );
    expectRefused(await changed((tensors) => void tensors.set('stray/mean', odd)), ModelError, /stray\/mean/);
  });

  it.each(['step', 'adam'])('whose %s is no whole number is refused', async (key) => {
    for (const value of ['', 'x', '-1', '1.5']) {
      expectRefused(
        await changed((_, metadata) => void Object.assign(metadata, { [key]: value })),
        ModelError,
      );
    }
  });
});
