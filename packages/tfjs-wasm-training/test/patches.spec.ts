import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { type ConvAttrs, convInfo, type Shape4D } from '../src/kernels/geometry.js';
import { takesPatches } from '../src/kernels/patches.js';
import { expectAsOnCpu, expectClose, expectNoLeak, runOn, startWasm, valuesOf } from './backends.js';
import { padsUpTo } from './pads.js';

beforeAll(() => startWasm());

const side = fc.integer({ min: 5, max: 30 });
const kernel = fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 6, max: 13 }));
const stride = fc.integer({ min: 1, max: 3 });
const pads = padsUpTo(3);
/** Few input channels, and output channels in fours. */
const convolutions = fc
  .record({
    x: fc.tuple(fc.integer({ min: 1, max: 3 }), side, side, fc.integer({ min: 1, max: 3 })),
    taps: fc.tuple(kernel, kernel),
    filters: fc.constantFrom(4, 8, 12, 16, 20, 60),
    strides: fc.tuple(stride, stride),
    pad: pads,
  })
  .map(({ x, taps, filters, strides, pad }) => {
    const filter: Shape4D = [...taps, x[3], filters];
    const attrs = { strides, pad, dataFormat: 'NHWC', dilations: 1 } as ConvAttrs;
    return { x, filter, attrs, y: convInfo(x, filter, attrs).outShape };
  })
  .filter(({ y }) => Math.min(...y) > 0);
const often = { numRuns: 100 };

describe('convolutions of few input channels', () => {
  it('match the cpu backend', () =>
    fc.assert(
      fc.asyncProperty(convolutions, ({ x, filter, attrs }) =>
        expectNoLeak(() => expectAsOnCpu(tf.Conv2D, { x: valuesOf(x), filter: valuesOf(filter, 2) }, attrs)),
      ),
      often,
    ));

  it('add a bias and ReLU', () =>
    fc.assert(
      fc.asyncProperty(convolutions, async ({ x, filter, attrs }) => {
        const [inputs, bias] = [{ x: valuesOf(x), filter: valuesOf(filter, 2) }, valuesOf([filter[3]], 3)];
        const maps = await runOn('cpu', tf.Conv2D, inputs, attrs);
        const data = maps.data.map((value, index) => Math.max(0, value + bias.data[index % filter[3]]!));
        expectClose(await runOn('wasm', 'Conv2DBiasRelu', { ...inputs, bias }, attrs), { ...maps, data });
      }),
      often,
    ));

  it('match the cpu backend in the gradient of the filter', () =>
    fc.assert(
      fc.asyncProperty(convolutions, ({ x, filter, attrs, y }) =>
        expectNoLeak(() =>
          expectAsOnCpu(
            tf.Conv2DBackpropFilter,
            { x: valuesOf(x), dy: valuesOf(y, 2) },
            { ...attrs, filterShape: filter },
          ),
        ),
      ),
      often,
    ));

  it('match the cpu backend in the gradient of the input', () =>
    fc.assert(
      fc.asyncProperty(convolutions, ({ x, filter, attrs, y }) =>
        expectNoLeak(() =>
          expectAsOnCpu(
            tf.Conv2DBackpropInput,
            { dy: valuesOf(y), filter: valuesOf(filter, 2) },
            { ...attrs, inputShape: x },
          ),
        ),
      ),
      often,
    ));

  it('give an image the same bits in any batch', () =>
    fc.assert(
      fc.asyncProperty(convolutions, async ({ x: [, ...size], filter, attrs, y: [, ...out] }) => {
        const [image, map] = [size, out].map((sides) => sides.reduce((product, length) => product * length));
        const [x, dy] = [valuesOf([5, ...size]), valuesOf([5, ...out], 3)];
        const weights = valuesOf(filter, 2);
        const of = (first: number, count: number) => {
          const part = (values: typeof x, length: number) => ({
            shape: [count, ...values.shape.slice(1)],
            data: values.data.slice(first * length, (first + count) * length),
          });
          const inputShape = [count, ...size];
          return Promise.all([
            runOn('wasm', tf.Conv2D, { x: part(x, image!), filter: weights }, attrs),
            runOn(
              'wasm',
              tf.Conv2DBackpropInput,
              { dy: part(dy, map!), filter: weights },
              { ...attrs, inputShape },
            ),
          ]);
        };
        const [maps, gradients] = await of(0, 5);
        const [alone, gradient] = await of(3, 1);
        expect(alone.data).toEqual(maps.data.slice(3 * map!, 4 * map!));
        expect(gradient.data).toEqual(gradients.data.slice(3 * image!, 4 * image!));
      }),
      { numRuns: 40 },
    ));
});

describe('takesPatches', () => {
  const taken = (x: Shape4D, filter: Shape4D, dilations = 1) =>
    (['forward', 'backToFilter', 'backToInput'] as const).map((direction) =>
      takesPatches(convInfo(x, filter, { strides: 1, pad: 'same', dilations }), direction),
    );

  it.each([
    ['a short line', [4, 4, 1, 32], [true, true, true]],
    ['a line of whole tiles', [3, 3, 1, 32], [true, false, true]],
    ['a long filter', [5, 5, 1, 16], [false, true, true]],
    ['a long filter with many outputs', [5, 5, 1, 32], [true, true, true]],
    ['a long line', [7, 7, 3, 16], [false, false, true]],
    ['filters that do not come in fours', [4, 4, 1, 6], [false, false, false]],
    ['many channels', [3, 3, 4, 32], [false, false, false]],
  ])('knows where patches are quick: %s', (_, filter, expected) => {
    expect(taken([2, 14, 14, filter[2]!], filter as Shape4D)).toEqual(expected);
  });

  it('leaves dilated filters, and images that a filter is larger than', () => {
    expect(taken([2, 14, 14, 1], [4, 4, 1, 32], 2)).toEqual([false, false, false]);
    const info = convInfo([2, 3, 3, 1], [4, 4, 1, 32], { strides: 1, pad: 'valid' });
    expect(takesPatches(info, 'forward')).toBe(false);
  });
});
