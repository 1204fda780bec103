import * as v from 'valibot';
import { within } from '../optionSchemas.js';
import { defineTransform } from './transform.js';

const amount = v.optional(within(0, 1), 0.2);

export interface BrightnessOptions {
  /** Largest change of the factor either way, 0 to 1. Default 0.2. */
  readonly amount?: number;
}

/**
 * Multiplies every value by one factor, uniform in 1 ± `amount`; results are clipped to [0, 1].
 *
 * ```ts
 * images$.pipe(geometric(brightness({ amount: 0.2 }), { seed: 7 }));
 * ```
 *
 * @throws UsageError for an option out of range
 */
export const brightness = defineTransform<BrightnessOptions>(
  'brightness',
  { amount },
  ({ pixels }, random, { amount }) => {
    const factor = 1 + random.uniform(-amount, amount);
    return pixels.map((value) => clipped(value * factor));
  },
);

export interface ContrastOptions {
  /** Largest change of the factor either way, 0 to 1. Default 0.2. */
  readonly amount?: number;
}

/**
 * Multiplies every value's distance from the image's mean by one factor, uniform in 1 ± `amount`; results are clipped to
 * [0, 1].
 *
 * ```ts
 * images$.pipe(geometric(contrast({ amount: 0.2 }), { seed: 7 }));
 * ```
 *
 * @throws UsageError for an option out of range
 */
export const contrast = defineTransform<ContrastOptions>(
  'contrast',
  { amount },
  ({ pixels }, random, { amount }) => {
    const factor = 1 + random.uniform(-amount, amount);
    let sum = 0;
    for (let i = 0; i < pixels.length; i++) sum += pixels[i]!;
    // In this form the factor 1 gives the values back unchanged.
    const offset = (1 - factor) * (sum / pixels.length);
    return pixels.map((value) => clipped(value * factor + offset));
  },
);

export interface NoiseOptions {
  /** Standard deviation of what is added to each value, 0 to 1. Default 0.05. */
  readonly deviation?: number;
}

/**
 * Adds Gaussian noise of mean 0, drawn for each value on its own; results are clipped to [0, 1].
 *
 * ```ts
 * images$.pipe(geometric(noise({ deviation: 0.1 }), { seed: 7 }));
 * ```
 *
 * @throws UsageError for an option out of range
 */
export const noise = defineTransform<NoiseOptions>(
  'noise',
  { deviation: v.optional(within(0, 1), 0.05) },
  ({ pixels }, random, { deviation }) => {
    const result = new Float32Array(pixels.length);
    // Box and Muller make two normal numbers of two uniform ones; a stream's own `normal` throws the second away.
    for (let i = 0; i < pixels.length; i += 2) {
      const radius = deviation * Math.sqrt(-2 * Math.log(1 - random.uniform()));
      const angle = 2 * Math.PI * random.uniform();
      result[i] = clipped(pixels[i]! + radius * Math.cos(angle));
      if (i + 1 < pixels.length) result[i + 1] = clipped(pixels[i + 1]! + radius * Math.sin(angle));
    }
    return result;
  },
);

const clipped = (value: number) => Math.min(1, Math.max(0, value));
