import * as tf from '@tensorflow/tfjs';
import { milliseconds, noise } from '../timing.mjs';

const [batchSize, steps] = [32, 10];

export default {
  title: `a training step of the standard CNN, batch ${batchSize}, 28×28, gradients and Adam`,
  unit: 'ms',
  better: 'lower',
  peers: { pytorch: 'cnn_fit.py' },
  async setup(load) {
    const { createCnn } = await load();
    const cnn = createCnn({ preset: 'standard', shape: [28, 28, 1], classes: 10, seed: 1 });
    const pixels = noise(batchSize * 28 * 28);
    const labels = Int32Array.from({ length: batchSize }, (_, i) => i % 10);
    function* batches() {
      for (;;) {
        const xs = tf.tensor4d(pixels, [batchSize, 28, 28, 1]);
        const ys = tf.tidy(() => tf.cast(tf.oneHot(labels, 10), 'float32'));
        yield { xs, ys, dispose: () => tf.dispose([xs, ys]) };
      }
    }
    return {
      weights: cnn.parameters,
      round: async () => (await milliseconds(() => cnn.fit(batches(), { steps }))) / steps,
    };
  },
};
