import { type ImageSet, sizeOf } from '../core/image.js';
import { randomStream } from '../core/random.js';
import type { TrainingData } from './fitAutoencoder.js';

/** Copies an image moved by whole pixels; pixels from outside are 0. */
function shiftInto(
  target: Float32Array,
  source: Float32Array,
  set: ImageSet,
  down: number,
  right: number,
): void {
  const [height, width, channels] = set.shape;
  const length = (width - Math.abs(right)) * channels;
  if (length <= 0) return;
  for (let row = Math.max(0, down); row < Math.min(height, height + down); row++) {
    const from = ((row - down) * width + Math.max(0, -right)) * channels;
    target.set(source.subarray(from, from + length), (row * width + Math.max(0, right)) * channels);
  }
}

/**
 * The same data, each image moved by up to `pixels` whole pixels along each axis, anew in every epoch. The codes then
 * also hold the position of a drawing, and the encoder sees each image at many positions.
 */
export function shifted(data: TrainingData, pixels: number, seed: number): TrainingData {
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
        shiftInto(
          moved.subarray(i * size, (i + 1) * size),
          set.pixels.subarray(i * size, (i + 1) * size),
          set,
          down,
          right,
        );
      }
      return { ...set, pixels: moved };
    },
  };
}
