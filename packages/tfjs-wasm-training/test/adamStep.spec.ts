import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectNoLeak, startWasm, valuesOf } from './backends.js';

beforeAll(() => startWasm());

const [beta1, beta2] = [0.9, 0.999];

/** The step by kernels of TensorFlow.js. */
function byOperations(
  moments: tf.Tensor[],
  pairs: [gradient: tf.Tensor, variable: tf.Tensor][],
  { rate, epsilon, keep }: { rate: number; epsilon: number; keep: number[] },
): tf.Tensor[] {
  const gradient = tf.concat(pairs.map(([each]) => each.flatten()));
  const mean = moments[0]!.mul(beta1).add(gradient.mul(1 - beta1));
  const square = moments[1]!.mul(beta2).add(gradient.square().mul(1 - beta2));
  const change = mean.mul(rate).div(square.sqrt().add(epsilon));
  let start = 0;
  const values = pairs.map(([, variable], index) => {
    const own = change.slice([start], [variable.size]).reshape(variable.shape);
    start += variable.size;
    return variable.mul(keep[index]!).sub(own);
  });
  return [mean, square, ...values];
}

describe('AdamStep', () => {
  it('has the bits of the step by kernels of TensorFlow.js', async () => {
    const side = fc.integer({ min: 1, max: 9 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(side, side), { minLength: 1, maxLength: 4 }),
        fc.double({ min: 1e-5, max: 0.1, noNaN: true }),
        fc.array(fc.constantFrom(1, 0.9, 0.999), { minLength: 4, maxLength: 4 }),
        (shapes, rate, keep) =>
          expectNoLeak(() =>
            tf.tidy(() => {
              const total = shapes.reduce((sum, [height, width]) => sum + height * width, 0);
              const drawn = (shape: number[], seed: number) => tf.tensor(valuesOf(shape, seed).data, shape);
              const moments = [drawn([total], 1), drawn([total], 2).square()];
              const pairs = shapes.map((shape, i): [tf.Tensor, tf.Tensor] => [
                drawn(shape, 3 + i),
                drawn(shape, 9 + i),
              ]);
              const attrs = { beta1, beta2, rate, epsilon: 1e-7, keep };
              const inputs = [...moments, ...pairs.flat()] as unknown as tf.NamedTensorMap;
              const found = tf.engine().runKernel('AdamStep', inputs, attrs) as unknown as tf.Tensor[];
              const expected = byOperations(moments, pairs, attrs);
              expect(found.map(({ shape }) => shape)).toEqual(expected.map(({ shape }) => shape));
              for (const [index, tensor] of found.entries()) {
                expect(tensor.dataSync()).toEqual(expected[index]!.dataSync());
              }
            }),
          ),
      ),
      { numRuns: 60 },
    );
  });
});
