import * as tf from '@tensorflow/tfjs';
import { milliseconds, noise } from '../timing.mjs';

const [batchSize, batches] = [256, 8];

export default {
  title: `codes to 28×28 images, in batches of ${batchSize}`,
  unit: 'images/s',
  better: 'higher',
  peers: { pytorch: 'decode.py' },
  async setup(load) {
    const { convolutionalAutoencoder, mnistArchitecture, normalize } = await load();
    const autoencoder = convolutionalAutoencoder(mnistArchitecture, 1);
    const codes = tf.tidy(() => normalize(tf.tensor2d(noise(batchSize * 32), [batchSize, 32]).sub(0.5)));
    return {
      weights: [...autoencoder.weights.values()].reduce((sum, weight) => sum + weight.size, 0),
      async round() {
        const ms = await milliseconds(async () => {
          for (let batch = 0; batch < batches; batch++) {
            const images = autoencoder.decode(codes);
            await images.data();
            images.dispose();
          }
        });
        return (batches * batchSize * 1000) / ms;
      },
    };
  },
};
