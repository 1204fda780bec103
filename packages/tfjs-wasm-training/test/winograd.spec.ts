import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Arithmetic } from '../src/index.js';
import { axesOf, convInfo, type Shape4D } from '../src/kernels/geometry.js';
import { winogradLayout } from '../src/kernels/winogradLayout.js';
import { filtering, filterTransform, pointAt } from '../src/toomCook.js';
import { expectAsOnCpu, runOn, startWasm, valuesOf } from './backends.js';

const numbers = (length: number) =>
  fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: length, maxLength: length });
const applied = (matrix: readonly (readonly number[])[], values: number[]) =>
  matrix.map((row) => row.reduce((sum, factor, index) => sum + factor * values[index]!, 0));

describe('filtering', () => {
  it.each([1, 2, 3, 4].flatMap((outputs) => [2, 3].map((taps) => [outputs, taps] as const)))(
    'gives %i outputs of %i taps',
    (outputs, taps) => {
      const { input, output } = filtering(outputs, taps);
      fc.assert(
        fc.property(numbers(outputs + taps - 1), numbers(taps), (values, filter) => {
          const points = applied(filterTransform(taps), filter);
          const products = applied(input, values).map(
            (value, index) => value * points[pointAt(index, outputs, taps)]!,
          );
          for (const [first, found] of applied(output, products).entries()) {
            const wanted = filter.reduce((sum, factor, tap) => sum + factor * values[first + tap]!, 0);
            expect(found).toBeCloseTo(wanted, 12);
          }
        }),
      );
    },
  );
});

interface Convolution {
  x: Shape4D;
  filter: Shape4D;
  strides: [number, number];
  pad: 'same' | 'valid';
}

const convolutions: Convolution[] = [
  { x: [3, 14, 14, 32], filter: [4, 4, 32, 64], strides: [2, 2], pad: 'same' },
  { x: [2, 10, 9, 20], filter: [3, 3, 20, 12], strides: [1, 1], pad: 'same' },
  { x: [2, 7, 9, 24], filter: [3, 3, 24, 24], strides: [1, 1], pad: 'same' },
  { x: [1, 11, 6, 16], filter: [3, 3, 16, 16], strides: [1, 1], pad: 'valid' },
  { x: [2, 13, 15, 32], filter: [4, 4, 32, 32], strides: [2, 2], pad: 'valid' },
  { x: [2, 9, 13, 24], filter: [6, 6, 24, 24], strides: [2, 2], pad: 'same' },
  { x: [2, 5, 8, 40], filter: [2, 6, 40, 32], strides: [1, 2], pad: 'same' },
  // Narrow enough that some planes hold nothing.
  { x: [3, 14, 8, 16], filter: [4, 4, 16, 32], strides: [2, 2], pad: 'valid' },
];
const attributes = ({ strides, pad }: Convolution) => ({ strides, pad, dataFormat: 'NHWC', dilations: 1 });

describe.each<Arithmetic>(['fma', 'plain'])('convolutions by minimal filtering, %s', (arithmetic) => {
  beforeAll(() => startWasm(arithmetic));
  afterAll(() => startWasm());

  it.each(convolutions)('$x by $filter, $pad', async (convolution) => {
    const attrs = attributes(convolution);
    const info = convInfo(convolution.x, convolution.filter, attrs as never);
    expect(winogradLayout(info), 'layout').toBeDefined();
    const x = valuesOf(convolution.x);
    const filter = valuesOf(convolution.filter, 2);
    const dy = valuesOf(info.outShape, 3);
    await expectAsOnCpu(tf.Conv2D, { x, filter }, attrs);
    await expectAsOnCpu(tf.Conv2DBackpropInput, { dy, filter }, { ...attrs, inputShape: x.shape });
    await expectAsOnCpu(tf.Conv2DBackpropFilter, { x, dy }, { ...attrs, filterShape: filter.shape });
  });
});

describe('a batch', () => {
  it.each<Arithmetic>(['fma', 'plain'])(
    'of more images than a block gives each the bits that it has alone, %s',
    async (arithmetic) => {
      await startWasm(arithmetic);
      const [images, attrs] = [40, attributes(convolutions[0]!)];
      const x = valuesOf([images, 14, 14, 32]);
      const filter = valuesOf([4, 4, 32, 64], 2);
      const together = await runOn('wasm', tf.Conv2D, { x, filter }, attrs);
      for (const image of [0, 17, images - 1]) {
        const alone = { shape: [1, 14, 14, 32], data: x.data.slice(image * 6272, (image + 1) * 6272) };
        const { data } = await runOn('wasm', tf.Conv2D, { x: alone, filter }, attrs);
        expect(data).toEqual(together.data.slice(image * 3136, (image + 1) * 3136));
      }
      await startWasm();
    },
  );

  it('does not decide how a convolution is computed', () => {
    const layouts = [1, 2, 300].map((images) =>
      winogradLayout(convInfo([images, 14, 14, 32], [4, 4, 32, 64], attributes(convolutions[0]!) as never)),
    );
    expect(new Set(layouts).size).toBe(1);
  });
});

describe('winogradLayout', () => {
  it.each([
    ['few channels', [1, 14, 14, 8], [3, 3, 8, 8], 1],
    ['channels that do not come in fours', [1, 14, 14, 34], [3, 3, 34, 32], 1],
    ['five taps', [1, 14, 14, 32], [5, 5, 32, 32], 1],
    ['a stride that does not divide the filter', [1, 14, 14, 32], [3, 3, 32, 32], 2],
    ['images that are too large', [1, 224, 224, 32], [3, 3, 32, 32], 1],
  ])('leaves %s to the plain sum', (_, x, filter, strides) => {
    const info = convInfo(x as Shape4D, filter as Shape4D, { strides, pad: 'same' });
    expect(axesOf(info).height.stride).toBe(strides);
    expect(winogradLayout(info)).toBeUndefined();
  });
});
