import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import {
  addressesOf,
  composed,
  fallBack,
  type OwnTensor,
  type RunKernel,
  valuesOf,
  wasmKernel,
} from '../kernel.js';
import { binaryKernels, simdOf } from '../simd.js';

/**
 * Comparisons, maximum and minimum of float tensors. For these the backend has only a slow general loop: 5 ns an
 * element, and 100 ns where it broadcasts an inner axis.
 */
export const comparisonsAndExtremes: Record<string, (stock: KernelConfig) => KernelConfig> =
  Object.fromEntries(binaryKernels.map(({ name, dtype }) => [name, binary(name, dtype)]));

function binary(name: string, dtype: 'bool' | 'float32') {
  return (stock: KernelConfig) =>
    wasmKernel<'a' | 'b', object>(name, (args) => {
      const { inputs, backend } = args;
      const { a, b } = inputs;
      if (a.dtype !== 'float32' || b.dtype !== 'float32') return fallBack(stock, args);
      return composed(backend, (run, own) => {
        const shape = tf.broadcast_util.assertAndGetBroadcastShape(a.shape, b.shape);
        const count = tf.util.sizeFromShape(shape);
        const out = backend.makeOutput(shape, dtype);
        const single = (operand: TensorInfo) => tf.util.sizeFromShape(operand.shape) === 1;
        const [left, right] = [a, b].map((operand) =>
          single(operand) ? operand : broadcast(backend, operand, shape, run, own),
        ) as [TensorInfo, TensorInfo];
        const addresses = addressesOf(backend, left, right, out);
        if (count > 0) simdOf(backend).loop(name, ...addresses, count, single(a) ? 0 : 4, single(b) ? 0 : 4);
        return out;
      });
    });
}

/** where(condition, t, e) for float tensors and a condition of their shape, as in the gradient of leakyRelu. */
export function select(stock: KernelConfig): KernelConfig {
  return wasmKernel<'condition' | 't' | 'e', object>(tf.Select, (args) => {
    const { inputs, backend } = args;
    const { condition, t, e } = inputs;
    const usual = t.dtype === 'float32' && e.dtype === 'float32' && condition.dtype === 'bool';
    if (!usual || !tf.util.arraysEqual(condition.shape, t.shape)) return fallBack(stock, args);
    const out = backend.makeOutput(t.shape, 'float32');
    const count = tf.util.sizeFromShape(t.shape);
    const addresses = addressesOf(backend, condition, t, e, out);
    if (count > 0) simdOf(backend).loop('Select', ...addresses, count);
    return out;
  });
}

/**
 * Repeats a float tensor to a larger shape: it adds zeros of the axes that the tensor lacks, because the backend's
 * addition broadcasts fast.
 */
export function broadcast(
  backend: BackendWasm,
  x: TensorInfo,
  shape: number[],
  run: RunKernel,
  own: OwnTensor,
): TensorInfo {
  const aligned = [...Array<number>(shape.length - x.shape.length).fill(1), ...x.shape];
  if (aligned.every((size, axis) => size === shape[axis])) return x;
  const zeros = own(
    backend.makeOutput(
      shape.map((size, axis) => (aligned[axis] === 1 ? size : 1)),
      'float32',
    ),
  );
  valuesOf(backend, zeros).fill(0);
  return run(tf.Add, { a: x, b: zeros });
}
