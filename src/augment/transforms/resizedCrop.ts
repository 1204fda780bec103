import * as v from 'valibot';
import { within } from '../optionSchemas.js';
import { defineTransform } from './transform.js';
import { warp } from './warp.js';

export interface ResizedCropOptions {
  /** Least share of the image's area that the window has, in (0, 1]; the most is all of it. Default 0.5. */
  readonly area?: number;
  /** Most by which the window is wider or higher than the image in proportion, as a factor of 1 to 4. Default 4/3. */
  readonly aspect?: number;
}

/**
 * Cuts a window out at random and resizes it to the whole: a look from nearer by. Its share of the area is uniform, and its
 * proportions are uniform on a logarithmic scale (`RandomResizedCrop` of torchvision). Nothing from beyond the border comes in.
 *
 * ```ts
 * images$.pipe(geometric(resizedCrop({ area: 0.4 }), { seed: 7 }));
 * ```
 *
 * @throws UsageError for an option out of range
 */
export const resizedCrop = defineTransform<ResizedCropOptions>(
  'resizedCrop',
  { area: v.optional(within(0.01, 1), 0.5), aspect: v.optional(within(1, 4), 4 / 3) },
  (image, random, { area, aspect }) => {
    const [height, width] = image.shape;
    const share = random.uniform(area, 1);
    const stretch = Math.exp(random.uniform(-1, 1) * Math.log(aspect));
    const [rowsShare, columnsShare] = [
      Math.min(1, Math.sqrt(share / stretch)),
      Math.min(1, Math.sqrt(share * stretch)),
    ];
    const top = random.uniform() * (1 - rowsShare) * height;
    const left = random.uniform() * (1 - columnsShare) * width;
    // Centers of pixels lie at halves. What lies beyond the outermost centers has their color.
    return warp(image, 'edge', {
      origin: [top - 0.5, left - 0.5],
      down: [rowsShare, 0],
      across: [0, columnsShare],
      middle: [-0.5, -0.5],
    });
  },
);
