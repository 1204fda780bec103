import * as tf from '@tensorflow/tfjs';
import { randomStream, UsageError } from '../core/index.js';
import type { CnnDropout } from './cnnPresets.js';

/** Throws a `UsageError` for a share that would leave nothing, or is none. */
export function assertDropout({ maps, hidden }: CnnDropout): void {
  for (const [name, share] of Object.entries({ maps, hidden })) {
    if (share >= 0 && share < 1) continue;
    throw new UsageError(`dropout.${name} must be in [0, 1), not ${share}`);
  }
}

/**
 * A dropout mask: each value is 0 with probability `share`, else 1 / (1 − share). It depends on its keys alone, so a
 * training can be repeated; TensorFlow.js's own dropout repeats one mask for ever when it is given a seed.
 */
export function dropoutMask(
  shape: number[],
  share: number,
  ...keys: readonly (number | string)[]
): tf.Tensor {
  const random = randomStream(...keys);
  const size = shape.reduce((product, side) => product * side, 1);
  const values = Float32Array.from({ length: size }, () => (random.uniform() < share ? 0 : 1 / (1 - share)));
  return tf.tensor(values, shape);
}
