import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectAsOnCpu, expectNoLeak, startWasm, valuesOf } from './backends.js';

beforeAll(() => startWasm());

/** Kernel sizes 1–5, strides 1–3, odd sizes, few and many channels, batches around the tile height of four. */
const convolutions = fc
  .record({
    images: fc.integer({ min: 1, max: 6 }),
    height: fc.integer({ min: 5, max: 11 }),
    width: fc.integer({ min: 5, max: 11 }),
    inChannels: fc.constantFrom(1, 2, 3, 4, 5, 8),
    outChannels: fc.constantFrom(1, 3, 4, 9, 12),
    kernelHeight: fc.integer({ min: 1, max: 5 }),
    kernelWidth: fc.integer({ min: 1, max: 5 }),
    strideHeight: fc.integer({ min: 1, max: 3 }),
    strideWidth: fc.integer({ min: 1, max: 3 }),
    pad: fc.constantFrom('same' as const, 'valid' as const),
  })
  .map((drawn) => {
    const strides: [number, number] = [drawn.strideHeight, drawn.strideWidth];
    const inputShape: [number, number, number, number] = [
      drawn.images,
      drawn.height,
      drawn.width,
      drawn.inChannels,
    ];
    const filterShape: [number, number, number, number] = [
      drawn.kernelHeight,
      drawn.kernelWidth,
      drawn.inChannels,
      drawn.outChannels,
    ];
    const { outShape } = tf.backend_util.computeConv2DInfo(inputShape, filterShape, strides, 1, drawn.pad);
    return {
      inputShape,
      filterShape,
      outShape,
      attrs: { strides, pad: drawn.pad, dataFormat: 'NHWC', dilations: 1 },
    };
  });

const always = { numRuns: 120 };

describe('convolution kernels match the cpu backend', () => {
  it('Conv2D', () =>
    fc.assert(
      fc.asyncProperty(convolutions, ({ inputShape, filterShape, attrs }) =>
        expectNoLeak(() =>
          expectAsOnCpu('Conv2D', { x: valuesOf(inputShape), filter: valuesOf(filterShape, 2) }, attrs),
        ),
      ),
      always,
    ));

  it('Conv2D with dilation', () =>
    fc.assert(
      fc.asyncProperty(convolutions, fc.constantFrom(2, 3), ({ inputShape, filterShape, attrs }, dilations) =>
        expectAsOnCpu(
          'Conv2D',
          { x: valuesOf([inputShape[0], 13, 14, inputShape[3]]), filter: valuesOf(filterShape, 2) },
          { ...attrs, strides: 1, dilations },
        ),
      ),
      { numRuns: 30 },
    ));

  it('Conv2D with explicit padding', () =>
    fc.assert(
      fc.asyncProperty(
        convolutions,
        fc.integer({ min: 0, max: 4 }),
        ({ inputShape, filterShape, attrs }, after) =>
          expectAsOnCpu(
            'Conv2D',
            { x: valuesOf(inputShape), filter: valuesOf(filterShape, 2) },
            {
              ...attrs,
              pad: [
                [0, 0],
                [1, after],
                [2, 0],
                [0, 0],
              ],
            },
          ),
      ),
      { numRuns: 30 },
    ));

  it('Conv2DBackpropInput', () =>
    fc.assert(
      fc.asyncProperty(convolutions, ({ inputShape, filterShape, outShape, attrs }) =>
        expectNoLeak(() =>
          expectAsOnCpu(
            'Conv2DBackpropInput',
            { dy: valuesOf(outShape), filter: valuesOf(filterShape, 2) },
            { ...attrs, inputShape },
          ),
        ),
      ),
      always,
    ));

  it('Conv2DBackpropFilter', () =>
    fc.assert(
      fc.asyncProperty(convolutions, ({ inputShape, filterShape, outShape, attrs }) =>
        expectNoLeak(() =>
          expectAsOnCpu(
            'Conv2DBackpropFilter',
            { x: valuesOf(inputShape), dy: valuesOf(outShape, 2) },
            { ...attrs, filterShape },
          ),
        ),
      ),
      always,
    ));

  it('Conv2DBackpropFilter of more images than one pass takes', () =>
    expectAsOnCpu(
      'Conv2DBackpropFilter',
      { x: valuesOf([7, 28, 28, 8]), dy: valuesOf([7, 14, 14, 12], 2) },
      { strides: 2, pad: 'same', dataFormat: 'NHWC', filterShape: [3, 3, 8, 12] },
    ));
});

it('convolutions refuse NCHW images', () => {
  const conv2d = () =>
    tf.conv2d(tf.ones([4, 4, 5, 5]) as tf.Tensor4D, tf.ones([3, 3, 4, 2]) as tf.Tensor4D, 1, 'same', 'NCHW');
  expect(() => tf.tidy(conv2d)).toThrow(/NHWC/);
});
