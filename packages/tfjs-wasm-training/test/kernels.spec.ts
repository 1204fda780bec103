import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  expectAsOnCpu,
  expectClose,
  expectNoLeak,
  runOn,
  startWasm,
  type Values,
  valuesOf,
} from './backends.js';

beforeAll(() => startWasm());

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
          // The cpu kernel broadcasts nested batches wrongly, so it gets full copies.
          const spelled = {
            a: aShared ? repeated(inputs.a, outer, batch) : inputs.a,
            b: bShared
              ? { shape: [outer, batch, ...bMatrix], data: repeatAll(inputs.b.data, outer) }
              : inputs.b,
          };
          const attrs = { transposeA, transposeB };
          return expectNoLeak(async () =>
            expectClose(
              await runOn('wasm', 'BatchMatMul', inputs, attrs),
              await runOn('cpu', 'BatchMatMul', spelled, attrs),
            ),
          );
        },
      ),
      { numRuns: 150 },
    ));

  it('BatchMatMul of so many rows and columns that B is packed', () =>
    fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 128, max: 200 }),
        fc.integer({ min: 48, max: 75 }),
        fc.integer({ min: 128, max: 300 }),
        size(2),
        fc.boolean(),
        fc.boolean(),
        (rows, columns, sum, batch, transposeA, transposeB) =>
          expectNoLeak(() =>
            expectAsOnCpu(
              'BatchMatMul',
              {
                a: valuesOf([batch, ...(transposeA ? [sum, rows] : [rows, sum])]),
                b: valuesOf([batch, ...(transposeB ? [columns, sum] : [sum, columns])], 2),
              },
              { transposeA, transposeB },
            ),
          ),
      ),
      { numRuns: 15 },
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

  it('AvgPoolGrad, where windows tile the images and elsewhere', () =>
    fc.assert(
      fc.asyncProperty(
        fc.tuple(size(3), size(9), size(9), fc.constantFrom(1, 3, 4, 8)),
        fc.tuple(size(3), size(3), size(3), size(3)),
        fc.constantFrom('same' as const, 'valid' as const),
        fc.boolean(),
        ([images, rows, columns, channels], [down, along, ...steps], pad, tiles) => {
          const strides: [number, number] = tiles ? [down, along] : (steps as [number, number]);
          const shape: [number, number, number, number] = tiles
            ? [images, rows * down, columns * along, channels]
            : [images, rows + 2, columns + 2, channels];
          const attrs = { filterSize: [down, along] as [number, number], strides, pad };
          const { outShape } = tf.backend_util.computePool2DInfo(shape, attrs.filterSize, strides, 1, pad);
          return expectNoLeak(() =>
            expectAsOnCpu('AvgPoolGrad', { dy: valuesOf(outShape), input: valuesOf(shape, 2) }, attrs),
          );
        },
      ),
      { numRuns: 100 },
    ));

  it('MaxPoolGrad, for values of either sign', () =>
    fc.assert(
      fc.asyncProperty(
        fc.tuple(
          size(3),
          fc.integer({ min: 4, max: 9 }),
          fc.integer({ min: 4, max: 9 }),
          fc.constantFrom(1, 3, 4, 8),
        ),
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

const broadcastable = fc
  .array(fc.tuple(size(6), fc.constantFrom('both', 'a', 'b')), { minLength: 1, maxLength: 4 })
  .chain((axes) => fc.nat({ max: axes.length }).map((dropped) => ({ axes, dropped })))
  .map(({ axes, dropped }) => {
    const shapeOf = (side: 'a' | 'b') =>
      axes.map(([length, present]) => (present === 'both' || present === side ? length : 1));
    return { a: shapeOf('a'), b: shapeOf('b').slice(dropped) };
  });

describe('comparisons and extremes match the cpu backend, with broadcasting', () => {
  for (const kernel of [
    'Equal',
    'NotEqual',
    'Greater',
    'GreaterEqual',
    'Less',
    'LessEqual',
    'Maximum',
    'Minimum',
  ]) {
    it(kernel, () =>
      fc.assert(
        fc.asyncProperty(broadcastable, fc.boolean(), (shapes, turned) => {
          // Halves, so that equal values occur.
          const halves = (shape: number[], seed: number) => {
            const { data } = valuesOf(shape, seed);
            return { shape, data: data.map((value) => Math.round(value * 2) / 2) };
          };
          const [first, second] = [halves(shapes.a, 1), halves(shapes.b, 2)];
          const inputs = turned ? { a: second, b: first } : { a: first, b: second };
          return expectNoLeak(() => expectAsOnCpu(kernel, inputs, {}));
        }),
        { numRuns: 40 },
      ),
    );
  }

  it('treats NaN as IEEE 754 does', async () => {
    const a = tf.tensor1d([Number.NaN, 1]);
    const values = [tf.maximum(a, 0), tf.equal(a, a), tf.less(a, 2), tf.notEqual(a, a)].map((t) => [
      ...t.dataSync(),
    ]);
    expect(values).toEqual([
      [Number.NaN, 1],
      [0, 1],
      [0, 1],
      [1, 0],
    ]);
  });
});

it('Select takes t where the condition is true, else e', () =>
  expectNoLeak(() =>
    tf.tidy(() => {
      const condition = tf.tensor1d([1, 0, 1, 0], 'bool');
      const chosen = tf.where(condition, tf.tensor1d([1, 2, 3, 4]), tf.tensor1d([5, 6, 7, 8]));
      expect([...chosen.dataSync()]).toEqual([1, 6, 3, 8]);
      const whole = { condition: tf.tensor1d([0, 1], 'bool'), t: tf.ones([2, 2]), e: tf.zeros([2, 2]) };
      const rows = tf.engine().runKernel('Select', whole) as tf.Tensor;
      expect([...rows.dataSync()]).toEqual([0, 0, 1, 1]);
    }),
  ));

it('Tile repeats any axes', () =>
  fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(size(3), size(3)), { minLength: 1, maxLength: 4 }), (axes) => {
      const x = valuesOf(axes.map(([length]) => length));
      return expectNoLeak(() => expectAsOnCpu('Tile', { x }, { reps: axes.map(([, count]) => count) }));
    }),
    { numRuns: 80 },
  ));

it('clones and casts to the same type outlive their source', () =>
  expectNoLeak(() => {
    const x = tf.tensor1d([1, 2, 3]);
    const copies = [x.clone(), tf.cast(x, 'float32')];
    x.dispose();
    const others = tf.fill([3], 9);
    for (const copy of copies) expect([...copy.dataSync()]).toEqual([1, 2, 3]);
    tf.dispose([others, ...copies]);
  }));

it('ResizeNearestNeighborGrad sums each block', () =>
  fc.assert(
    fc.asyncProperty(
      fc.tuple(size(3), size(4), size(4), size(5)),
      fc.tuple(size(3), size(3)),
      ([n, h, w, c], [down, across]) => {
        const dy = valuesOf([n, h * down, w * across, c]);
        const expected = new Float32Array(n * h * w * c);
        dy.data.forEach((value, index) => {
          const channel = index % c;
          const x = Math.floor(index / c) % (w * across);
          const y = Math.floor(index / (c * w * across)) % (h * down);
          const image = Math.floor(index / (c * w * across * h * down));
          expected[((image * h + Math.floor(y / down)) * w + Math.floor(x / across)) * c + channel]! += value;
        });
        return expectNoLeak(async () => {
          const attrs = { alignCorners: false, halfPixelCenters: false, size: [h * down, w * across] };
          const dx = await runOn(
            'wasm',
            'ResizeNearestNeighborGrad',
            { images: valuesOf([n, h, w, c]), dy },
            attrs,
          );
          expectClose(dx, { shape: [n, h, w, c], data: expected });
        });
      },
    ),
    { numRuns: 60 },
  ));

it('empty products are zero, and products of integers are still refused', () => {
  expect([...tf.matMul(tf.zeros([2, 0]), tf.zeros([0, 2])).dataSync()]).toEqual([0, 0, 0, 0]);
  const integers = tf.ones([2, 2], 'int32') as tf.Tensor2D;
  expect(() => tf.matMul(integers, integers)).toThrow(/float32/);
});

it.each([1, 4])(
  'MaxPoolGrad passes the gradient to the first maximum, also of negative values (%i channels)',
  async (channels) => {
    const inEach = (...values: number[]) =>
      Float32Array.from(values.flatMap((value) => Array(channels).fill(value)));
    const input = { shape: [1, 2, 4, channels], data: inEach(-4, -3, -7, -7, -2, -9, -7, -7) };
    const dy = { shape: [1, 1, 2, channels], data: inEach(5, 6) };
    const attrs = { filterSize: 2, strides: 2, pad: 'valid' };
    const dx = await runOn('wasm', 'MaxPoolGrad', { dy, input, output: dy }, attrs);
    expect(dx.data).toEqual(inEach(0, 0, 6, 0, 5, 0, 0, 0));
  },
);

it('Sum of many values keeps its precision', async () => {
  const rows = 200_000;
  const x = { shape: [rows, 2], data: new Float32Array(rows * 2).fill(0.1) };
  const expected = { shape: [2], data: new Float32Array(2).fill(Math.fround(0.1) * rows) };
  expectClose(await runOn('wasm', 'Sum', { x }, { axis: [0], keepDims: false }), expected);
});
