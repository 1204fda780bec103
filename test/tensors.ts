import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';

/** Runs `body` and expects as many tensors alive afterwards as before. */
export async function expectNoLeak<T>(body: () => T | Promise<T>): Promise<T> {
  const before = tf.memory().numTensors;
  const result = await body();
  expect(tf.memory().numTensors - before, 'tensors left alive').toBe(0);
  return result;
}
