import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Arithmetic } from '../src/index.js';
import { type ConvAttrs, convInfo, type Shape4D } from '../src/kernels/geometry.js';
import { mirrored } from '../src/kernels/mirrored.js';
import { expectAsOnCpu, expectNoLeak, runOn, startWasm, valuesOf } from './backends.js';
import { padsUpTo } from './pads.js';

const side = fc.integer({ min: 5, max: 20 });
const taps = fc.integer({ min: 1, max: 5 });
const pads = padsUpTo(4);
/** Few output channels, and input channels in fours. */
const convolutions = fc
  .record({
    x: fc.tuple(fc.integer({ min: 1, max: 4 }), side, side, fc.constantFrom(4, 8, 12)),
    sides: fc.tuple(taps, taps),
    filters: fc.integer({ min: 1, max: 3 }),
    pad: pads,
  })
  .map(({ x, sides, filters, pad }) => {
    const filter: Shape4D = [...sides, x[3], filters];
    const attrs = { strides: 1, pad, dataFormat: 'NHWC', dilations: 1 } as ConvAttrs;
    return { x, filter, attrs, y: convInfo(x, filter, attrs).outShape };
  });

describe.each<Arithmetic>(['fma', 'plain'])('convolutions to few channels, %s', (arithmetic) => {
  beforeAll(() => startWasm(arithmetic));
  afterAll(() => startWasm());

  it('and their gradients match the cpu backend', () =>
    fc.assert(
      fc.asyncProperty(convolutions, ({ x, filter, attrs, y }) =>
        expectNoLeak(async () => {
          const [images, weights, dy] = [valuesOf(x), valuesOf(filter, 2), valuesOf(y, 3)];
          await expectAsOnCpu(tf.Conv2D, { x: images, filter: weights }, attrs);
          await expectAsOnCpu(tf.Conv2DBackpropInput, { dy, filter: weights }, { ...attrs, inputShape: x });
          await expectAsOnCpu(tf.Conv2DBackpropFilter, { x: images, dy }, { ...attrs, filterShape: filter });
        }),
      ),
      { numRuns: 60 },
    ));
});

describe('a convolution to one channel', () => {
  it('gives an image the same bits in any batch', async () => {
    const [attrs, filter] = [
      { strides: 1, pad: 'same', dataFormat: 'NHWC', dilations: 1 },
      valuesOf([3, 3, 8, 1]),
    ];
    const x = valuesOf([5, 12, 10, 8], 2);
    const image = { shape: [1, 12, 10, 8], data: x.data.slice(3 * 960, 4 * 960) };
    const together = await runOn('wasm', tf.Conv2D, { x, filter }, attrs);
    const alone = await runOn('wasm', tf.Conv2D, { x: image, filter }, attrs);
    expect(alone.data).toEqual(together.data.slice(3 * 120, 4 * 120));
  });
});

describe('mirrored', () => {
  const of = (filter: Shape4D, attrs: Partial<ConvAttrs> = {}) =>
    mirrored(convInfo([2, 9, 9, filter[2]], filter, { strides: 1, pad: 'same', ...attrs }));

  it('reads a filter backwards, with what its padding left', () => {
    expect(of([4, 3, 8, 1])).toEqual({
      attrs: {
        ...{ strides: 1, dataFormat: 'NHWC', dilations: 1 },
        pad: [
          [0, 0],
          [2, 1],
          [1, 1],
          [0, 0],
        ],
      },
      filterShape: [4, 3, 1, 8],
    });
  });

  it('is none of strides, dilations, single pixels, many channels, and padding beyond the filter', () => {
    expect(of([3, 3, 8, 1], { strides: 2 })).toBeUndefined();
    expect(of([3, 3, 8, 1], { dilations: 2 })).toBeUndefined();
    expect(of([1, 1, 8, 1])).toBeUndefined();
    expect(of([3, 3, 8, 4])).toBeUndefined();
    expect(of([3, 3, 6, 1])).toBeUndefined();
    expect(of([3, 3, 8, 1], { pad: 3 })).toBeUndefined();
  });
});
