import * as tf from '@tensorflow/tfjs-core';
import { UsageError } from '../core/errors.js';
import { checkFields, optional, whole } from '../core/kindChecks.js';
import { expRows } from './exp.js';
import { ANTIPODAL } from './geodesic.js';
import { logRows } from './log.js';
import { choose, maskOf } from './mask.js';
import { lengths, normalizeRows } from './normalize.js';
import { checkFinite, checkRows, checkTensor } from './rows.js';

/** More steps change nothing, and would take long. */
const MOST_STEPS = 1000;

export interface FrechetMeanOptions {
  /** `[n]`, weight of each row: not negative, with any sum above 0. Default: all equal. */
  readonly weights?: tf.Tensor1D;
  /** Steps to take. Default 10, which is float32's accuracy for points within a right angle of their mean. */
  readonly iterations?: number;
}

/**
 * Fréchet mean: the point with the least (weighted) sum of squared angles to the rows (Karcher, 1977).
 *
 * It starts at the normalized sum and steps along the mean of the tangents that lead to the rows. The mean is unique
 * when all rows lie within one open hemisphere; otherwise this is a stationary point near the start. Where the sum
 * vanishes it starts at the first row.
 *
 * @param points `[n, d]` unit rows, n ≥ 1, d ≥ 2
 * @returns `[1, d]`, a unit row
 * @throws UsageError without rows, or when the numbers of weights and rows differ
 */
export function frechetMean(points: tf.Tensor2D, options: FrechetMeanOptions = {}): tf.Tensor2D {
  const { weights, iterations = 10 } = checkFields('frechetMean', options, {
    iterations: optional(whole(0, MOST_STEPS)),
  });
  checkRows('frechetMean', { points });
  const [n, d] = points.shape;
  if (n === 0)
    throw new UsageError('the mean of no points is not defined', { hint: 'Give at least one row.' });
  if (weights !== undefined) {
    checkTensor('weights', weights, 'frechetMean', 1);
    checkFinite('weights', weights, 'frechetMean');
  }
  if (weights !== undefined && weights.size !== n) {
    throw new UsageError(`${weights.size} weights for ${n} points`, { hint: 'Give one weight a row.' });
  }
  const shares = weights?.dataSync<'float32'>();
  if (
    shares !== undefined &&
    !(Math.min(...shares) >= 0 && shares.reduce((sum, share) => sum + share, 0) > 0)
  ) {
    throw new UsageError('frechetMean: weights must not be negative, and their sum must be above 0', {
      option: 'weights',
    });
  }
  return tf.tidy(() => {
    const shares = weights === undefined ? tf.scalar(1 / n) : weights.div(weights.sum()).reshape([n, 1]);
    const average = (rows: tf.Tensor2D) => rows.mul(shares).sum(0, true) as tf.Tensor2D;
    const center = average(points);
    const vanishes = maskOf(lengths(center), (length) => length.less(ANTIPODAL));
    let mean = choose(vanishes, points.slice([0, 0], [1, d]), normalizeRows(center));
    for (let step = 0; step < iterations; step++) mean = expRows(mean, average(logRows(mean, points)));
    return mean;
  });
}
