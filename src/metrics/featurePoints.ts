import { countPoints, DataError } from '../core/index.js';

/** Images as points of a feature space, packed one after the other. */
export interface FeaturePoints {
  readonly values: Float32Array;
  /** Values of each point. */
  readonly dimension: number;
}

/**
 * How many points there are.
 *
 * @throws DataError when they are fewer than `least`, not whole, or one holds a value that is not finite
 */
export function countFeatures({ values, dimension }: FeaturePoints, least: number): number {
  const count = countPoints(values, dimension);
  if (count < least) {
    throw new DataError(`${count} images are too few to compare: it takes at least ${least}`, {
      hint: 'Give more images on both sides.',
    });
  }
  return count;
}

/** Throws a `DataError` for points of two different spaces. */
export function assertSameSpace(a: { readonly dimension: number }, b: { readonly dimension: number }): void {
  if (a.dimension !== b.dimension) {
    throw new DataError(`features of ${a.dimension} values cannot be compared with those of ${b.dimension}`, {
      hint: 'Take the features of both sides from one classifier.',
    });
  }
}
