import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectNoLeak, startWasm, valuesOf } from './backends.js';

beforeAll(() => startWasm());

type Layer = (...inputs: tf.Tensor[]) => tf.Tensor;
const image = [5, 6, 6, 4];

/** Layers, and the shapes of the inputs that they have a gradient for. */
const layers: Record<string, { shapes: number[][]; apply: Layer }> = {
  conv2d: {
    shapes: [image, [3, 3, 4, 5]],
    apply: (x, filter) => tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 2, 'same'),
  },
  'conv2d of one channel': {
    shapes: [
      [5, 6, 6, 1],
      [4, 4, 1, 5],
    ],
    apply: (x, filter) => tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 2, 'same'),
  },
  conv2dTranspose: {
    shapes: [image, [3, 3, 5, 4]],
    apply: (x, filter) =>
      tf.conv2dTranspose(x as tf.Tensor4D, filter as tf.Tensor4D, [5, 12, 12, 5], 2, 'same'),
  },
  'conv2dTranspose to one channel': {
    shapes: [image, [4, 4, 1, 4]],
    apply: (x, filter) =>
      tf.conv2dTranspose(x as tf.Tensor4D, filter as tf.Tensor4D, [5, 12, 12, 1], 2, 'same'),
  },
  dense: { shapes: [[5, 7], [7, 6], [6]], apply: (x, weights, bias) => tf.add(tf.matMul(x, weights), bias!) },
  'bias of a convolution': { shapes: [image, [4]], apply: (x, bias) => tf.add(x!, bias!) },
  'product with a transpose': {
    shapes: [
      [5, 7],
      [6, 7],
    ],
    apply: (a, b) => tf.matMul(a, b, false, true),
  },
  maxPool: { shapes: [image], apply: (x) => tf.maxPool(x as tf.Tensor4D, 2, 2, 'same') },
  avgPool: { shapes: [image], apply: (x) => tf.avgPool(x as tf.Tensor4D, 2, 2, 'same') },
  'upsampling nearest': {
    shapes: [image],
    apply: (x) => tf.image.resizeNearestNeighbor(x as tf.Tensor4D, [12, 12]),
  },
  batchNorm: {
    shapes: [image, [4], [4]],
    apply: (x, offset, scale) => {
      const { mean, variance } = tf.moments(x!, [0, 1, 2]);
      return tf.batchNorm(
        x!,
        mean as tf.Tensor1D,
        variance as tf.Tensor1D,
        offset as tf.Tensor1D,
        scale as tf.Tensor1D,
        1e-3,
      );
    },
  },
  relu: { shapes: [image], apply: (x) => tf.relu(x) },
  leakyRelu: { shapes: [image], apply: (x) => tf.leakyRelu(x, 0.2) },
  sigmoid: { shapes: [image], apply: (x) => tf.sigmoid(x) },
  'softmax cross-entropy': {
    shapes: [[5, 7]],
    apply: (x) =>
      tf.losses.softmaxCrossEntropy(
        tf.oneHot([0, 3, 6, 2, 2], 7),
        x!,
        undefined,
        undefined,
        tf.Reduction.NONE,
      ),
  },
  'l2 normalization': { shapes: [[5, 7]], apply: (x) => tf.div(x!, tf.norm(x!, 2, 1, true)) },
  'angle of a clipped cosine': {
    shapes: [[5, 7]],
    apply: (x) => tf.acos(tf.clipByValue(tf.mul(x!, 1.2), -0.95, 0.95)),
  },
};

/** Half the step of the differences. The inputs are further than this from every kink (0, ties, the clip). */
const STEP = 4e-3;

function inputsOf(shapes: number[][]): tf.Tensor[] {
  return shapes.map((shape, index) => {
    const { data } = valuesOf(shape, index + 1);
    const spread = data.map((value) => (Math.floor(value * 40) + 0.4) / 40);
    return tf.tensor(spread, shape, 'float32');
  });
}

/** Σ output · weights, summed in double precision. */
function weighted(output: tf.Tensor, weights: Float32Array): number {
  return (output.dataSync() as Float32Array).reduce((sum, value, index) => sum + value * weights[index]!, 0);
}

describe('gradients match central differences', () => {
  for (const [name, { shapes, apply }] of Object.entries(layers)) {
    it(name, () =>
      expectNoLeak(() =>
        tf.tidy(() => {
          const inputs = inputsOf(shapes);
          const weights = valuesOf(apply(...inputs).shape, 7).data;
          const loss = (...at: tf.Tensor[]) => {
            const output = apply(...at);
            return tf.sum(tf.mul(output, tf.tensor(weights, output.shape)));
          };
          const gradients = tf.grads(loss)(inputs);
          inputs.forEach((input, position) => {
            const direction = valuesOf(input.shape, 11).data;
            const move = (by: number) =>
              inputs.map((tensor, index) =>
                index === position ? tf.add(tensor, tf.mul(tf.tensor(direction, input.shape), by)) : tensor,
              );
            const difference =
              (weighted(apply(...move(STEP)), weights) - weighted(apply(...move(-STEP)), weights)) /
              (2 * STEP);
            const slope = weighted(gradients[position]!, direction);
            const scale = Math.sqrt(
              tf.sum(tf.square(gradients[position]!)).dataSync()[0]! * direction.length,
            );
            expect(Math.abs(slope - difference) / scale, `input ${position}`).toBeLessThan(5e-4);
          });
        }),
      ),
    );
  }
});

it('a training step leaves no tensors behind', async () => {
  const x = tf.randomUniform([8, 8, 8, 1], 0, 1, 'float32', 1) as tf.Tensor4D;
  const filter = tf.variable(tf.randomNormal([3, 3, 1, 8], 0, 0.3, 'float32', 2) as tf.Tensor4D);
  const optimizer = tf.train.adam(1e-2);
  const step = () => {
    const loss = optimizer.minimize(
      () => {
        const hidden = tf.relu(tf.conv2d(x, filter, 2, 'same')) as tf.Tensor4D;
        return tf.mean(
          tf.squaredDifference(tf.conv2dTranspose(hidden, filter, [8, 8, 8, 1], 2, 'same'), x),
        ) as tf.Scalar;
      },
      true,
      [filter],
    )!;
    const value = loss.dataSync()[0]!;
    loss.dispose();
    return value;
  };
  const first = step();
  let last = first;
  await expectNoLeak(() => {
    for (let index = 0; index < 20; index++) last = step();
  });
  expect(last).toBeLessThan(first);
  optimizer.dispose();
  tf.dispose([x, filter]);
});
