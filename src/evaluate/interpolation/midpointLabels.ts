import type { Label, LabeledImage } from '../../core/index.js';
import type { ImageSource } from '../../data/index.js';
import type { Model } from '../../models/index.js';
import { type Proportion, proportion } from '../statistics.js';
import { choosePairs, imagePairs } from './choosePairs.js';
import { type InterpolationPath, interpolate } from './interpolate.js';

export interface MidpointLabelsOptions {
  /** Pairs of images of one class, at least 1; classes take turns. */
  readonly pairs: number;
  readonly path: InterpolationPath;
  /** Seed of the choice of pairs: the same for every model and path that are to be compared. */
  readonly seed: number;
  /** The class of each image, by a judge that the model knows nothing of: `classify` of a `heldOutClassifier`. */
  readonly classify: (images: readonly LabeledImage[]) => Promise<readonly Label[]>;
}

/** Pairs that are held as images at a time. */
const CHUNK = 500;

/**
 * Whether images keep their class half way: the share of midpoints (ω = 0.5) between two images of one class that a
 * classifier puts into that class, with its 95 % interval over pairs.
 *
 * @throws UsageError for slerp on a model without a sphere, or when there is no pair to choose; DataError for images that
 *   the model or the classifier cannot take
 */
export async function midpointLabels(
  model: Model,
  source: ImageSource,
  { pairs, path, seed, classify }: MidpointLabelsOptions,
): Promise<Proportion> {
  const chosen = choosePairs(source, { count: pairs, within: 'class', seed });
  let kept = 0;
  for (let start = 0; start < pairs; start += CHUNK) {
    const ends = imagePairs(source, chosen.slice(start, start + CHUNK));
    const middles = interpolate(model, ends, { path, omegas: [0.5] }).flat();
    const found = await classify(middles);
    kept += middles.filter(({ label }, i) => found[i] === label).length;
  }
  return proportion(kept, pairs);
}
