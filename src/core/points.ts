import { firstNonFinite } from './checks.js';
import { DataError } from './errors.js';
import { checkFloats } from './kindChecks.js';
import { shown } from './shown.js';

/**
 * Number of points of `dimension` values each that are packed in `values`, one after the other.
 *
 * @throws DataError when the values are not whole points; or one is not finite, with the index of its point
 */
export function countPoints(values: Float32Array, dimension: number): number {
  checkFloats('values', values, 'points');
  const count = typeof dimension === 'number' ? values.length / dimension : Number.NaN;
  if (!Number.isInteger(dimension) || dimension < 1 || !Number.isInteger(count)) {
    throw new DataError(`${values.length} values are no points of ${shown(dimension)} dimensions`, {
      hint: 'Pack the points one after the other, each with all of its values.',
    });
  }
  const stray = firstNonFinite(values);
  if (stray >= 0) {
    throw new DataError(`point ${Math.floor(stray / dimension)} holds a value that is not finite`, {
      hint: 'Leave the point out, or check the encoder that made it.',
    });
  }
  return count;
}

/** Points as rows, each value rounded to `decimals`, for result files. */
export function pointRows(values: Float32Array, dimension: number, decimals: number): number[][] {
  return Array.from({ length: countPoints(values, dimension) }, (_, i) =>
    Array.from(values.subarray(i * dimension, (i + 1) * dimension), (value) =>
      Number(value.toFixed(decimals)),
    ),
  );
}

/** Squared distance of point `i` of `a` and point `j` of `b`. */
export function squaredDistance(
  a: Float32Array,
  i: number,
  b: Float32Array,
  j: number,
  dimension: number,
): number {
  const [from, to] = [i * dimension, j * dimension];
  let sum = 0;
  for (let d = 0; d < dimension; d++) {
    const difference = a[from + d]! - b[to + d]!;
    sum += difference * difference;
  }
  return sum;
}

/** Points packed one after the other, each with `dimension` values. */
export function packPoints(points: readonly Float32Array[], dimension: number): Float32Array {
  const values = new Float32Array(points.length * dimension);
  for (const [i, point] of points.entries()) values.set(point, i * dimension);
  return values;
}
