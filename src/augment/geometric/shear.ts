import * as v from 'valibot';
import { affineWarp } from './affineWarp.js';
import { checkOptions, within } from './options.js';
import type { ImageTransform } from './transform.js';
import { type Fill, fillSchema } from './warp.js';

export interface ShearOptions {
  /** Largest shear either way, as pixels sideways per pixel down, 0 to 10. Default 0.2. */
  readonly amount?: number;
  /** What lies beyond the border. Default `zero`. */
  readonly fill?: Fill;
}

export const shearSchema = v.strictObject({
  amount: v.optional(within(0, 10), 0.2),
  fill: v.optional(fillSchema, 'zero'),
});

/**
 * Slants an image sideways about its centre, by an amount uniform within its limit.
 *
 * @throws UsageError for an option out of range
 */
export function shear(options: ShearOptions = {}): ImageTransform {
  const checked = checkOptions('shear', shearSchema, options);
  const { amount, fill } = checked;
  return {
    name: 'shear',
    options: checked,
    apply: (image, random) => affineWarp(image, { slant: random.uniform(-amount, amount) }, fill),
  };
}
