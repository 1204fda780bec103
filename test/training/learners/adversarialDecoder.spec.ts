import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { randomStream } from '../../../src/core/random.js';
import { convolutionalAutoencoder } from '../../../src/models/convolutional.js';
import type { TrainingData } from '../../../src/training/batches.js';
import { fitAutoencoder } from '../../../src/training/fitAutoencoder.js';
import { adversarialDecoder } from '../../../src/training/learners/adversarialDecoder.js';
import { onWasm, tinyArchitecture } from '../../models/tiny.js';

onWasm();

const shape = [8, 8, 1] as const;
const architecture = { ...tinyArchitecture, imageShape: [...shape] as [number, number, number] };

/** Images of two classes: a dot at one of four places in the upper or the lower half, of which codes need not tell which. */
const dots: TrainingData = {
  labels: Int32Array.from({ length: 64 }, (_, i) => i % 2),
  images(indices) {
    const pixels = new Float32Array(indices.length * 64);
    for (const [at, i] of Array.from(indices).entries()) {
      const place = randomStream('dots', i).integer(4);
      for (const [y, x] of [
        [0, 0],
        [0, 1],
        [1, 0],
        [1, 1],
      ] as const) {
        pixels[at * 64 + ((i % 2) * 4 + 1 + y) * 8 + 2 * place + x] = 1;
      }
    }
    return { pixels, shape, labels: Int32Array.from(indices, (i) => i % 2), classes: [0, 1] };
  },
};

/** How gray drawings are after training: p · (1 − p), summed over the pixels of one. */
async function grayness(critic: number): Promise<number> {
  const autoencoder = convolutionalAutoencoder(architecture, 3);
  await fitAutoencoder(autoencoder, adversarialDecoder({ critic, cycle: 0 }), dots, {
    ...{ epochs: 60, batchSize: 32, learningRate: 0.01, seed: 1 },
  });
  const gray = tf.tidy(() => {
    const { pixels } = dots.images(
      Int32Array.from({ length: 32 }, (_, i) => i),
      0,
    );
    const drawn = autoencoder.decode(autoencoder.encode(tf.tensor4d(pixels, [32, ...shape])));
    return drawn.mul(tf.sub(1, drawn)).sum().div(32).dataSync()[0]!;
  });
  autoencoder.dispose();
  return gray;
}

it('draws less gray than squared errors alone', async () => {
  expect(await grayness(20)).toBeLessThan(0.85 * (await grayness(0)));
});
