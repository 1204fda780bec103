import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { BatchMatMulAttrs, KernelConfig, SumAttrs, TensorInfo } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { TALLEST } from '../contraction.js';
import { addressesOf, composed, fallBack, type OwnTensor, valuesOf, wasmKernel } from '../kernel.js';
import { type Share, type Simd, simdOf } from '../simd.js';

/** Longest part of the inner sum in one pass, so that the rows of B in use stay in the first-level cache. */
const SUM_BLOCK = 256;

/** Rows of A in one pass over B, so that the part of A in use stays in the second-level cache. */
const ROW_BLOCK = 64;

/** matMul over any leading dimensions. A transposed A costs nothing; a transposed B is transposed back first. */
export function batchMatMul(stock: KernelConfig): KernelConfig {
  return wasmKernel<'a' | 'b', BatchMatMulAttrs>(tf.BatchMatMul, (args) => {
    const {
      inputs: { a, b },
      attrs: { transposeA, transposeB },
      backend,
    } = args;
    if (a.dtype !== 'float32' || b.dtype !== 'float32') return fallBack(stock, args);
    return composed(backend, (run, own) => {
      const right = transposeB ? run(tf.Transpose, { x: b }, { perm: swapLastTwo(b.shape.length) }) : b;
      const [sum, columns] = right.shape.slice(-2) as [number, number];
      const rows = a.shape.at(transposeA ? -1 : -2)!;
      const batch = tf.broadcast_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
      const packs = rows >= FEWEST_ROWS && sum >= FEWEST_SUMMED && columns >= FEWEST_COLUMNS;
      const panels = packs ? own(backend.makeOutput([SUM_BLOCK, columns], 'float32')) : undefined;
      const out = backend.makeOutput([...batch, rows, columns], 'float32');
      if (sum === 0) valuesOf(backend, out).fill(0);
      const [aAt, bAt, outAt] = addressesOf(backend, a, right, out);
      const aMatrix = matrixOffsets(a.shape, batch);
      const bMatrix = matrixOffsets(right.shape, batch);
      const product = (index: number) =>
        multiply(backend, panels, {
          a: aAt + 4 * aMatrix[index]!,
          b: bAt + 4 * bMatrix[index]!,
          c: outAt + 4 * index * rows * columns,
          rows,
          columns,
          sum,
          transposeA,
        });
      // All products pack into the same room.
      if (packs) for (let index = 0; index < aMatrix.length; index++) product(index);
      else simdOf(backend).parallel(aMatrix.length, aMatrix.length * rows * columns * sum, product);
      return out;
    });
  });
}

/** Matrices one after the other in memory: C = A · B. */
interface Product {
  /** Addresses in bytes. */
  a: number;
  b: number;
  c: number;
  rows: number;
  columns: number;
  sum: number;
  transposeA: boolean;
}

/** Columns that are packed together: those of one tile. */
const PANEL = 12;

/** B is packed for products of at least so many rows, which pay for it, and so many columns, of which many rows lie far apart. */
const [FEWEST_ROWS, FEWEST_COLUMNS, FEWEST_SUMMED] = [2 * ROW_BLOCK, 4 * PANEL, SUM_BLOCK / 2];

/** Computes a product. `panels`, if given, is room for a part of B, whose columns are packed there by twelves. */
function multiply(backend: BackendWasm, panels: TensorInfo | undefined, product: Product): void {
  const { a, b, c, rows, columns, sum, transposeA } = product;
  const simd = simdOf(backend);
  const [aRow, aStep] = transposeA ? [4, rows * 4] : [sum * 4, 4];
  const blocks = panels === undefined ? simd.shares(rows, TALLEST) : rowBlocks(rows);
  const [panelsAt] = panels === undefined ? [0] : addressesOf(backend, panels);
  const packed = panels === undefined ? 0 : columns - (columns % PANEL);
  for (let first = 0; first < sum; first += SUM_BLOCK) {
    const count = Math.min(SUM_BLOCK, sum - first);
    const from = b + first * columns * 4;
    if (panels !== undefined) simd.loop('Pack', from, panelsAt, packed / PANEL, count, columns * 4);
    simd.parallel(blocks.length, rows * columns * count, (block) => {
      const { from: row, size } = blocks[block]!;
      const part = (column: number, width: number, start: number, bStep: number) =>
        simd.contract(transposeA ? 'rows' : 'sum', {
          a: a + row * aRow + first * aStep,
          b: start,
          c: c + (row * columns + column) * 4,
          rows: size,
          columns: width,
          aRow,
          cRow: columns * 4,
          counts: [1, 1, count],
          aSteps: [0, 0, aStep],
          bSteps: [0, 0, bStep],
          accumulate: first > 0,
        });
      for (let column = 0; column < packed; column += PANEL) {
        part(column, PANEL, panelsAt + column * count * 4, PANEL * 4);
      }
      if (packed < columns) part(packed, columns - packed, from + packed * 4, columns * 4);
    });
  }
}

function rowBlocks(rows: number): Share[] {
  return Array.from({ length: Math.ceil(rows / ROW_BLOCK) }, (_, block) => ({
    from: block * ROW_BLOCK,
    size: Math.min(ROW_BLOCK, rows - block * ROW_BLOCK),
  }));
}

function swapLastTwo(rank: number): number[] {
  return [...Array(rank - 2).keys(), rank - 1, rank - 2];
}

/** Returns the offset of each matrix of the broadcast batch in a tensor of this shape, in elements. */
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

/** Sums over the leading axes (the gradient of a bias), without the transpose that the stock kernel starts with. */
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
    const shape = attrs.keepDims
      ? x.shape.map((size, axis) => (axis < axes.length ? 1 : size))
      : x.shape.slice(axes.length);
    return composed(backend, (_, own) => {
      const out = backend.makeOutput(shape, 'float32');
      sumRows(backend, own, { rows, columns }, addressesOf(backend, x, out));
      return out;
    });
  });
}

/** Stores the sum of rows. `prepare`, if given, is called for each part of them first, and may compute them. */
export function sumRows(
  backend: BackendWasm,
  own: OwnTensor,
  { rows, columns }: { rows: number; columns: number },
  [from, to]: [number, number],
  prepare?: (first: number, count: number) => void,
): void {
  // Sums of sums: adding a hundred thousand values to one running total would round away their last digits.
  const block = Math.ceil(Math.sqrt(rows));
  const blocks = Math.ceil(rows / block);
  const simd = simdOf(backend);
  const [partial] = addressesOf(backend, own(backend.makeOutput([blocks, columns], 'float32')));
  const row = columns * 4;
  simd.parallel(blocks, rows * columns, (index) => {
    const first = index * block;
    const count = Math.min(block, rows - first);
    prepare?.(first, count);
    addRows(simd, from + first * row, partial + index * row, count, columns);
  });
  addRows(simd, partial, to, blocks, columns);
}

/** Stores the sum of the rows from address `from` on, as a product with ones. */
function addRows(simd: Simd, from: number, to: number, rows: number, columns: number): void {
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
