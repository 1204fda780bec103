import { countPoints, DataError } from '../core/index.js';

/**
 * Points packed one after the other as rows, which the libraries read.
 *
 * @throws DataError when they are not whole points, or a value is not finite: the index of its point is named
 */
export function rowsOf(values: Float32Array, dimension: number): number[][] {
  return Array.from({ length: countPoints(values, dimension) }, (_, i) =>
    Array.from(values.subarray(i * dimension, (i + 1) * dimension)),
  );
}

/** Rows of an embedding, packed one after the other. */
export function packed(rows: readonly (readonly number[])[], method: string): Float32Array {
  const values = Float32Array.from(rows.flat());
  if (!values.every(Number.isFinite)) {
    throw new DataError(`${method} ran away: the embedding is not finite`, {
      hint: 'Look for points that are very far from all others.',
    });
  }
  return values;
}
