import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { register } from '../src/index.js';
import { expectAsOnCpu, expectNoLeak, startWasm, valuesOf } from './backends.js';

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

  it.each([
    ['few channels', [4, 4, 8, 3]],
    ['minimal filtering', [4, 4, 16, 32]],
  ] as const)('Conv2DTransposeBiasRelu has the bits of three kernels: %s', (_, sides) =>
    expectTidy(() => {
      const [x, filter] = [drawn([3, 5, 6, sides[3]], 1), drawn([...sides], 2)] as [tf.Tensor4D, tf.Tensor4D];
      const [bias, shape] = [drawn([sides[2]], 3), [3, 10, 12, sides[2]] as [number, number, number, number]];
      const attrs = { strides: 2, pad: 'same', dataFormat: 'NHWC', inputShape: shape };
      const found = run('Conv2DTransposeBiasRelu', { x, filter, bias }, attrs) as tf.Tensor;
      const expected = tf.relu(tf.add(tf.conv2dTranspose(x, filter, shape, 2, 'same'), bias));
      expect(found.shape).toEqual(shape);
      expect([...found.dataSync()]).toEqual([...expected.dataSync()].map((value) => value + 0));
    }),
  );

  it.each([
    [
      'Conv2DBiasRelu',
      { x: [3, 10, 12, 8], filter: [4, 4, 8, 16], bias: [16] },
      {},
      (x: tf.Tensor4D, filter: tf.Tensor4D) => tf.conv2d(x, filter, 2, 'same'),
    ],
    [
      'Conv2DTransposeBiasRelu',
      { x: [3, 5, 6, 16], filter: [4, 4, 8, 16], bias: [8] },
      { inputShape: [3, 10, 12, 8] },
      (x: tf.Tensor4D, filter: tf.Tensor4D) => tf.conv2dTranspose(x, filter, [3, 10, 12, 8], 2, 'same'),
    ],
  ] as const)('%s has the gradients of three kernels', (kernel, shapes, more, convolve) =>
    expectTidy(() => {
      const attrs = { strides: 2, pad: 'same', dataFormat: 'NHWC', dilations: 1, ...more };
      const inputs = Object.values(shapes).map((shape, index) => drawn([...shape], index)) as [
        tf.Tensor4D,
        tf.Tensor4D,
        tf.Tensor1D,
      ];
      const dy = drawn(tf.add(convolve(inputs[0], inputs[1]), inputs[2]).shape, 7);
      const ours = tf.grads(
        (...[x, filter, bias]) => run(kernel, { x: x!, filter: filter!, bias: bias! }, attrs) as tf.Tensor,
      );
      const theirs = tf.grads((...[x, filter, bias]) =>
        tf.relu(tf.add(convolve(x as tf.Tensor4D, filter as tf.Tensor4D), bias!)),
      );
      const [found, expected] = [ours, theirs].map((gradients) =>
        gradients(inputs, dy).map((each) => each.dataSync()),
      );
      expect(found).toEqual(expected);
    }),
  );

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

  it('FusedConv2D matches the cpu backend', () =>
    fc.assert(
      fc.asyncProperty(
        shapes,
        fc.constantFrom('linear', 'relu', 'relu6'),
        fc.constantFrom('same', 'valid'),
        fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 2 })),
        ([images, side, channels, filters, strides], activation, pad, [kernel, dilations]) => {
          const inputs = {
            x: valuesOf([images, side + 2, side + 2, channels]),
            filter: valuesOf([kernel, kernel, channels, filters], 2),
            bias: valuesOf([filters], 3),
          };
          const steps = dilations > 1 ? 1 : strides;
          const attrs = { strides: steps, pad, dataFormat: 'NHWC', dilations, activation };
          return expectNoLeak(() => expectAsOnCpu('FusedConv2D', inputs, attrs));
        },
      ),
      { numRuns: 100 },
    ));

  it.each(['Conv2D', 'FusedConv2D'])('%s of an image has the same bits in any batch', (kernel) => {
    const [filter, bias] = [drawn([3, 3, 4, 8], 2), drawn([8], 3)];
    const attrs = { strides: 1, pad: 'same', dataFormat: 'NHWC', dilations: 1, activation: 'relu' };
    const maps = (x: tf.Tensor) =>
      run(kernel, kernel === 'Conv2D' ? { x, filter } : { x, filter, bias }, attrs) as tf.Tensor;
    tf.tidy(() => {
      const images = drawn([7, 9, 9, 4], 1);
      const whole = maps(images);
      for (const [from, count] of [
        [0, 1],
        [2, 3],
        [1, 5],
      ] as const) {
        const [part, same] = [images, whole].map((tensor, i) =>
          tensor.slice([from, 0, 0, 0], [count, 9, 9, i === 0 ? 4 : 8]),
        );
        expect(maps(part!).dataSync()).toEqual(same!.dataSync());
      }
    });
  });

  it('FusedConv2D is the stock kernel in plain arithmetic, and of single pixels', () => {
    const [x, bias] = [drawn([5, 9, 9, 4], 1), drawn([8], 3)];
    const bits = (side: number) => {
      const attrs = { strides: 1, pad: 'same', dataFormat: 'NHWC', dilations: 1, activation: 'relu' };
      const filter = drawn([side, side, 4, 8], 2);
      return (run('FusedConv2D', { x, filter, bias }, attrs) as tf.Tensor).dataSync();
    };
    const [wide, single] = tf.tidy(() => [bits(3), bits(1)]);
    register({ arithmetic: 'plain' });
    const [plain, plainSingle] = tf.tidy(() => [bits(3), bits(1)]);
    register({ arithmetic: 'fma' });
    expect(wide).not.toEqual(plain);
    expect(single).toEqual(plainSingle);
  });
});
