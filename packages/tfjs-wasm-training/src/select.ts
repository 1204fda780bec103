import type { KernelConfig } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { fallBack, wasmKernel } from './kernel.js';
import { addressOf, simdOf } from './simd.js';

/** where(condition, t, e) for float tensors and a condition of their shape, as in the gradient of leakyRelu. */
export function select(stock: KernelConfig): KernelConfig {
  return wasmKernel<'condition' | 't' | 'e', object>(tf.Select, (args) => {
    const { inputs, backend } = args;
    const { condition, t, e } = inputs;
    const usual = t.dtype === 'float32' && e.dtype === 'float32' && condition.dtype === 'bool';
    if (!usual || !tf.util.arraysEqual(condition.shape, t.shape)) return fallBack(stock, args);
    const out = backend.makeOutput(t.shape, 'float32');
    const count = tf.util.sizeFromShape(t.shape);
    const addresses = [condition, t, e, out].map((tensor) => addressOf(backend, tensor));
    if (count > 0) simdOf(backend).loop('Select', ...addresses, count);
    return out;
  });
}
