import { setFlagsFromString } from 'node:v8';
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { type Arithmetic, register } from '../src/index.js';

/** Values and shape of a tensor made in a test, so that each backend gets its own copy. */
export interface Values {
  shape: number[];
  data: Float32Array;
}

// Node 20 has the instruction of `fma` behind a flag, which later ones do not know.
if (process.versions.node.startsWith('20.')) setFlagsFromString('--experimental-wasm-relaxed-simd');

export async function startWasm(arithmetic: Arithmetic = 'fma'): Promise<void> {
  await tf.setBackend('wasm');
  register({ arithmetic });
}

export async function startCpu(): Promise<void> {
  await tf.setBackend('cpu');
  // The first tensor of this backend would print an advertisement for tfjs-node.
  (tf.backend() as { firstUse?: boolean }).firstUse = false;
}

/** Repeatable values in [-1, 1), without ties for sizes below a thousand. */
export function valuesOf(shape: number[], seed = 1): Values {
  const size = shape.reduce((product, length) => product * length, 1);
  return {
    shape,
    data: Float32Array.from({ length: size }, (_, index) => ((index * 389 + seed * 61) % 1009) / 504.5 - 1),
  };
}

/** Runs `body` and expects as many tensors alive afterwards as before. */
export async function expectNoLeak<T>(body: () => T | Promise<T>): Promise<T> {
  const before = tf.memory().numTensors;
  const result = await body();
  expect(tf.memory().numTensors - before, 'tensors left alive').toBe(0);
  return result;
}

/** Runs a kernel on one backend, and expects it to free all data but its output. */
export async function runOn(
  backend: 'wasm' | 'cpu',
  kernel: string,
  inputs: Record<string, Values>,
  attrs: object,
): Promise<Values> {
  await (backend === 'cpu' ? startCpu() : tf.setBackend(backend));
  const before = tf.backend().numDataIds();
  const tensors = Object.entries(inputs).map(
    ([name, { shape, data }]) => [name, tf.tensor(data, shape, 'float32')] as const,
  );
  const output = tf
    .engine()
    .runKernel(kernel, Object.fromEntries(tensors), attrs as tf.NamedAttrMap) as tf.Tensor;
  const result = { shape: output.shape, data: output.dataSync() as Float32Array };
  tf.dispose([output, ...tensors.map(([, tensor]) => tensor)]);
  // The engine does not count what a kernel makes for itself; the backend does.
  expect(tf.backend().numDataIds() - before, 'data left alive by a kernel').toBe(0);
  await tf.setBackend('wasm');
  return result;
}

/**
 * Expects equal shapes, and values that differ by at most 1e-5 of the largest one, or of 1, which is what inputs reach:
 * terms that cancel out leave a small sum with the rounding of large ones.
 */
export function expectClose(actual: Values, expected: Values): void {
  expect(actual.shape).toEqual(expected.shape);
  const scale = expected.data.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1);
  const worst = expected.data.reduce(
    (error, value, index) => Math.max(error, Math.abs(value - actual.data[index]!)),
    0,
  );
  const finite = actual.data.every(Number.isFinite);
  expect(finite ? worst / scale : Number.NaN, 'relative error').toBeLessThanOrEqual(1e-5);
}

/** Expects the kernel to give on wasm what it gives on the cpu backend. */
export async function expectAsOnCpu(
  kernel: string,
  inputs: Record<string, Values>,
  attrs: object,
): Promise<void> {
  expectClose(await runOn('wasm', kernel, inputs, attrs), await runOn('cpu', kernel, inputs, attrs));
}
