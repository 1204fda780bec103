import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { broadcast } from './broadcast.js';
import { composed, fallBack, wasmKernel } from './kernel.js';
import { comparisons, extremes } from './loops.js';
import { addressOf, simdOf } from './simd.js';

/**
 * The binary kernels for which the backend has only a slow general loop (5 ns an element, 100 ns where it has to
 * broadcast an inner axis), for float tensors.
 */
export const elementwise: Record<string, (stock: KernelConfig) => KernelConfig> = Object.fromEntries([
  ...comparisons.map((name) => [name, binary(name, 'bool')]),
  ...extremes.map((name) => [name, binary(name, 'float32')]),
]);

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
        const addresses = [left, right, out].map((tensor) => addressOf(backend, tensor));
        if (count > 0) simdOf(backend).loop(name, ...addresses, count, single(a) ? 0 : 4, single(b) ? 0 : 4);
        return out;
      });
    });
}
