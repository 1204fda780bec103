import { checkCount } from '../../core/checks.js';
import { DataError } from '../../core/errors.js';
import { checkFloats } from '../../core/kindChecks.js';
import { countPoints } from '../../core/points.js';

/** Number of power iterations for each axis. */
const ROUNDS = 200;

/** Points projected on the plane of their largest variance. */
export interface PrincipalPlane {
  /** Two coordinates of each point, relative to the mean. */
  readonly points: readonly (readonly [number, number])[];
  /** Share of the variance along each of the two axes, in [0, 1]. */
  readonly shares: readonly [number, number];
}

/**
 * Principal component analysis to two dimensions, by power iteration on the covariance. The largest weight of each axis is
 * positive, so that the picture does not depend on the start of the iteration.
 *
 * @param values points, one after the other
 * @throws DataError when there are fewer than two points, less than two dimensions, or a value is not finite
 */
export function principalPlane(values: Float32Array, dimension: number): PrincipalPlane {
  checkFloats('values', values, 'principalPlane');
  checkCount('dimension', dimension, { of: 'principalPlane' });
  const count = values.length / dimension;
  if (!Number.isInteger(count) || count < 2 || dimension < 2) {
    throw new DataError(`${values.length} values are no points of ${dimension} dimensions in a plane`, {
      hint: 'Give two points or more, of two dimensions or more.',
    });
  }
  countPoints(values, dimension);
  const mean = new Float64Array(dimension);
  for (let i = 0; i < values.length; i++) mean[i % dimension]! += values[i]! / count;
  const centered = Float64Array.from(values, (value, i) => value - mean[i % dimension]!);
  const covariance = covarianceOf(centered, dimension);
  const total = Array.from({ length: dimension }, (_, i) => covariance[i * dimension + i]!).reduce(
    (a, b) => a + b,
  );
  const first = principalAxis(covariance, dimension);
  const deflated = covariance.map(
    (value, i) =>
      value - first.variance * first.axis[Math.floor(i / dimension)]! * first.axis[i % dimension]!,
  );
  const second = principalAxis(deflated, dimension);
  const along = (axis: Float64Array, point: number) =>
    axis.reduce((sum, weight, j) => sum + weight * centered[point * dimension + j]!, 0);
  return {
    points: Array.from({ length: count }, (_, i) => [along(first.axis, i), along(second.axis, i)] as const),
    shares: total === 0 ? [0, 0] : [first.variance / total, second.variance / total],
  };
}

function covarianceOf(centered: Float64Array, dimension: number): Float64Array {
  const covariance = new Float64Array(dimension * dimension);
  const count = centered.length / dimension;
  for (let start = 0; start < centered.length; start += dimension) {
    for (let i = 0; i < dimension; i++) {
      for (let j = 0; j < dimension; j++)
        covariance[i * dimension + j]! += (centered[start + i]! * centered[start + j]!) / count;
    }
  }
  return covariance;
}

/** Eigenvector of the largest eigenvalue of a positive semidefinite matrix. */
function principalAxis(matrix: Float64Array, size: number): { axis: Float64Array; variance: number } {
  let axis = Float64Array.from({ length: size }, (_, i) => 1 / (i + 1));
  let variance = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const next = new Float64Array(size);
    for (let i = 0; i < matrix.length; i++) next[Math.floor(i / size)]! += matrix[i]! * axis[i % size]!;
    variance = Math.hypot(...next) / Math.hypot(...axis);
    if (variance === 0) return { axis: new Float64Array(size), variance };
    const length = Math.hypot(...next);
    axis = next.map((value) => value / length);
  }
  const largest = axis.reduce((best, weight, i) => (Math.abs(weight) > Math.abs(axis[best]!) ? i : best), 0);
  return { axis: axis[largest]! < 0 ? axis.map((weight) => -weight) : axis, variance };
}
