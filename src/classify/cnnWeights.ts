import * as tf from '@tensorflow/tfjs';
import { DataError } from '../core/index.js';

/** All weights one after the other. */
export function joinWeights(weights: readonly Float32Array[]): Float32Array {
  const joined = new Float32Array(weights.reduce((size, values) => size + values.length, 0));
  let offset = 0;
  for (const values of weights) {
    joined.set(values, offset);
    offset += values.length;
  }
  return joined;
}

/** Puts joined weights into a net's variables. Throws a `DataError`, and frees the variables, when they do not fit. */
export function setWeights(variables: readonly tf.Variable[], joined: Float32Array): void {
  const needed = variables.reduce((size, variable) => size + variable.size, 0);
  if (joined.length !== needed) {
    tf.dispose([...variables]);
    throw new DataError(`the net has ${needed} weights, but ${joined.length} were given`, {
      hint: 'Use the preset, shape and classes of the net that they come from.',
    });
  }
  let offset = 0;
  for (const variable of variables) {
    const values = joined.slice(offset, offset + variable.size);
    tf.tidy(() => variable.assign(tf.tensor(values, variable.shape)));
    offset += variable.size;
  }
}
