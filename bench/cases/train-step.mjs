import { milliseconds, noise } from '../timing.mjs';

const [batchSize, steps] = [128, 6];

export default {
  title: `a training step of the ATNL autoencoder, batch ${batchSize}, 28×28, gradients and Adam`,
  unit: 'ms',
  better: 'lower',
  peers: { pytorch: 'train_step.py' },
  async setup(load) {
    const { atnl, convolutionalAutoencoder, fitAutoencoder, mnistArchitecture } = await load();
    const autoencoder = convolutionalAutoencoder(mnistArchitecture, 1);
    const size = 28 * 28;
    const pixels = noise(steps * batchSize * size);
    const labels = Int32Array.from({ length: steps * batchSize }, (_, i) => i % 10);
    const data = {
      labels,
      images(indices) {
        const chosen = new Float32Array(indices.length * size);
        indices.forEach((index, i) => {
          chosen.set(pixels.subarray(index * size, (index + 1) * size), i * size);
        });
        return { pixels: chosen, labels: indices.map((index) => labels[index]), shape: [28, 28, 1] };
      },
    };
    return {
      weights: [...autoencoder.weights.values()].reduce((sum, weight) => sum + weight.size, 0),
      round: async () =>
        (await milliseconds(() =>
          fitAutoencoder(autoencoder, atnl(), data, { epochs: 1, batchSize, seed: 1 }),
        )) / steps,
    };
  },
};
