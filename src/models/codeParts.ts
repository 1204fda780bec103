import * as tf from '@tensorflow/tfjs';
import { normalize } from '../sphere/index.js';

/** The two parts of codes with a style part. */
export interface CodeParts {
  /** What the images show, `[n, latentSize − styleSize]`. */
  readonly kind: tf.Tensor2D;
  /** How they show it, `[n, styleSize]`. */
  readonly style: tf.Tensor2D;
}

/** Both parts at length √½, side by side: a row of length 1. */
export function joinParts({ kind, style }: CodeParts): tf.Tensor2D {
  return tf.tidy(() => tf.concat([normalize(kind), normalize(style)], 1).mul<tf.Tensor2D>(Math.SQRT1_2));
}

/** The parts of codes `[n, latentSize]`, as they stand in them. */
export function splitParts(codes: tf.Tensor2D, styleSize: number): CodeParts {
  const size = codes.shape[1] - styleSize;
  const [kind, style] = tf.split(codes, [size, styleSize], 1) as [tf.Tensor2D, tf.Tensor2D];
  return { kind, style };
}
