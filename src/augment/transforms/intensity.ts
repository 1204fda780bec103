import * as v from 'valibot';
import { copied, sharedWorkspace, type Workspace } from '../../core/loops/workspace.js';
import { drawUniform, type RandomStream, STATE } from '../../core/random.js';
import { within } from '../optionSchemas.js';
import { noising } from './loops/noising.js';
import { scaling } from './loops/scaling.js';
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
    return scaled(pixels, factor, 0);
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
    // In this form the factor 1 gives the values back unchanged.
    return scaled(pixels, factor, (1 - factor) * (sumOf(pixels) / pixels.length));
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
  ({ pixels }, random, { deviation }) => noisy(pixels, random, deviation),
);

/** Every value plus a normal number, clipped. Two are made of two uniform numbers, so that an odd number of values wastes one. */
export function noisy(
  pixels: Float32Array,
  random: RandomStream,
  deviation: number,
  workspace?: Workspace,
): Float32Array {
  const groups = Math.ceil(pixels.length / 4);
  const numbers = 2 * STATE;
  const values = numbers + 8 * 4 * groups;
  const length = values / 4 + 4 * groups;
  const space = workspace ?? sharedWorkspace(length);
  const floats = space.floats(length);
  new Float64Array(floats.buffer, 0, 2).fill(deviation);
  new Float64Array(floats.buffer, numbers, 4 * groups).fill(0, 4 * (groups - 1));
  drawUniform(random, 2 * Math.ceil(pixels.length / 2), numbers, space);
  floats.set(pixels, values / 4);
  space.run(noising, numbers, values, groups, 0);
  return copied(floats, values / 4, pixels.length);
}

/** Every value · factor + offset, clipped. */
export function scaled(
  pixels: Float32Array,
  factor: number,
  offset: number,
  workspace?: Workspace,
): Float32Array {
  const start = 8;
  const groups = Math.ceil(pixels.length / 4);
  const length = start + 4 * groups;
  const { floats, run } = workspace ?? sharedWorkspace(length);
  const space = floats(length);
  new Float64Array(space.buffer, 0, 4).set([factor, factor, offset, offset]);
  space.set(pixels, start);
  run(scaling, 4 * start, groups, 0);
  return copied(space, start, pixels.length);
}

/** Two sums run side by side, so that an addition need not wait for the one before. */
function sumOf(pixels: Float32Array): number {
  let [even, odd] = [0, 0];
  for (let i = 0; i + 1 < pixels.length; i += 2) {
    even += pixels[i]!;
    odd += pixels[i + 1]!;
  }
  return even + odd + (pixels.length % 2 === 1 ? pixels[pixels.length - 1]! : 0);
}
