import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { startCpu } from '../../src/backend/start.js';
import { cnnPresets } from '../../src/classify/cnnPresets.js';
import { initialWeights, logits } from '../../src/classify/convNet.js';
import { randomStream } from '../../src/core/random.js';
import { selectBackend } from '../../src/node/selectBackend.js';
import { createAdam } from '../../src/training/adam.js';

const native = await selectBackend('native').catch((error: Error) => error.message);
const title = typeof native === 'string' ? `kernels of native (SKIPPED: ${native})` : 'kernels of native';

/** Values from −1 to 1, or with `steps` so many different ones, of which pools have equals. */
function numbers(shape: number[], seed: number, steps?: number): tf.Tensor {
  const random = randomStream('numbers', seed);
  const value = () => (steps === undefined ? random.uniform(-1, 1) : random.integer(steps) - (steps >> 1));
  return tf.tensor(Float32Array.from({ length: tf.util.sizeFromShape(shape) }, value), shape);
}

/** What `body` gives on native and in plain JavaScript, and that it leaves no tensors behind. */
async function onBoth(body: () => tf.Tensor[]): Promise<{ got: Float32Array[]; want: Float32Array[] }> {
  const values = () => {
    const before = tf.memory().numTensors;
    const made = tf.tidy(() => body().map((tensor) => tensor.dataSync<'float32'>().slice()));
    expect(tf.memory().numTensors).toBe(before);
    return made;
  };
  const got = values();
  await startCpu();
  const want = values();
  await tf.setBackend('tensorflow');
  return { got, want };
}

async function expectSame(body: () => tf.Tensor[], tolerance = 1e-4): Promise<void> {
  const { got, want } = await onBoth(body);
  expect(got.map(({ length }) => length)).toEqual(want.map(({ length }) => length));
  for (const [i, values] of got.entries()) {
    const worst = values.reduce((most, value, j) => Math.max(most, Math.abs(value - want[i]![j]!)), 0);
    expect(worst).toBeLessThanOrEqual(tolerance);
  }
}

const gradient = (f: (x: tf.Tensor) => tf.Tensor, x: tf.Tensor, dy: tf.Tensor) => tf.grad(f)(x, dy);

describe.skipIf(typeof native === 'string')(title, () => {
  const side = fc.integer({ min: 1, max: 9 });
  const seed = fc.nat(1e6);

  it('give the gradient of ReLU', () =>
    expectSame(() => {
      const x = tf.tensor1d([-2, -0, 0, 1e-30, 3, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]);
      return [gradient(tf.relu, x, numbers([7], 1))];
    }, 0));

  it('give the gradient of a pool to the first of equals', () =>
    fc.assert(
      fc.asyncProperty(
        side,
        side,
        side,
        seed,
        fc.constantFrom(2, 3),
        async (height, width, n, seed, pool) => {
          await expectSame(() => {
            const x = numbers([2, 2 * height, 2 * width, n], seed, 3);
            const dy = numbers([2, height, width, n], seed + 1);
            return [gradient((maps) => tf.maxPool(maps as tf.Tensor4D, pool, 2, 'same'), x, dy)];
          }, 1e-6);
        },
      ),
      { numRuns: 20 },
    ));

  it('convolve backward to one channel and to more', () =>
    fc.assert(
      fc.asyncProperty(
        ...[
          side,
          fc.integer({ min: 1, max: 40 }),
          fc.integer({ min: 1, max: 5 }),
          fc.integer({ min: 1, max: 5 }),
        ],
        ...[fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 2 }), seed],
        async (height, width, tall, wide, stride, channels, seed) => {
          const made = [2, Math.ceil(height / stride), Math.ceil(width / stride), 3];
          await expectSame(() => {
            const filter = numbers([tall, wide, channels, 3], seed) as tf.Tensor4D;
            const shape = [2, height, width, channels] as [number, number, number, number];
            return [
              tf.conv2dTranspose(numbers(made, seed + 1) as tf.Tensor4D, filter, shape, stride, 'same'),
            ];
          }, 1e-5);
        },
      ),
      { numRuns: 40 },
    ));

  it.each([
    [
      [5, 6, 7, 8],
      [0, 1, 2],
    ],
    [
      [5, 6, 7, 8],
      [1, 2],
    ],
    [
      [5, 6, 7, 3],
      [0, 1, 2],
    ],
    [[50, 20], [0]],
    [[50, 20], [-1]],
    [[20], [0]],
  ])('sum %j over the axes %j', (shape, axes) =>
    expectSame(() => [tf.sum(numbers(shape, 2), axes), tf.sum(numbers(shape, 3), axes, true)], 1e-5),
  );

  it('sum whole numbers', () => expectSame(() => [tf.sum(numbers([5, 9], 4, 7).toInt(), 0).toFloat()], 0));

  it('train the standard CNN', () =>
    expectSame(() => {
      const { convolutions } = cnnPresets.standard;
      const few = convolutions.map((convolution) => ({ ...convolution, filters: 8 }));
      const standard = { ...cnnPresets.standard, convolutions: few, hidden: 16 };
      const weights = initialWeights(standard, [14, 14, 1], 3, 5);
      const masks = [tf.ones([4, 1, 1, 8]), tf.ones([4, 16])] as [tf.Tensor4D, tf.Tensor2D];
      const images = numbers([4, 14, 14, 1], 6) as tf.Tensor4D;
      const { value, grads } = tf.valueAndGrads((...current: tf.Tensor[]) =>
        tf.mean(tf.square(logits(standard, current, images, masks))),
      )(weights);
      tf.dispose(weights);
      return [value, ...grads];
    }));

  const shapesOfNet = [[3, 4], [4], [2, 2, 1, 3]];

  it.each([
    [0, shapesOfNet],
    [0.1, shapesOfNet],
    [0.1, [[3, 4]]],
    [0, [[4]]],
  ])('step as Adam does with a decay of %d over %j', (weightDecay, shapes) =>
    expectSame(() => {
      const variables = shapes.map((shape, i) => tf.variable(numbers(shape, i)));
      const adam = createAdam(variables, { weightDecay });
      for (let step = 0; step < 20; step++)
        adam.apply(
          shapes.map((shape, i) => numbers(shape, 100 * step + i)),
          0.01,
        );
      const { means, squares } = adam.state();
      const values = variables.map((variable) => tf.tensor1d(variable.dataSync().slice()));
      const moments = [...means, ...squares].map((moment) => tf.tensor1d(moment));
      adam.dispose();
      tf.dispose(variables);
      return [...values, ...moments];
    }, 1e-5),
  );
});
