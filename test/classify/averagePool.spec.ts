import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { averagePool } from '../../src/classify/convNet.js';
import { selectBackend } from '../../src/node/selectBackend.js';
import { expectNoLeak } from '../tensors.js';

beforeAll(() => selectBackend('wasm'));

test('has the values and the gradient of the stock pool, on even and odd maps', async () => {
  const side = fc.integer({ min: 1, max: 7 });
  await fc.assert(
    fc.asyncProperty(
      side,
      side,
      fc.integer({ min: 1, max: 3 }),
      fc.nat(1e6),
      async (height, width, channels, seed) => {
        await expectNoLeak(() =>
          tf.tidy(() => {
            const maps = tf.randomUniform<tf.Rank.R4>([2, height, width, channels], -1, 1, 'float32', seed);
            const weights = tf.randomUniform(averagePool(maps).shape, -1, 1, 'float32', seed + 1);
            const both = [averagePool, (x: tf.Tensor4D) => tf.avgPool(x, 2, 2, 'same')].map((pool) =>
              tf.valueAndGrad((x: tf.Tensor) => tf.sum(tf.mul(pool(x as tf.Tensor4D), weights)))(maps),
            );
            expect(tf.max(tf.abs(tf.sub(both[0]!.value, both[1]!.value))).dataSync()[0]).toBeLessThan(1e-5);
            expect(tf.max(tf.abs(tf.sub(both[0]!.grad, both[1]!.grad))).dataSync()[0]).toBeLessThan(1e-6);
          }),
        );
      },
    ),
  );
});
