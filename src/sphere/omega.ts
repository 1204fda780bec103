import * as tf from '@tensorflow/tfjs-core';
import { checkRange } from '../core/checks.js';
import { UsageError } from '../core/errors.js';
import { checkFinite, checkTensor } from './rows.js';

/** Position on a path: one for all rows (a number or a scalar tensor), or one a row (`[n]` or `[n, 1]`). 0 is the start, 1 the end. */
export type Omega = number | tf.Tensor;

/** Positions farther away have no digits left for where on the circle they are. */
const MOST_OMEGA = 1e6;

/** `omega` as a tensor that multiplies rows `[n, d]`. Throws a `UsageError` if it holds neither one value nor n. */
export function omegaColumn(omega: Omega, n: number): tf.Tensor {
  if (typeof omega === 'number') {
    checkRange('omega', omega, { least: -MOST_OMEGA, most: MOST_OMEGA });
    return tf.scalar(omega);
  }
  checkTensor('omega', omega, 'a path');
  checkFinite('omega', omega, 'a path');
  if (omega.size === 1) return omega.reshape([]);
  if (omega.size !== n || (omega.rank === 2 && omega.shape[1] !== 1)) {
    throw new UsageError(`omega has the shape [${omega.shape.join(', ')}], but there are ${n} rows`, {
      hint: 'Give one number, or one value a row as [n] or [n, 1].',
    });
  }
  return omega.reshape([n, 1]);
}
