import * as tf from '@tensorflow/tfjs-core';
import { checkRows } from './rows.js';

/**
 * Shorter rows are treated as if they had this length. It keeps division and the gradient of a square root finite at zero, and
 * lies just above what float32 resolves for coordinates of a unit vector.
 */
export const SHORTEST = 1e-6;

/** Euclidean length of each row `[n, d]` as a column `[n, 1]`, at least `SHORTEST`; the gradient below that is 0. */
export function lengths(rows: tf.Tensor2D): tf.Tensor2D {
  return tf.tidy(
    () =>
      rows
        .square()
        .sum(1, true)
        .maximum(SHORTEST * SHORTEST)
        .sqrt() as tf.Tensor2D,
  );
}

/** As `normalize`, for rows of nets: values that are not finite pass through, so that a training can tell its step. */
export function normalizeRows(rows: tf.Tensor2D): tf.Tensor2D {
  return tf.tidy(() => rows.div(lengths(rows)) as tf.Tensor2D);
}

/**
 * Scales each row to unit length.
 *
 * A row shorter than `SHORTEST` (1e-6) is divided by that instead: a zero row stays zero, with a finite gradient.
 *
 * @param rows `[n, d]`, any length
 * @returns `[n, d]`, points on the unit sphere
 * @throws UsageError for another shape, or values that are not finite
 */
export function normalize(rows: tf.Tensor2D): tf.Tensor2D {
  checkRows('normalize', { rows });
  return normalizeRows(rows);
}
