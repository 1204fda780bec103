import * as v from 'valibot';
import { smooth } from './smooth.js';
import { checkOptions, type ImageTransform, intervalWithin } from './transform.js';

export interface BlurOptions {
  /** Least and largest standard deviation of the Gaussian, in pixels, 0 to 100. Default [0.3, 1]. */
  readonly sigma?: readonly [number, number];
}

export const blurSchema = v.strictObject({ sigma: v.optional(intervalWithin(0, 100), [0.3, 1]) });

/**
 * Blurs an image by a Gaussian whose standard deviation is uniform between its limits. Beyond the border the image is
 * mirrored, so that its mean stays as it is.
 *
 * @throws UsageError for an option out of range
 */
export function blur(options: BlurOptions = {}): ImageTransform {
  const checked = checkOptions('blur', blurSchema, options);
  const [least, largest] = checked.sigma;
  return {
    name: 'blur',
    options: checked,
    apply: ({ pixels, shape }, random) => smooth(pixels, shape, random.uniform(least, largest)),
  };
}
