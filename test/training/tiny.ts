import { type ImageSet, type ImageShape, select, sizeOf } from '../../src/core/image.js';
import { randomStream } from '../../src/core/random.js';
import type { Autoencoder } from '../../src/models/architecture.js';
import { convolutionalAutoencoder } from '../../src/models/convolutional.js';
import { readWeights } from '../../src/models/model.js';
import type { TrainingData } from '../../src/training/batches.js';
import { tinyArchitecture } from '../models/tiny.js';

/** Images of three classes: a bright row at a height that tells the class, and noise. */
export function tinyImages(count: number, shape: ImageShape = tinyArchitecture.imageShape): ImageSet {
  const [height, width, channels] = shape;
  const size = sizeOf(shape);
  const pixels = new Float32Array(count * size);
  const labels = Int32Array.from({ length: count }, (_, i) => i % 3);
  for (let i = 0; i < count; i++) {
    const random = randomStream('image', i);
    const row = Math.floor(((labels[i]! + 0.5) * height) / 3);
    for (let j = 0; j < size; j++) {
      const bright = Math.floor(j / (width * channels)) === row;
      pixels[i * size + j] = (bright ? 0.7 : 0) + 0.3 * random.uniform();
    }
  }
  return { pixels, shape, labels, classes: ['top', 'middle', 'bottom'] };
}

/** A set as training data, the same in each epoch. */
export function dataOf(set: ImageSet): TrainingData {
  return { labels: set.labels, images: (indices) => select(set, indices) };
}

export const tinyAutoencoder = (seed = 1): Autoencoder => convolutionalAutoencoder(tinyArchitecture, seed);

/** A copy of the weights. */
export function weightsOf(autoencoder: Autoencoder): Record<string, Float32Array> {
  return Object.fromEntries(
    [...readWeights(autoencoder)].map(([name, { values }]) => [name, values.slice()]),
  );
}
