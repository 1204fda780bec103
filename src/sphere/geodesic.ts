import * as tf from '@tensorflow/tfjs-core';
import { choose, maskOf } from './mask.js';
import { lengths, normalizeRows } from './normalize.js';

/** Points whose angle is within this many radians of π count as antipodes. */
export const ANTIPODAL = 1e-4;

/** The shortest great circle arc that leads from each row to its partner. */
export interface Geodesic {
  /** `[n, d]`, unit tangents at the start; rows shrink to zero where start and end coincide. */
  readonly direction: tf.Tensor2D;
  /** `[n, 1]`, length of the arc in radians. */
  readonly angle: tf.Tensor2D;
}

/** `vectors` without their part along `axis` (unit rows). */
function reject(vectors: tf.Tensor2D, axis: tf.Tensor2D): tf.Tensor2D {
  return vectors.sub(axis.mul(axis.mul(vectors).sum(1, true))) as tf.Tensor2D;
}

/** The coordinate axis that is least along each row, made perpendicular to it. The same for a row and its negative. */
function perpendicular(rows: tf.Tensor2D): tf.Tensor2D {
  // Cast afterwards: wasm's oneHot writes integer bits even where float32 is asked for.
  const axis = maskOf(rows, (values) => tf.oneHot(values.abs().argMin(1) as tf.Tensor1D, rows.shape[1]));
  return reject(axis as tf.Tensor2D, normalizeRows(rows));
}

/**
 * Direction and length of the arc from `start` to `end`, on which slerp, log and transport rest.
 *
 * The direction is taken from the chord for near points and from the sum for far ones, so that it loses no digits at
 * either end. Between antipodes every great circle is shortest; ours passes through the coordinate axis that is least
 * along `end − start`, which is the same circle from both sides.
 *
 * @param start `[n, d]` unit rows, d ≥ 2
 * @param end `[n, d]` unit rows; `[1, d]` on either side pairs with every row of the other
 * @returns tensors that the caller disposes of, or keeps in its `tf.tidy`
 */
export function geodesic(start: tf.Tensor2D, end: tf.Tensor2D): Geodesic {
  return tf.tidy(() => {
    const chord = end.sub(start) as tf.Tensor2D;
    const sum = end.add(start) as tf.Tensor2D;
    const apart = lengths(chord);
    const together = lengths(sum);
    const toward = choose(
      maskOf(together, (length) => length.less(ANTIPODAL)),
      perpendicular(chord),
      choose(
        maskOf(together.sub(apart), (difference) => difference.less(0)),
        sum,
        chord,
      ),
    );
    return {
      direction: normalizeRows(reject(toward, start)),
      angle: tf.atan2(apart, together).mul(2) as tf.Tensor2D,
    };
  });
}
