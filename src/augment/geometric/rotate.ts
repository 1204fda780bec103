import * as v from 'valibot';
import { affineWarp } from './affineWarp.js';
import { checkOptions, within } from './options.js';
import type { ImageTransform } from './transform.js';
import { type Fill, fillSchema } from './warp.js';

export interface RotateOptions {
  /** Largest turn either way, in degrees, 0 to 180. Default 15. */
  readonly degrees?: number;
  /** What lies beyond the border. Default `zero`. */
  readonly fill?: Fill;
}

export const rotateSchema = v.strictObject({
  degrees: v.optional(within(0, 180), 15),
  fill: v.optional(fillSchema, 'zero'),
});

/**
 * Turns an image about its centre by an angle uniform within its limit.
 *
 * @throws UsageError for an option out of range
 */
export function rotate(options: RotateOptions = {}): ImageTransform {
  const checked = checkOptions('rotate', rotateSchema, options);
  const { degrees, fill } = checked;
  return {
    name: 'rotate',
    options: checked,
    apply: (image, random) => affineWarp(image, { degrees: random.uniform(-degrees, degrees) }, fill),
  };
}
