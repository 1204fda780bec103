import type { Features } from './knnEngine.js';

/** Mean of the references, in double precision. */
export function meanOf({ values, dimension, labels }: Features): Float64Array {
  const mean = new Float64Array(dimension);
  for (let i = 0; i < values.length; i++) mean[i % dimension]! += values[i]! / labels.length;
  return mean;
}

/** Rows less an offset that is the same for all of them. */
export function shiftedBy(rows: Float32Array, offset: Float64Array): Float32Array {
  return rows.map((value, i) => value - offset[i % offset.length]!);
}

/** Squared length of an offset, in squared deviations from it, from which on a float32 has too few digits left. */
const LARGE = 100;

/**
 * The mean of the references where it is large beside their spread, otherwise undefined: squares and products of values with a
 * small offset keep their digits as they are.
 */
export function largeOffset(references: Features): Float64Array | undefined {
  const { values, dimension, labels } = references;
  const mean = meanOf(references);
  let deviation = 0;
  for (let i = 0; i < values.length; i++) deviation += (values[i]! - mean[i % dimension]!) ** 2;
  const square = mean.reduce((sum, value) => sum + value * value, 0);
  return square * labels.length > LARGE * deviation ? mean : undefined;
}
