import * as v from 'valibot';
import { moveImage } from '../../core/moveImage.js';
import { wholeWithin } from '../optionSchemas.js';
import { defineTransform } from './transform.js';
import { backgroundOf, type Fill, fillSchema } from './warp.js';

export interface CropOptions {
  /** Pixels put around the image before the window is cut out, 0 to 1000. Default 2. */
  readonly margin?: number;
  /** Color of those pixels. Default `zero`. */
  readonly fill?: Fill;
}

/**
 * Pads by `margin` pixels and cuts a window of the old size out at random: a shift by up to `margin` pixels.
 *
 * ```ts
 * images$.pipe(geometric(crop({ margin: 4 }), { seed: 7 }));
 * ```
 *
 * @throws UsageError for an option out of range
 */
export const crop = defineTransform<CropOptions>(
  'crop',
  { margin: v.optional(wholeWithin(0, 1000), 2), fill: v.optional(fillSchema, 'zero') },
  (image, random, { margin, fill }) => {
    const down = random.integer(2 * margin + 1) - margin;
    const right = random.integer(2 * margin + 1) - margin;
    return moveImage(image.pixels, image.shape, [down, right], backgroundOf(fill));
  },
);
