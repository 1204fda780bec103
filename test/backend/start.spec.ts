import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { startWasm } from '../../src/backend/start.js';
import { BackendError } from '../../src/core/errors.js';

it('a wasm backend that hides its memory is a BackendError with a hint', async () => {
  await tf.setBackend('wasm');
  const backend = tf.backend() as unknown as { wasm: object };
  const { wasm } = backend;
  backend.wasm = Object.create(wasm, { asm: { value: {} }, wasmMemory: { value: undefined } });
  const error = await startWasm().catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(BackendError);
  expect(error).toMatchObject({
    message: 'The wasm backend does not expose its memory, so its training kernels cannot run.',
    hint: 'Use the @tensorflow/tfjs-backend-wasm release that this package depends on, or another backend.',
  });
  backend.wasm = wasm;
  expect(await startWasm()).toMatchObject({ threads: 1, simd: true });
});

it('computes on as many threads as it is told', async () => {
  const load = tf.findBackendFactory('wasm');
  tf.removeBackend('wasm');
  tf.registerBackend('wasm', load);
  expect(await startWasm({ threads: 2 })).toMatchObject({ threads: 2 });
  expect(await startWasm()).toMatchObject({ threads: 1 });
});
