import '@tensorflow/tfjs-backend-wasm';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import * as tf from '@tensorflow/tfjs';
import { register } from 'tfjs-wasm-training';
import { beforeAll, describe, expect, it } from 'vitest';
import { decodeExtractor } from '../../src/models/extractorFile.js';
import { loadNative, restoreUtilHelpers } from '../../src/node/native.js';
import { selectBackend } from '../../src/node/selectBackend.js';
import { smallAutoencoderStep } from '../backend/smallAutoencoder.js';
import { cosinesToPyTorch, photoSides } from '../models/photoReference.js';

const failing = (error: Error) => () => {
  throw error;
};

describe('loadNative', () => {
  it('reports that tfjs-node is not installed', () => {
    const load = () => createRequire('/nowhere/')('@tensorflow/tfjs-node');
    expect(loadNative(load)).toEqual({
      loaded: false,
      reason: 'tfjs-node is not installed; npm run native builds it',
    });
  });

  it('gives the reason why tfjs-node does not load in one line', () => {
    const error = new Error('The addon can not be found at path: /x. \nPlease run something');
    expect(loadNative(failing(error))).toEqual({
      loaded: false,
      reason: 'tfjs-node does not load (The addon can not be found at path: /x.); npm run native builds it',
    });
  });

  it('does not take a package that tfjs-node misses for tfjs-node', () => {
    const error = Object.assign(new Error("Cannot find module 'adm-zip'"), { code: 'MODULE_NOT_FOUND' });
    expect(loadNative(failing(error))).toMatchObject({ reason: expect.stringContaining("'adm-zip'") });
  });
});

describe('restoreUtilHelpers', () => {
  it('adds what Node 23 removed', () => {
    const util = {} as { isArray(value: unknown): boolean; isNullOrUndefined(value: unknown): boolean };
    restoreUtilHelpers(util);
    expect([[], {}, null].map(util.isArray)).toEqual([true, false, false]);
    expect([null, undefined, 0, ''].map(util.isNullOrUndefined)).toEqual([true, true, false, false]);
  });

  it('leaves existing helpers', () => {
    const util = { isArray: () => 'own', isNullOrUndefined: () => 'own' };
    const before = { ...util };
    restoreUtilHelpers(util);
    expect(util).toEqual(before);
  });
});

const native = await selectBackend('native').catch((error: Error) => error.message);
const title = typeof native === 'string' ? `native against wasm (SKIPPED: ${native})` : 'native against wasm';

describe.skipIf(typeof native === 'string')(title, () => {
  let results: Record<'native' | 'wasm', Awaited<ReturnType<typeof smallAutoencoderStep>>>;

  beforeAll(async () => {
    const onNative = await smallAutoencoderStep();
    // The decision is one a process; to compare both in one, the switch is made behind its back.
    await tf.setBackend('wasm');
    register();
    const onWasm = await smallAutoencoderStep();
    await tf.setBackend('tensorflow');
    results = { native: onNative, wasm: onWasm };
  });

  const expectClose = (got: Float32Array, want: Float32Array, what: string) => {
    expect(got.length, what).toBe(want.length);
    const worst = got.reduce((largest, value, i) => Math.max(largest, Math.abs(value - want[i]!)), 0);
    expect(worst, what).toBeLessThan(1e-4);
  };

  it.each(photoSides)('has PyTorch’s codes of photos of %i pixels, to a cosine of 0.9999', async (side) => {
    const bytes = await readFile(new URL('../../models/photos.safetensors', import.meta.url));
    const extractor = await decodeExtractor(bytes, 'photos', { side });
    expect(tf.getBackend()).toBe('tensorflow');
    const cosines = await cosinesToPyTorch(extractor);
    extractor.dispose();
    expect(cosines).toHaveLength(10);
    expect(Math.min(...cosines)).toBeGreaterThan(0.9999);
  });

  it('describes itself', () => {
    expect(native).toMatchObject({ name: 'native', reason: 'it was asked for', simd: true });
    expect(native).toHaveProperty('versions.libtensorflow', expect.stringMatching(/^2\.\d+/));
    expect(tf.getBackend()).toBe('tensorflow');
  });

  it('encodes and decodes the same to 1e-4', () => {
    expectClose(results.native.codes, results.wasm.codes, 'codes');
    expectClose(results.native.images, results.wasm.images, 'images');
    expect(results.native.loss).toBeCloseTo(results.wasm.loss, 4);
  });

  it('has the same gradients to 1e-4', () => {
    const names = Object.keys(results.native.gradients);
    expect(names).toHaveLength(12);
    for (const name of names) {
      const gradient = results.native.gradients[name]!;
      expect(
        gradient.some((value) => value !== 0),
        `${name} is all zero`,
      ).toBe(true);
      expectClose(gradient, results.wasm.gradients[name]!, name);
    }
  });
});
