import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { registerWasmKernels } from '../../../src/backend/wasm/index.js';
import { expectNoLeak } from '../../tensors.js';
import { expectAsOnCpu, expectClose, runOn, startWasm, type Values, valuesOf } from './backends.js';

beforeAll(startWasm);

const size = (max: number) => fc.integer({ min: 1, max });

function repeatAll(data: Float32Array, times: number): Float32Array {
  return Float32Array.from({ length: data.length * times }, (_, index) => data[index % data.length]!);
}

/** [outer, 1, ...matrix] as [outer, batch, ...matrix]. */
function repeated({ shape, data }: Values, outer: number, batch: number): Values {
  const matrix = data.length / outer;
  const parts = Array.from({ length: outer }, (_, index) => [
    ...repeatAll(data.subarray(index * matrix, (index + 1) * matrix), batch),
  ]);
  return { shape: [outer, batch, ...shape.slice(2)], data: Float32Array.from(parts.flat()) };
}

describe('kernels match the cpu backend', () => {
  it('BatchMatMul, transposed or not, with broadcast batches', () =>
    fc.assert(
      fc.asyncProperty(
        fc.tuple(size(9), size(9), size(300), size(3), size(2)),
        fc.tuple(fc.boolean(), fc.boolean(), fc.boolean(), fc.boolean()),
        ([rows, columns, sum, batch, outer], [transposeA, transposeB, aShared, bShared]) => {
          const aMatrix = transposeA ? [sum, rows] : [rows, sum];
          const bMatrix = transposeB ? [columns, sum] : [sum, columns];
          const inputs = {
            a: valuesOf([outer, aShared ? 1 : batch, ...aMatrix]),
            b: valuesOf([bShared ? 1 : outer, batch, ...bMatrix], 2),
          };
          // The cpu kernel broadcasts nested batches wrongly, so it gets them spelt out.
          const spelt = {
            a: aShared ? repeated(inputs.a, outer, batch) : inputs.a,
            b: bShared
              ? { shape: [outer, batch, ...bMatrix], data: repeatAll(inputs.b.data, outer) }
              : inputs.b,
          };
          const attrs = { transposeA, transposeB };
          return expectNoLeak(async () =>
            expectClose(
              await runOn('wasm', 'BatchMatMul', inputs, attrs),
              await runOn('cpu', 'BatchMatMul', spelt, attrs),
            ),
          );
        },
      ),
      { numRuns: 150 },
    ));

  it('Sum over any axes', () =>
    fc.assert(
      fc.asyncProperty(
        fc.tuple(size(9), size(5), size(5), size(9)),
        fc.subarray([0, 1, 2, 3]),
        fc.boolean(),
        (shape, axis, keepDims) =>
          expectNoLeak(() => expectAsOnCpu('Sum', { x: valuesOf(shape) }, { axis, keepDims })),
      ),
      { numRuns: 100 },
    ));

  it('DepthToSpace', () =>
    fc.assert(
      fc.asyncProperty(
        fc.tuple(size(3), size(5), size(5), size(4), fc.integer({ min: 2, max: 3 })),
        ([images, height, width, channels, blockSize]) => {
          const x = valuesOf([images, height, width, channels * blockSize ** 2]);
          return expectNoLeak(() => expectAsOnCpu('DepthToSpace', { x }, { blockSize, dataFormat: 'NHWC' }));
        },
      ),
      { numRuns: 60 },
    ));

  it('MaxPoolGrad, whatever the sign of the values', () =>
    fc.assert(
      fc.asyncProperty(
        fc.tuple(size(3), fc.integer({ min: 4, max: 9 }), fc.integer({ min: 4, max: 9 }), size(5)),
        fc.tuple(size(4), size(3)),
        fc.constantFrom('same' as const, 'valid' as const),
        fc.constantFrom(-5, 0, 5),
        (shape, [filterSize, strides], pad, shift) => {
          const input = valuesOf(shape);
          const distinct = { shape, data: input.data.map((value, index) => value + shift + index * 1e-4) };
          const { outShape } = tf.backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad);
          return expectNoLeak(() =>
            expectAsOnCpu(
              'MaxPoolGrad',
              { dy: valuesOf(outShape, 2), input: distinct, output: valuesOf(outShape) },
              { filterSize, strides, pad },
            ),
          );
        },
      ),
      { numRuns: 100 },
    ));
});

it('MaxPoolGrad reaches the maximum of a window of negative values, and the first of equals', async () => {
  const input = { shape: [1, 2, 4, 1], data: Float32Array.of(-4, -3, -7, -7, -2, -9, -7, -7) };
  const dy = { shape: [1, 1, 2, 1], data: Float32Array.of(5, 6) };
  const attrs = { filterSize: 2, strides: 2, pad: 'valid' };
  const dx = await runOn('wasm', 'MaxPoolGrad', { dy, input, output: dy }, attrs);
  expect([...dx.data]).toEqual([0, 0, 6, 0, 5, 0, 0, 0]);
});

it('Sum of many values keeps its last digits', async () => {
  const rows = 200_000;
  const x = { shape: [rows, 2], data: new Float32Array(rows * 2).fill(0.1) };
  const expected = { shape: [2], data: new Float32Array(2).fill(Math.fround(0.1) * rows) };
  expectClose(await runOn('wasm', 'Sum', { x }, { axis: [0], keepDims: false }), expected);
});

it('registers once', () => {
  const before = tf.getKernelsForBackend('wasm').map(({ kernelFunc }) => kernelFunc);
  registerWasmKernels();
  expect(tf.getKernelsForBackend('wasm').map(({ kernelFunc }) => kernelFunc)).toEqual(before);
});
