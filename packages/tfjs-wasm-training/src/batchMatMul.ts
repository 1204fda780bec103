import type { BatchMatMulAttrs, KernelConfig } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { composed, fallBack, wasmKernel } from './kernel.js';
import { addressOf, simdOf, valuesOf } from './simd.js';

/** Longest stretch of the inner sum in one pass, so that the rows of B in use stay in the first-level cache. */
const SUM_BLOCK = 256;

/** matMul over any leading dimensions. A may be transposed for free; a transposed B is turned round first. */
export function batchMatMul(stock: KernelConfig): KernelConfig {
  return wasmKernel<'a' | 'b', BatchMatMulAttrs>(tf.BatchMatMul, (args) => {
    const {
      inputs: { a, b },
      attrs: { transposeA, transposeB },
      backend,
    } = args;
    if (a.dtype !== 'float32' || b.dtype !== 'float32') return fallBack(stock, args);
    return composed(backend, (run) => {
      const right = transposeB ? run(tf.Transpose, { x: b }, { perm: swapLastTwo(b.shape.length) }) : b;
      const [sum, columns] = right.shape.slice(-2) as [number, number];
      const rows = a.shape.at(transposeA ? -1 : -2)!;
      const batch = tf.broadcast_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
      const out = backend.makeOutput([...batch, rows, columns], 'float32');
      if (sum === 0) valuesOf(backend, out).fill(0);
      const simd = simdOf(backend);
      const [aAt, bAt, outAt] = [a, right, out].map((tensor) => addressOf(backend, tensor)) as [
        number,
        number,
        number,
      ];
      const aMatrix = matrixOffsets(a.shape, batch);
      const bMatrix = matrixOffsets(right.shape, batch);
      for (let index = 0; index < aMatrix.length; index++) {
        for (let first = 0; first < sum; first += SUM_BLOCK) {
          simd.contract(transposeA ? 'rows' : 'sum', {
            a: aAt + 4 * (aMatrix[index]! + first * (transposeA ? rows : 1)),
            b: bAt + 4 * (bMatrix[index]! + first * columns),
            c: outAt + 4 * index * rows * columns,
            rows,
            columns,
            aRow: transposeA ? 4 : sum * 4,
            cRow: columns * 4,
            counts: [1, 1, Math.min(SUM_BLOCK, sum - first)],
            aSteps: [0, 0, transposeA ? rows * 4 : 4],
            bSteps: [0, 0, columns * 4],
            accumulate: first > 0,
          });
        }
      }
      return out;
    });
  });
}

function swapLastTwo(rank: number): number[] {
  return [...Array(rank - 2).keys(), rank - 1, rank - 2];
}

/** Where each matrix of the broadcast batch begins in a tensor of this shape, in elements. */
function matrixOffsets(shape: number[], batch: number[]): number[] {
  const own = [...Array<number>(batch.length + 2 - shape.length).fill(1), ...shape];
  let size = own.at(-1)! * own.at(-2)!;
  let offsets = [0];
  for (let axis = batch.length - 1; axis >= 0; axis--) {
    const step = own[axis] === 1 ? 0 : size;
    const inner = offsets;
    offsets = Array.from({ length: batch[axis]! }, (_, index) =>
      inner.map((offset) => offset + index * step),
    ).flat();
    size *= own[axis]!;
  }
  return offsets;
}
