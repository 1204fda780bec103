import { checkCount } from '../src/core/checks.js';
import { UsageError } from '../src/core/errors.js';
import { sizeOf } from '../src/core/image.js';
import {
  evenOmegas,
  type InterpolationPath,
  imagePairs,
  interpolate,
} from '../src/evaluate/interpolation/latentInterpolation.js';
import type { Model } from '../src/models/model.js';
import { type LineInterpolationScores, scoreLineInterpolations } from './lineInterpolation.js';
import { LINE_IMAGE_SIDE, renderLines } from './lines.js';

export interface InterpolationOnLinesOptions {
  /** Pairs of lines. Default: 256, as in the paper. */
  readonly pairs?: number;
  /** Images of each interpolation, ends included, at least 2. Default: 16, as in the paper. */
  readonly steps?: number;
  /** Seed of the lines. */
  readonly seed: number;
}

/** Lines to judge by are rendered with seeds from here on, and so are none of those that a model learnt from. */
const FIRST_SEED = 1_000_000;

/**
 * How well a model interpolates between images of lines: Mean Distance and Smoothness of Berthelot et al.,
 * *Understanding and Improving Interpolation in Autoencoders via an Adversarial Regularizer* (arXiv 1807.07543, section
 * 4.1). Pairs of lines at random angles are encoded, and what is decoded at even places from ω = 0 to 1 is scored.
 *
 * @throws UsageError for a model of other images than 32×32×1, slerp on a model without a sphere, or numbers out of range;
 *   DataError when the decoder's values are not finite
 */
export function interpolationOnLines(
  model: Model,
  path: InterpolationPath,
  { pairs = 256, steps = 16, seed }: InterpolationOnLinesOptions,
): Pick<LineInterpolationScores, 'meanDistance' | 'smoothness' | 'undefinedSmoothness'> {
  const shape = [LINE_IMAGE_SIDE, LINE_IMAGE_SIDE, 1] as const;
  if (model.imageShape.join() !== shape.join()) {
    throw new UsageError(
      `the model ${model.card.name} takes images of ${model.imageShape.join('×')}, but lines have ${shape.join('×')}`,
      { hint: 'Choose a model that was trained on lines.' },
    );
  }
  checkCount('pairs', pairs);
  checkCount('seed', seed, { least: 0 });
  const omegas = evenOmegas(steps);
  const { source } = renderLines({ count: 2 * pairs, seed: FIRST_SEED + seed });
  const ends = imagePairs(
    source,
    Array.from({ length: pairs }, (_, pair) => [2 * pair, 2 * pair + 1]),
  );
  const size = sizeOf(shape);
  const drawn = new Float32Array(pairs * steps * size);
  for (const [i, { pixels }] of interpolate(model, ends, { path, omegas }).flat().entries())
    drawn.set(pixels, i * size);
  const { meanDistance, smoothness, undefinedSmoothness } = scoreLineInterpolations(drawn, steps);
  return { meanDistance, smoothness, undefinedSmoothness };
}
