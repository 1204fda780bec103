import * as v from 'valibot';
import { wholeWithin } from '../optionSchemas.js';
import { defineTransform } from './transform.js';

export interface CropOptions {
  /** Black pixels put around the image before the window is cut out, 0 to 1000. Default 2. */
  readonly margin?: number;
}

/**
 * Pads by `margin` black pixels and cuts a window of the old size out at random: a shift by up to `margin` pixels.
 *
 * ```ts
 * images$.pipe(geometric(crop({ margin: 4 }), { seed: 7 }));
 * ```
 *
 * @throws UsageError for an option out of range
 */
export const crop = defineTransform<CropOptions>(
  'crop',
  { margin: v.optional(wholeWithin(0, 1000), 2) },
  ({ pixels, shape }, random, { margin }) => {
    const [height, width, channels] = shape;
    const down = random.integer(2 * margin + 1) - margin;
    const right = random.integer(2 * margin + 1) - margin;
    const result = new Float32Array(pixels.length);
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        const [fromRow, fromColumn] = [row - down, column - right];
        if (fromRow < 0 || fromRow >= height || fromColumn < 0 || fromColumn >= width) continue;
        for (let channel = 0; channel < channels; channel++) {
          result[(row * width + column) * channels + channel] =
            pixels[(fromRow * width + fromColumn) * channels + channel]!;
        }
      }
    }
    return result;
  },
);
