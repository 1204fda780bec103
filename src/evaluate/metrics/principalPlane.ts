import { firstNonFinite } from '../../core/checks.js';
import { DataError } from '../../core/errors.js';

const ROUNDS = 200;

/** Points in the plane in which they vary most, and how much of their variance it holds. */
export interface PrincipalPlane {
  /** Two coordinates of each point, about their mean. */
  readonly points: readonly (readonly [number, number])[];
  /** Share of the variance along each of the two axes, in [0, 1]. */
  readonly shares: readonly [number, number];
}

/**
 * Principal component analysis to two dimensions, by power iteration on the covariance. Each axis points to where its
 * largest weight is positive, so that the picture does not depend on where the iteration starts.
 *
 * @param values one point after the other
 * @throws DataError when there are fewer than two points, less than two dimensions, or a value is not finite
 */
export function principalPlane(values: Float32Array, dimension: number): PrincipalPlane {
  const count = values.length / dimension;
  if (!Number.isInteger(count) || count < 2 || dimension < 2) {
    throw new DataError(`${values.length} values are no points of ${dimension} dimensions in a plane`, {
      hint: 'Give two points or more, of two dimensions or more.',
    });
  }
  const stray = firstNonFinite(values);
  if (stray >= 0)
    throw new DataError(`point ${Math.floor(stray / dimension)} holds a value that is not finite`);
  const mean = new Float64Array(dimension);
  for (let i = 0; i < values.length; i++) mean[i % dimension]! += values[i]! / count;
  const centred = Float64Array.from(values, (value, i) => value - mean[i % dimension]!);
  const covariance = covarianceOf(centred, dimension);
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
    axis.reduce((sum, weight, j) => sum + weight * centred[point * dimension + j]!, 0);
  return {
    points: Array.from({ length: count }, (_, i) => [along(first.axis, i), along(second.axis, i)] as const),
    shares: total === 0 ? [0, 0] : [first.variance / total, second.variance / total],
  };
}

function covarianceOf(centred: Float64Array, dimension: number): Float64Array {
  const covariance = new Float64Array(dimension * dimension);
  const count = centred.length / dimension;
  for (let start = 0; start < centred.length; start += dimension) {
    for (let i = 0; i < dimension; i++) {
      for (let j = 0; j < dimension; j++)
        covariance[i * dimension + j]! += (centred[start + i]! * centred[start + j]!) / count;
    }
  }
  return covariance;
}

/** The direction of the largest eigenvalue of a symmetric matrix without negative ones. */
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
