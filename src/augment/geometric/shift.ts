import * as v from 'valibot';
import { affineWarp } from './affineWarp.js';
import { checkOptions, within } from './options.js';
import type { ImageTransform } from './transform.js';
import { type Fill, fillSchema } from './warp.js';

export interface ShiftOptions {
  /** Largest shift either way along each axis, as a share of the side, 0 to 1. Default 0.1. */
  readonly amount?: number;
  /** What lies beyond the border. Default `zero`. */
  readonly fill?: Fill;
}

export const shiftSchema = v.strictObject({
  amount: v.optional(within(0, 1), 0.1),
  fill: v.optional(fillSchema, 'zero'),
});

/**
 * Moves an image down and sideways, each by an amount uniform within its limit; shifts need not be whole pixels.
 *
 * @throws UsageError for an option out of range
 */
export function shift(options: ShiftOptions = {}): ImageTransform {
  const checked = checkOptions('shift', shiftSchema, options);
  const { amount, fill } = checked;
  return {
    name: 'shift',
    options: checked,
    apply(image, random) {
      const [height, width] = image.shape;
      const down = random.uniform(-amount, amount) * height;
      const right = random.uniform(-amount, amount) * width;
      return affineWarp(image, { down, right }, fill);
    },
  };
}
