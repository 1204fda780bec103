import type { KernelConfig, SumAttrs } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { composed, fallBack, wasmKernel } from './kernel.js';
import { addressOf, simdOf } from './simd.js';

/** Sums over the leading axes (the gradient of a bias) without the transpose that the stock kernel starts with. */
export function sum(stock: KernelConfig): KernelConfig {
  return wasmKernel<'x', SumAttrs>(tf.Sum, (args) => {
    const {
      inputs: { x },
      attrs,
      backend,
    } = args;
    const axes = tf.util.parseAxisParam(attrs.axis, x.shape).sort((left, right) => left - right);
    const leading =
      axes.every((axis, index) => axis === index) && axes.length > 0 && axes.length < x.shape.length;
    if (!leading || x.dtype !== 'float32' || tf.util.sizeFromShape(x.shape) === 0)
      return fallBack(stock, args);
    const rows = tf.util.sizeFromShape(x.shape.slice(0, axes.length));
    const columns = tf.util.sizeFromShape(x.shape.slice(axes.length));
    // Sums of sums: adding a hundred thousand values to one running total would round away their last digits.
    const block = Math.ceil(Math.sqrt(rows));
    const blocks = Math.ceil(rows / block);
    const shape = attrs.keepDims
      ? x.shape.map((size, axis) => (axis < axes.length ? 1 : size))
      : x.shape.slice(axes.length);
    return composed(backend, (_, own) => {
      const partial = own(backend.makeOutput([blocks, columns], 'float32'));
      const out = backend.makeOutput(shape, 'float32');
      const size = columns * 4;
      for (let index = 0; index < blocks; index++) {
        const first = index * block;
        addRows(
          backend,
          addressOf(backend, x) + first * size,
          addressOf(backend, partial) + index * size,
          Math.min(block, rows - first),
          columns,
        );
      }
      addRows(backend, addressOf(backend, partial), addressOf(backend, out), blocks, columns);
      return out;
    });
  });
}

/** The sum of `rows` rows from address `from` on, as a product with ones. */
function addRows(backend: BackendWasm, from: number, to: number, rows: number, columns: number): void {
  const simd = simdOf(backend);
  simd.contract('rows', {
    a: simd.one,
    b: from,
    c: to,
    rows: 1,
    columns,
    aRow: 0,
    cRow: 0,
    counts: [1, 1, rows],
    aSteps: [0, 0, 0],
    bSteps: [0, 0, columns * 4],
    accumulate: false,
  });
}
