import * as tf from '@tensorflow/tfjs-core';

/** `[rows, n]` that maps `n` rows to weighted sums of them: row by row the indices that count, each with its weight. */
export function weightedRows(
  rows: number,
  n: number,
  weightsOf: (row: number) => readonly (readonly [index: number, weight: number])[],
): tf.Tensor2D {
  const values = new Float32Array(rows * n);
  for (let row = 0; row < rows; row++) {
    for (const [index, weight] of weightsOf(row)) values[row * n + index]! += weight;
  }
  return tf.tensor2d(values, [rows, n]);
}

/** Index of the next image of the class of image `i`; its own if it is alone. */
export function nextOfClass(classes: ArrayLike<number>, i: number): number {
  let next = (i + 1) % classes.length;
  while (classes[next] !== classes[i]) next = (next + 1) % classes.length;
  return next;
}
