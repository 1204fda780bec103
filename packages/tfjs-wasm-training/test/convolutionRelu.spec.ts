import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectNoLeak, startWasm, valuesOf } from './backends.js';

beforeAll(() => startWasm());

const drawn = (shape: number[], seed: number) => tf.tensor(valuesOf(shape, seed).data, shape);
const run = (name: string, inputs: Record<string, tf.Tensor>, attrs: object = {}) =>
  tf.engine().runKernel(name, inputs as tf.NamedTensorMap, attrs as tf.NamedAttrMap) as unknown;

/** Runs `body` and expects it to leave neither tensors nor data of kernels. */
const expectTidy = (body: () => void) =>
  expectNoLeak(() => {
    const before = tf.backend().numDataIds();
    tf.tidy(body);
    expect(tf.backend().numDataIds()).toBe(before);
  });

const shapes = fc.tuple(
  fc.integer({ min: 1, max: 5 }),
  fc.integer({ min: 3, max: 7 }),
  fc.constantFrom(1, 3, 4),
  fc.constantFrom(3, 4, 8),
  fc.integer({ min: 1, max: 2 }),
);

describe('kernels of a convolution with bias and ReLU', () => {
  it('Conv2DBiasRelu has the bits of three kernels', () =>
    fc.assert(
      fc.asyncProperty(shapes, ([images, side, channels, filters, strides]) =>
        expectTidy(() => {
          const x = drawn([images, side, side, channels], 1) as tf.Tensor4D;
          const filter = drawn([3, 3, channels, filters], 2) as tf.Tensor4D;
          const bias = drawn([filters], 3);
          const attrs = { strides, pad: 'same', dataFormat: 'NHWC', dilations: 1 };
          const found = run('Conv2DBiasRelu', { x, filter, bias }, attrs) as tf.Tensor;
          const expected = tf.relu(tf.add(tf.conv2d(x, filter, strides, 'same'), bias));
          expect(found.shape).toEqual(expected.shape);
          expect([...found.dataSync()]).toEqual([...expected.dataSync()].map((value) => value + 0));
        }),
      ),
      { numRuns: 60 },
    ));

  it('BiasReluGrad has those of a step, a product and a sum', () =>
    fc.assert(
      fc.asyncProperty(shapes, ([images, side, , filters]) =>
        expectTidy(() => {
          const shape = [images, side, side, filters];
          const [dy, y] = [drawn(shape, 1), tf.relu(drawn(shape, 2))];
          const [dx, sum] = run('BiasReluGrad', { dy, y }) as [tf.Tensor, tf.Tensor];
          const expected = tf.mul(dy, tf.step(y));
          expect(dx.dataSync()).toEqual(expected.dataSync());
          expect(sum.shape).toEqual([filters]);
          expect(sum.dataSync()).toEqual(tf.sum(expected, [0, 1, 2]).dataSync());
        }),
      ),
      { numRuns: 60 },
    ));
});
