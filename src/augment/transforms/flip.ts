import * as v from 'valibot';
import { oneWordOf, within } from '../optionSchemas.js';
import { defineTransform } from './transform.js';

export interface FlipOptions {
  /** `horizontal` swaps left and right, `vertical` top and bottom. Default `horizontal`. */
  readonly axis?: 'horizontal' | 'vertical';
  /** Chance that an image is mirrored, in [0, 1]. Default 0.5. */
  readonly probability?: number;
}

/**
 * Mirrors an image, or leaves it.
 *
 * ```ts
 * images$.pipe(geometric(flip({ axis: 'vertical' }), { seed: 7 }));
 * ```
 *
 * @throws UsageError for an option out of range
 */
export const flip = defineTransform<FlipOptions>(
  'flip',
  {
    axis: v.optional(oneWordOf(['horizontal', 'vertical']), 'horizontal'),
    probability: v.optional(within(0, 1), 0.5),
  },
  ({ pixels, shape }, random, { axis, probability }) => {
    if (random.uniform() < 1 - probability) return pixels.slice();
    const [height, width, channels] = shape;
    const result = new Float32Array(pixels.length);
    for (let row = 0; row < height; row++) {
      const fromRow = axis === 'vertical' ? height - 1 - row : row;
      for (let column = 0; column < width; column++) {
        const fromColumn = axis === 'horizontal' ? width - 1 - column : column;
        const to = (row * width + column) * channels;
        const from = (fromRow * width + fromColumn) * channels;
        for (let channel = 0; channel < channels; channel++) result[to + channel] = pixels[from + channel]!;
      }
    }
    return result;
  },
);
