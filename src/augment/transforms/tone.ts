import * as v from 'valibot';
import { checkOptions, type ImageTransform, within } from './transform.js';

export interface BrightnessOptions {
  /** Largest change of the factor either way, 0 to 1. Default 0.2. */
  readonly amount?: number;
}

export const brightnessSchema = v.strictObject({ amount: v.optional(within(0, 1), 0.2) });

/**
 * Multiplies every value by one factor, uniform in 1 ± `amount`; results stay in [0, 1].
 *
 * @throws UsageError for an option out of range
 */
export function brightness(options: BrightnessOptions = {}): ImageTransform {
  const checked = checkOptions('brightness', brightnessSchema, options);
  const { amount } = checked;
  return {
    name: 'brightness',
    options: checked,
    apply({ pixels }, random) {
      const factor = 1 + random.uniform(-amount, amount);
      return pixels.map((value) => Math.min(1, Math.max(0, value * factor)));
    },
  };
}

export interface ContrastOptions {
  /** Largest change of the factor either way, 0 to 1. Default 0.2. */
  readonly amount?: number;
}

export const contrastSchema = v.strictObject({ amount: v.optional(within(0, 1), 0.2) });

/**
 * Multiplies every value's distance from the image's mean by one factor, uniform in 1 ± `amount`; results stay in
 * [0, 1].
 *
 * @throws UsageError for an option out of range
 */
export function contrast(options: ContrastOptions = {}): ImageTransform {
  const checked = checkOptions('contrast', contrastSchema, options);
  const { amount } = checked;
  return {
    name: 'contrast',
    options: checked,
    apply({ pixels }, random) {
      const factor = 1 + random.uniform(-amount, amount);
      let sum = 0;
      for (let i = 0; i < pixels.length; i++) sum += pixels[i]!;
      // Written so that the factor 1 gives the values back unchanged.
      const offset = (1 - factor) * (sum / pixels.length);
      return pixels.map((value) => Math.min(1, Math.max(0, value * factor + offset)));
    },
  };
}
