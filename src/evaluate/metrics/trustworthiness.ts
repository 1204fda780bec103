import { DataError } from '../../core/errors.js';
import { countPoints } from '../../core/points.js';

/**
 * How far neighbours in an embedding are neighbours among what was embedded (Venna and Kaski, *Neighborhood preservation
 * in nonlinear projection methods*, 2001): 1 when the `k` nearest of every point are true ones, less by how far away
 * strangers among them are. Exact: the time grows with the square of the number of points.
 *
 * @param high the points, one after the other, of `highDimension` values each
 * @param low the same points in the embedding
 * @param k neighbours that are looked at, fewer than half of the points. Default: 12
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
    throw new DataError(`${k} neighbours cannot be looked at among ${count} points`, {
      hint: `Ask for 1 to ${Math.ceil(count / 2) - 1} neighbours, or give more points.`,
    });
  }
  const inHigh = new Float64Array(count);
  const inLow = new Float64Array(count);
  const nearest = new Int32Array(k);
  let penalty = 0;
  for (let i = 0; i < count; i++) {
    squaredDistances(high, highDimension, i, inHigh);
    squaredDistances(low, lowDimension, i, inLow);
    // No point is among its own neighbours.
    inHigh[i] = inLow[i] = Number.POSITIVE_INFINITY;
    keepNearest(inLow, nearest);
    for (const neighbour of nearest) penalty += Math.max(0, rankOf(inHigh, neighbour) - k);
  }
  return 1 - (2 * penalty) / (count * k * (2 * count - 3 * k - 1));
}

function squaredDistances(
  points: Float32Array,
  dimension: number,
  from: number,
  distances: Float64Array,
): void {
  for (let j = 0; j < distances.length; j++) {
    let sum = 0;
    for (let d = 0; d < dimension; d++) {
      const apart = points[from * dimension + d]! - points[j * dimension + d]!;
      sum += apart * apart;
    }
    distances[j] = sum;
  }
}

/** Places of the smallest distances, by insertion; among equal ones the first. */
function keepNearest(distances: Float64Array, nearest: Int32Array): void {
  let kept = 0;
  for (let j = 0; j < distances.length; j++) {
    let place = kept;
    while (place > 0 && distances[nearest[place - 1]!]! > distances[j]!) place--;
    if (place === nearest.length) continue;
    nearest.copyWithin(place + 1, place, kept);
    nearest[place] = j;
    kept = Math.min(kept + 1, nearest.length);
  }
}

/** From 1 on; among equal distances the first place is the nearer one. */
function rankOf(distances: Float64Array, place: number): number {
  const own = distances[place]!;
  let rank = 1;
  for (let j = 0; j < distances.length; j++) {
    if (distances[j]! < own || (distances[j] === own && j < place)) rank++;
  }
  return rank;
}
