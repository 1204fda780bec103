import * as v from 'valibot';
import { intervalWithin } from '../optionSchemas.js';
import { smooth } from './smooth.js';
import { defineTransform } from './transform.js';

export interface BlurOptions {
  /** Least and largest standard deviation of the Gaussian, in pixels, 0 to 100. Default [0.3, 1]. */
  readonly sigma?: readonly [number, number];
}

/**
 * Blurs an image by a Gaussian whose standard deviation is uniform between its limits. Beyond the border the image is
 * mirrored, which keeps its mean.
 *
 * ```ts
 * images$.pipe(geometric(blur({ sigma: [0.5, 1.5] }), { seed: 7 }));
 * ```
 *
 * @throws UsageError for an option out of range
 */
export const blur = defineTransform<BlurOptions>(
  'blur',
  { sigma: v.optional(intervalWithin(0, 100), [0.3, 1]) },
  ({ pixels, shape }, random, { sigma }) => smooth(pixels, shape, random.uniform(...sigma)),
);
