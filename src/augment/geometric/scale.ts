import * as v from 'valibot';
import { affineWarp } from './affineWarp.js';
import { checkOptions, shareBelowOne } from './options.js';
import type { ImageTransform } from './transform.js';
import { type Fill, fillSchema } from './warp.js';

export interface ScaleOptions {
  /** Largest change of size, as a share below 1: 0.15 means 0.85 to 1.15. Default 0.15. */
  readonly amount?: number;
  /** What lies beyond the border. Default `zero`. */
  readonly fill?: Fill;
}

export const scaleSchema = v.strictObject({
  amount: v.optional(shareBelowOne, 0.15),
  fill: v.optional(fillSchema, 'zero'),
});

/**
 * Makes what an image shows larger or smaller about its centre, by a factor uniform in 1 ± `amount`.
 *
 * @throws UsageError for an option out of range
 */
export function scale(options: ScaleOptions = {}): ImageTransform {
  const checked = checkOptions('scale', scaleSchema, options);
  const { amount, fill } = checked;
  return {
    name: 'scale',
    options: checked,
    apply: (image, random) => affineWarp(image, { size: 1 + random.uniform(-amount, amount) }, fill),
  };
}
