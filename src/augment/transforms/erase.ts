import * as v from 'valibot';
import { intervalWithin, oneWordOf, within } from '../optionSchemas.js';
import { defineTransform } from './transform.js';

export interface EraseOptions {
  /** Chance that an image loses a rectangle, in [0, 1]. Default 0.5. */
  readonly probability?: number;
  /** Least and largest area of the rectangle, as shares of the image in [0, 1]. Default [0.02, 0.4]. */
  readonly area?: readonly [number, number];
  /** Least and largest height over width of the rectangle, 0.01 to 100. Default [0.3, 1 / 0.3]. */
  readonly aspect?: readonly [number, number];
  /** Filling of the rectangle: uniform `noise` for each value, or `zero`. Default `noise`. */
  readonly fill?: 'noise' | 'zero';
}

/** Rectangles tried before an image is left whole: long ones of a large area may not fit. */
const TRIES = 100;

/**
 * Erases a rectangle at a random position. After Zhong et al., Random Erasing Data Augmentation, AAAI 2020, algorithm 1,
 * with the paper's defaults.
 *
 * ```ts
 * images$.pipe(geometric(erase({ area: [0.02, 0.2] }), { seed: 7 }));
 * ```
 *
 * @throws UsageError for an option out of range
 */
export const erase = defineTransform<EraseOptions>(
  'erase',
  {
    probability: v.optional(within(0, 1), 0.5),
    area: v.optional(intervalWithin(0, 1), [0.02, 0.4]),
    aspect: v.optional(intervalWithin(0.01, 100), [0.3, 1 / 0.3]),
    fill: v.optional(oneWordOf(['noise', 'zero']), 'noise'),
  },
  ({ pixels, shape }, random, { probability, area, aspect, fill }) => {
    const result = pixels.slice();
    if (random.uniform() < 1 - probability) return result;
    const [height, width, channels] = shape;
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const size = random.uniform(...area) * height * width;
      const ratio = random.uniform(...aspect);
      const tall = Math.round(Math.sqrt(size * ratio));
      const wide = Math.round(Math.sqrt(size / ratio));
      if (tall > height || wide > width) continue;
      const top = random.integer(height - tall + 1);
      const left = random.integer(width - wide + 1);
      for (let row = top; row < top + tall; row++) {
        const start = (row * width + left) * channels;
        for (let at = start; at < start + wide * channels; at++) {
          result[at] = fill === 'noise' ? random.uniform() : 0;
        }
      }
      break;
    }
    return result;
  },
);
