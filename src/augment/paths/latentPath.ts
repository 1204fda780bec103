import type * as tf from '@tensorflow/tfjs';
import type { RandomStream } from '../../core/index.js';

/** One place to visit: two samples of a class, by their place in that class, and how far to go from one to the other. */
export interface Waypoint {
  readonly parents: readonly [number, number];
  /** 0 at the first parent, 1 at the second. */
  readonly omega: number;
}

/** A way through latent space between samples of one class. */
export interface LatentPath {
  readonly name: string;
  /** Fewest samples of a class that the path needs. */
  readonly samplesNeeded: number;
  /** Chooses parents among `count` samples of a class, and a place between them. */
  choose(count: number, random: RandomStream): Waypoint;
  /** The codes at `omega` `[n]` on the way from the rows of `from` to those of `to`, all `[n, d]`. */
  walk(from: tf.Tensor2D, to: tf.Tensor2D, omega: tf.Tensor1D): tf.Tensor2D;
}

/** Two different samples, each pair equally likely, and a place between them, uniform in [0, 1). */
export function choosePair(count: number, random: RandomStream): Waypoint {
  const [first, second] = random.sample(count, 2) as unknown as [number, number];
  return { parents: [first, second], omega: random.uniform() };
}
