import { DataError } from '../../core/errors.js';
import { countPoints, squaredDistance } from '../../core/points.js';
import { shown } from '../../core/shown.js';

/**
 * Trustworthiness of an embedding (Venna and Kaski, *Neighborhood preservation in nonlinear projection methods*, 2001): 1 when
 * the `k` nearest neighbors of every point in the embedding are its nearest neighbors in the original space; false ones cost
 * more, the farther away they are there. Exact: the time grows with the square of the number of points.
 *
 * @param high points, one after the other, of `highDimension` values each
 * @param low the same points in the embedding
 * @param k number of neighbors, fewer than half of the points. Default: 12
 * @throws DataError when the two are not the same number of points, `k` is out of range, or a value is not finite
 */
export function trustworthiness(
  high: Float32Array,
  highDimension: number,
  low: Float32Array,
  lowDimension: number,
  k = 12,
): number {
  const count = countPoints(high, highDimension);
  const embedded = countPoints(low, lowDimension);
  if (count !== embedded) throw new DataError(`${count} points are embedded as ${embedded}`);
  if (!Number.isInteger(k) || k < 1 || k >= count / 2) {
    throw new DataError(`k is ${shown(k)}, but must be at least 1 and below half of the ${count} points`, {
      hint: `Ask for 1 to ${Math.ceil(count / 2) - 1} neighbors, or give more points.`,
    });
  }
  const inHigh = new Float64Array(count);
  const inLow = new Float64Array(count);
  const nearest = new Int32Array(k);
  let penalty = 0;
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < count; j++) {
      inHigh[j] = squaredDistance(high, i, high, j, highDimension);
      inLow[j] = squaredDistance(low, i, low, j, lowDimension);
    }
    // No point is its own neighbor.
    inHigh[i] = inLow[i] = Number.POSITIVE_INFINITY;
    keepNearest(inLow, nearest);
    for (const neighbor of nearest) penalty += Math.max(0, rankOf(inHigh, neighbor) - k);
  }
  return 1 - (2 * penalty) / (count * k * (2 * count - 3 * k - 1));
}

/** Writes the indices of the smallest distances, in order, to `nearest`; of equal distances the first index comes first. */
function keepNearest(distances: Float64Array, nearest: Int32Array): void {
  let kept = 0;
  for (let j = 0; j < distances.length; j++) {
    let rank = kept;
    while (rank > 0 && distances[nearest[rank - 1]!]! > distances[j]!) rank--;
    if (rank === nearest.length) continue;
    nearest.copyWithin(rank + 1, rank, kept);
    nearest[rank] = j;
    kept = Math.min(kept + 1, nearest.length);
  }
}

/** Rank of a point by its distance, from 1 on; of equal distances the first index comes first. */
function rankOf(distances: Float64Array, index: number): number {
  const own = distances[index]!;
  let rank = 1;
  for (let j = 0; j < distances.length; j++) {
    if (distances[j]! < own || (distances[j] === own && j < index)) rank++;
  }
  return rank;
}
