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
  /** The code `[d]` at `omega` on the way from one code to another. */
  walk(from: Float32Array, to: Float32Array, omega: number): Float32Array;
}

/** Two different samples, each pair equally likely, and a place between them, uniform in [0, 1). */
export function choosePair(count: number, random: RandomStream): Waypoint {
  const first = random.integer(count);
  // The first two cards of a shuffled deck: where the first one was taken from, card 0 lies now.
  const place = 1 + random.integer(count - 1);
  return { parents: [first, place === first ? 0 : place], omega: random.uniform() };
}
