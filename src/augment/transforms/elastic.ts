import * as v from 'valibot';
import { copied, sharedWorkspace, type Workspace } from '../../core/loops/workspace.js';
import { drawUniform, type RandomStream, STATE } from '../../core/random.js';
import { within } from '../optionSchemas.js';
import { displacing } from './loops/displacing.js';
import { smooth } from './smooth.js';
import { defineTransform } from './transform.js';
import { type Fill, fillSchema, warp } from './warp.js';

export interface ElasticOptions {
  /**
   * Strength of the distortion: the random displacements before they are smoothed reach this far, in pixels, 0 to
   * 10000. Smoothed ones are about 0.16 · alpha / sigma long (standard deviation along each axis). Default 34.
   */
  readonly alpha?: number;
  /** Standard deviation of the Gaussian that smooths the displacements, in pixels, 0.5 to 100. Default 4. */
  readonly sigma?: number;
  /** Pixels beyond the border. Default `zero`. */
  readonly fill?: Fill;
}

/**
 * Distorts an image as if it were drawn on rubber: every pixel moves by a random displacement, smoothed by a Gaussian so
 * that neighbors move together. The defaults are those of the source for digits of 28×28 pixels. After Simard,
 * Steinkraus and Platt, Best Practices for Convolutional Neural Networks, ICDAR 2003, section 2.
 *
 * ```ts
 * images$.pipe(geometric(elastic({ alpha: 34, sigma: 4 }), { seed: 7 }));
 * ```
 *
 * @throws UsageError for an option out of range
 */
export const elastic = defineTransform<ElasticOptions>(
  'elastic',
  {
    alpha: v.optional(within(0, 10_000), 34),
    sigma: v.optional(within(0.5, 100), 4),
    fill: v.optional(fillSchema, 'zero'),
  },
  (image, random, { alpha, sigma, fill }) => {
    const [height, width] = image.shape;
    // Both displacements of a pixel side by side, down and right, so that they are smoothed as two channels.
    const raw = displacements(random, height * width, alpha);
    const moves = smooth(raw, [height, width, 2], sigma);
    return warp(image, fill, { origin: [0, 0], down: [1, 0], across: [0, 1], middle: [0, 0], moves });
  },
);

/** Displacements down and right of so many pixels, two of each random number. They take the place of the numbers. */
export function displacements(
  random: RandomStream,
  count: number,
  alpha: number,
  workspace?: Workspace,
): Float32Array {
  const numbers = 2 * STATE;
  const length = numbers / 4 + 2 * count;
  const space = workspace ?? sharedWorkspace(length);
  const floats = space.floats(length);
  new Float64Array(floats.buffer, 0, 2).fill(alpha);
  drawUniform(random, count, numbers, space);
  space.run(displacing, numbers, numbers, count, 0);
  return copied(floats, numbers / 4, 2 * count);
}
