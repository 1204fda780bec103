import { DataError } from '../core/index.js';
import { assertSameSpace, countFeatures, type FeaturePoints } from './featurePoints.js';

/** Points, each with a closed ball that reaches its k-th nearest neighbour: together the place that they take up. */
export interface Manifold {
  readonly points: FeaturePoints;
  readonly count: number;
  /** Neighbours within each ball, its own centre not counted. */
  readonly k: number;
  /** Squared radius of each ball. */
  readonly squaredRadii: Float64Array;
}

/**
 * The balls about points. Exact: the time grows with the square of their number.
 *
 * @param k neighbours that a ball reaches to. Default: 5, of Naeem et al. (arXiv 2002.09797)
 * @throws DataError when there are no more than `k` points, `k` is no whole number of at least 1, or a value is not finite
 */
export function manifoldOf(points: FeaturePoints, k = 5): Manifold {
  if (!Number.isSafeInteger(k) || k < 1) {
    throw new DataError(`k is ${k}, but must be a whole number of at least 1`);
  }
  const count = countFeatures(points, k + 1);
  const nearest = Array.from({ length: count }, () => new Float64Array(k).fill(Number.POSITIVE_INFINITY));
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < i; j++) {
      const distance = squaredDistance(points, i, points, j);
      keep(nearest[i]!, distance);
      keep(nearest[j]!, distance);
    }
  }
  return { points, count, k, squaredRadii: Float64Array.from(nearest, (distances) => distances[k - 1]!) };
}

/** Puts a distance among the smallest, which are in order. */
function keep(smallest: Float64Array, distance: number): void {
  let place = smallest.length;
  while (place > 0 && smallest[place - 1]! > distance) place--;
  if (place === smallest.length) return;
  smallest.copyWithin(place + 1, place, smallest.length - 1);
  smallest[place] = distance;
}

function squaredDistance(a: FeaturePoints, i: number, b: FeaturePoints, j: number): number {
  const { dimension } = a;
  const [from, to] = [i * dimension, j * dimension];
  let sum = 0;
  for (let d = 0; d < dimension; d++) {
    const apart = a.values[from + d]! - b.values[to + d]!;
    sum += apart * apart;
  }
  return sum;
}

/**
 * Calls `visit` for each ball of the manifold and each of the other points that lies in it.
 *
 * @returns how many other points there are
 * @throws DataError when there is none, or the two lie in different spaces
 */
export function eachInBall(
  manifold: Manifold,
  others: FeaturePoints,
  visit: (ball: number, other: number) => void,
): number {
  const { points, count, squaredRadii } = manifold;
  assertSameSpace(points, others);
  const asked = countFeatures(others, 1);
  for (let ball = 0; ball < count; ball++) {
    for (let other = 0; other < asked; other++) {
      if (squaredDistance(points, ball, others, other) <= squaredRadii[ball]!) visit(ball, other);
    }
  }
  return asked;
}
