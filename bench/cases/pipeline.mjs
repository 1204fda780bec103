import * as tf from '@tensorflow/tfjs';
import { milliseconds, noise } from '../timing.mjs';

const [batchSize, batches] = [256, 4];

export default {
  title: `pairs of 28×28 images to a new one: encode both, slerp, decode, in batches of ${batchSize}`,
  unit: 'images/s',
  better: 'higher',
  peers: { pytorch: 'pipeline.py' },
  async setup(load) {
    const { convolutionalAutoencoder, mnistArchitecture, slerp } = await load();
    const autoencoder = convolutionalAutoencoder(mnistArchitecture, 1);
    const pixels = noise(2 * batchSize * 28 * 28);
    const first = tf.tensor4d(pixels.subarray(0, batchSize * 28 * 28), [batchSize, 28, 28, 1]);
    const second = tf.tensor4d(pixels.subarray(batchSize * 28 * 28), [batchSize, 28, 28, 1]);
    const omega = tf.tensor1d(noise(batchSize));
    const interpolate = () =>
      tf.tidy(() => autoencoder.decode(slerp(autoencoder.encode(first), autoencoder.encode(second), omega)));
    return {
      weights: [...autoencoder.weights.values()].reduce((sum, weight) => sum + weight.size, 0),
      async round() {
        const ms = await milliseconds(async () => {
          for (let batch = 0; batch < batches; batch++) {
            const images = interpolate();
            await images.data();
            images.dispose();
          }
        });
        return (batches * batchSize * 1000) / ms;
      },
    };
  },
};
