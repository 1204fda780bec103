import * as tf from '@tensorflow/tfjs-core';
import type { RandomStream } from '../../core/random.js';
import { normalizeRows } from '../../sphere/normalize.js';

/** Independent normal numbers of mean 0, row by row. */
export function normals(shape: [number, number], random: RandomStream, deviation = 1): tf.Tensor2D {
  const values = Float32Array.from({ length: shape[0] * shape[1] }, () => random.normal(0, deviation));
  return tf.tensor2d(values, shape);
}

/** A column `[n, 1]` of uniform numbers in [0, high). */
export function uniforms(n: number, random: RandomStream, high: number): tf.Tensor2D {
  return tf.tensor2d(
    Float32Array.from({ length: n }, () => random.uniform(0, high)),
    [n, 1],
  );
}

/** Points of the sphere, each moved by about `radians`: by a normal vector of that expected length, then normalized. */
export function moved(points: tf.Tensor2D, random: RandomStream, radians: number): tf.Tensor2D {
  return normalizeRows(points.add(normals(points.shape, random, radians / Math.sqrt(points.shape[1]))));
}
