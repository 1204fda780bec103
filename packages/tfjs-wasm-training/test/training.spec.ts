import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { startCpu, startWasm, valuesOf } from './backends.js';

/** Trains a small CNN from fixed weights on the current backend, and returns the loss of each epoch. */
async function lossesOfFit(): Promise<number[]> {
  const normal = (seed: number) => tf.initializers.randomNormal({ stddev: 0.3, seed });
  const model = tf.sequential({
    layers: [
      tf.layers.conv2d({
        inputShape: [8, 8, 1],
        filters: 4,
        kernelSize: 3,
        padding: 'same',
        activation: 'relu',
        kernelInitializer: normal(1),
      }),
      tf.layers.batchNormalization(),
      tf.layers.maxPooling2d({ poolSize: 2 }),
      tf.layers.conv2d({ filters: 6, kernelSize: 3, strides: 2, kernelInitializer: normal(2) }),
      tf.layers.leakyReLU(),
      tf.layers.flatten(),
      tf.layers.dense({ units: 3, activation: 'softmax', kernelInitializer: normal(3) }),
    ],
  });
  model.compile({ optimizer: tf.train.adam(1e-2), loss: 'categoricalCrossentropy' });
  const count = 24;
  const images = tf.tensor(valuesOf([count, 8, 8, 1]).data, [count, 8, 8, 1]);
  const classes = Array.from({ length: count }, (_, index) => index % 3);
  const labels = tf.tidy(() => tf.cast(tf.oneHot(tf.tensor1d(classes, 'int32'), 3), 'float32'));
  const { history } = await model.fit(images, labels, {
    epochs: 5,
    batchSize: 8,
    shuffle: false,
    verbose: 0,
  });
  model.dispose();
  tf.dispose([images, labels]);
  return history.loss as number[];
}

it.each(['fma', 'plain'] as const)(
  'tf.sequential trains on wasm with the same losses as on cpu (%s)',
  async (arithmetic) => {
    await startCpu();
    const expected = await lossesOfFit();
    await startWasm(arithmetic);
    const losses = await lossesOfFit();
    expect(losses).toHaveLength(5);
    expect(losses.at(-1)!).toBeLessThan(losses[0]!);
    for (const [epoch, loss] of losses.entries()) {
      expect(Math.abs(loss - expected[epoch]!), `epoch ${epoch}`).toBeLessThan(1e-4);
    }
  },
);
