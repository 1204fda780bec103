import { checkCount } from '../../core/checks.js';
import { DataError } from '../../core/errors.js';
import { checkArray, checkFields, checkFloats, fieldsOf, whole } from '../../core/kindChecks.js';
import { countPoints, squaredDistance } from '../../core/points.js';

/** More neighbors tell nothing about a neighborhood. */
const MOST_NEIGHBORS = 10_000;

/** Images as points of a feature space, packed one after the other. */
export interface FeaturePoints {
  readonly values: Float32Array;
  /** Values of each point. */
  readonly dimension: number;
}

/**
 * Number of points.
 *
 * @throws DataError when there are fewer than `least`, they are not whole, or one holds a value that is not finite
 */
export function countFeatures(points: FeaturePoints, least: number): number {
  const { values, dimension } = checkFields('features', points, { values: checkFloats, dimension: whole() });
  const count = countPoints(values, dimension);
  if (count < least) {
    throw new DataError(`${count} images are too few to compare: at least ${least} are needed`, {
      hint: 'Give more images on both sides.',
    });
  }
  return count;
}

/** Throws a `DataError` for points of two different spaces. */
export function assertSameSpace(a: { readonly dimension: number }, b: { readonly dimension: number }): void {
  for (const side of [a, b]) checkFields('features', side, { dimension: whole() });
  if (a.dimension !== b.dimension) {
    throw new DataError(`features of ${a.dimension} values cannot be compared with those of ${b.dimension}`, {
      hint: 'Take the features of both sides from one classifier.',
    });
  }
}

/** Points, each with a closed ball that reaches its k-th nearest neighbor: together an estimate of where the points lie. */
export interface Manifold {
  readonly points: FeaturePoints;
  readonly count: number;
  /** Number of neighbors within each ball, without its center. */
  readonly k: number;
  /** Squared radius of each ball. */
  readonly squaredRadii: Float64Array;
}

/**
 * Manifold of points. Exact: the time grows with the square of their number.
 *
 * @param k number of neighbors that a ball reaches to. Default: 5, as in Naeem et al. (arXiv 2002.09797)
 * @throws UsageError when `k` is not a whole number of at least 1; DataError when there are no more than `k` points, or a
 *   value is not finite
 */
export function manifoldOf(points: FeaturePoints, k = 5): Manifold {
  checkCount('k', k, { most: MOST_NEIGHBORS });
  const count = countFeatures(points, k + 1);
  const nearest = Array.from({ length: count }, () => new Float64Array(k).fill(Number.POSITIVE_INFINITY));
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < i; j++) {
      const distance = squaredDistance(points.values, i, points.values, j, points.dimension);
      keep(nearest[i]!, distance);
      keep(nearest[j]!, distance);
    }
  }
  return { points, count, k, squaredRadii: Float64Array.from(nearest, (distances) => distances[k - 1]!) };
}

/** Inserts a distance into the smallest ones, which are in order. */
function keep(smallest: Float64Array, distance: number): void {
  let rank = smallest.length;
  while (rank > 0 && smallest[rank - 1]! > distance) rank--;
  if (rank === smallest.length) return;
  smallest.copyWithin(rank + 1, rank, smallest.length - 1);
  smallest[rank] = distance;
}

/** Throws a `UsageError` unless a value is a manifold. Returns it. */
const checkManifold = (manifold: Manifold): Manifold =>
  checkFields('the manifold', manifold, {
    points: fieldsOf({ values: checkFloats, dimension: whole() }),
    count: whole(),
    k: whole(),
    squaredRadii: checkArray,
  });

/**
 * Calls `visit` for each ball of the manifold and each of the other points that lies in it.
 *
 * @returns number of the other points
 * @throws DataError when there is none, or the two lie in different spaces
 */
function eachInBall(
  manifold: Manifold,
  others: FeaturePoints,
  visit: (ball: number, other: number) => void,
): number {
  const { points, count, squaredRadii } = checkManifold(manifold);
  assertSameSpace(points, others);
  const asked = countFeatures(others, 1);
  for (let ball = 0; ball < count; ball++) {
    for (let other = 0; other < asked; other++) {
      const distance = squaredDistance(points.values, ball, others.values, other, points.dimension);
      if (distance <= squaredRadii[ball]!) visit(ball, other);
    }
  }
  return asked;
}

export interface DensityCoverage {
  /** Mean number of balls of real images that a made one lies in, over k: about 1 for real images, more in dense regions. */
  readonly density: number;
  /** Share of the real images that have a made one in their ball, in [0, 1]. */
  readonly coverage: number;
}

/**
 * Density and coverage (Naeem et al., *Reliable Fidelity and Diversity Metrics for Generative Models*, arXiv 2002.09797):
 * both use balls of real images alone, so an outlier among the made ones gains nothing. For as many made images as real
 * ones of the same distribution, coverage is 1 − 2^−k on average: 0.97 for k = 5. Fewer made ones cover less.
 *
 * @throws DataError when there are no made images, or the two lie in different spaces
 */
export function densityCoverage(real: Manifold, made: FeaturePoints): DensityCoverage {
  const covered = new Set<number>();
  let hits = 0;
  const asked = eachInBall(real, made, (ball) => {
    hits++;
    covered.add(ball);
  });
  return { density: hits / (real.k * asked), coverage: covered.size / real.count };
}

export interface PrecisionRecall {
  /** Share of the made images that lie among the real ones, in [0, 1]. */
  readonly precision: number;
  /** Share of the real images that lie among the made ones, in [0, 1]. */
  readonly recall: number;
}

/**
 * Improved precision and recall (Kynkäänniemi et al., *Improved Precision and Recall Metric for Assessing Generative
 * Models*, arXiv 1904.06991): a point lies among others when it is in the ball of at least one of them. Precision measures
 * how realistic images are, recall how much of the variety of real ones they cover. An outlier has a large ball that takes
 * in many points; density and coverage avoid that.
 *
 * @throws DataError when the two lie in different spaces
 */
export function precisionRecall(real: Manifold, made: Manifold): PrecisionRecall {
  for (const manifold of [real, made]) checkManifold(manifold);
  return { precision: shareInside(real, made.points), recall: shareInside(made, real.points) };
}

function shareInside(manifold: Manifold, points: FeaturePoints): number {
  const inside = new Set<number>();
  const asked = eachInBall(manifold, points, (_, point) => inside.add(point));
  return inside.size / asked;
}

/**
 * Largest step between neighbors on a path of images over its mean step, in a feature space: 1 for equal steps and for a path
 * without any change, the number of steps for a path with a single jump. Our reading of a smooth interpolation; it is not
 * the Smoothness of ACAI, which needs images of lines.
 *
 * @param path features of the images in order, at least two
 * @throws DataError for fewer, or a value that is not finite
 */
export function largestStepRatio(path: FeaturePoints): number {
  const steps = countFeatures(path, 2) - 1;
  const { values, dimension } = path;
  let [largest, sum] = [0, 0];
  for (let step = 0; step < steps; step++) {
    let square = 0;
    for (let d = step * dimension; d < (step + 1) * dimension; d++)
      square += (values[d + dimension]! - values[d]!) ** 2;
    largest = Math.max(largest, Math.sqrt(square));
    sum += Math.sqrt(square);
  }
  return sum === 0 ? 1 : (largest * steps) / sum;
}
