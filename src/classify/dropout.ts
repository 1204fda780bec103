import * as tf from '@tensorflow/tfjs';
import { randomStream } from '../core/index.js';

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
