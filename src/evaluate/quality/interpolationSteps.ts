import { mean } from 'simple-statistics';
import type { LabeledImage } from '../../core/image.js';
import { checkFields, checkFloats, checkFunction, checkModel, whole } from '../../core/kindChecks.js';
import type { ImageSource } from '../../data/imageSource.js';
import type { Model } from '../../models/model.js';
import {
  choosePairs,
  evenOmegas,
  type InterpolationPath,
  imagePairs,
  interpolate,
} from '../interpolation/latentInterpolation.js';
import { type FeaturePoints, largestStepRatio } from '../metrics/manifold.js';

export interface InterpolationStepsOptions {
  readonly path: InterpolationPath;
  /** Number of pairs of images of one class, at least 1; classes take turns. Default: 50. */
  readonly pairs?: number;
  /** Number of images of each path, ends included, at least 2. Default: 16. */
  readonly steps?: number;
  /** Seed of the choice of pairs: the same for all models and paths that are compared. */
  readonly seed: number;
  /** Feature space in which steps are measured: `features` of a `heldOutClassifier`. */
  readonly features: (images: readonly LabeledImage[]) => Promise<FeaturePoints>;
}

/** Default numbers of pairs, and of images of each path. */
export const INTERPOLATION_PAIRS = 50;
export const INTERPOLATION_STEPS = 16;

/**
 * Measures how evenly images change along paths between two images of one class.
 *
 * @returns largest step between neighbors over the mean step (`largestStepRatio`), mean over pairs: 1 for even steps, up to
 *   `steps` − 1 for a single jump
 * @throws UsageError for slerp on a model without a sphere, no class with two images, or numbers out of range
 */
export async function interpolationSteps(
  model: Model,
  source: ImageSource,
  options: InterpolationStepsOptions,
): Promise<number> {
  const {
    path,
    pairs = INTERPOLATION_PAIRS,
    steps = INTERPOLATION_STEPS,
    seed,
    features,
  } = checkFields('interpolationSteps', options, { features: checkFunction });
  checkModel(model);
  const ends = imagePairs(source, choosePairs(source, { count: pairs, within: 'class', seed }));
  const images = interpolate(model, ends, { path, omegas: evenOmegas(steps) });
  const { values, dimension } = checkFields('what features gives', await features(images.flat()), {
    values: checkFloats,
    dimension: whole(),
  });
  const size = steps * dimension;
  return mean(
    images.map((_, pair) =>
      largestStepRatio({ values: values.subarray(pair * size, (pair + 1) * size), dimension }),
    ),
  );
}
