import type { Background } from '../core/background.js';
import { sizeOf } from '../core/image.js';
import { moveImage } from '../core/moveImage.js';
import { randomStream } from '../core/random.js';
import type { TrainingData } from './batches.js';

/**
 * The same data, each image moved by up to `pixels` whole pixels along each axis, anew in every epoch, over a background. The codes then
 * also hold the position of a drawing, and the encoder sees each image at many positions.
 */
export function shifted(
  data: TrainingData,
  pixels: number,
  seed: number,
  background: Background = 'black',
): TrainingData {
  if (pixels === 0) return data;
  return {
    labels: data.labels,
    images(indices, epoch) {
      const set = data.images(indices, epoch);
      const size = sizeOf(set.shape);
      const moved = new Float32Array(set.pixels.length);
      for (const [i, index] of indices.entries()) {
        const random = randomStream(seed, 'shift', epoch, index);
        const down = random.integer(2 * pixels + 1) - pixels;
        const right = random.integer(2 * pixels + 1) - pixels;
        const image = set.pixels.subarray(i * size, (i + 1) * size);
        moved.set(moveImage(image, set.shape, [down, right], background), i * size);
      }
      return { ...set, pixels: moved };
    },
  };
}
