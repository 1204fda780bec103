import * as tf from '@tensorflow/tfjs';
import { batches, batchSize, microsecondsPerImage } from '../cases/stream-overhead.mjs';
import { noise } from '../timing.mjs';

/** Nothing but decode calls: what the same images cost someone who writes the loop by hand. */
export default {
  async setup(load) {
    const { loadModel, normalize } = await load();
    const model = await loadModel('mnist-plain');
    const { latentSize } = model;
    const codes = tf.tidy(() =>
      normalize(tf.tensor2d(noise(batchSize * latentSize), [batchSize, latentSize]).sub(0.5)),
    );
    return {
      weights: [...model.weights.values()].reduce((sum, weight) => sum + weight.size, 0),
      round: () =>
        microsecondsPerImage(async () => {
          for (let batch = 0; batch < batches; batch++) {
            const images = model.decode(codes);
            await images.data();
            images.dispose();
          }
        }),
    };
  },
};
