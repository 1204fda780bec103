import { refuse } from '../../core/checks.js';
import type { RandomStream } from '../../core/random.js';

/** True with this probability. */
export const chance = (probability: number, random: RandomStream): boolean => random.uniform() < probability;

/** 1 or −1, each as likely. */
export const eitherSign = (random: RandomStream): 1 | -1 => (chance(0.5, random) ? -1 : 1);

/** A factor around 1, whose logarithm is normal with this standard deviation. */
export const factor = (deviation: number, random: RandomStream): number =>
  Math.exp(random.normal(0, deviation));

/** Index of one of several things, each as likely as its weight says. */
export function pick(weights: readonly number[], random: RandomStream): number {
  let left = random.uniform() * weights.reduce((sum, weight) => sum + weight, 0);
  for (const [i, weight] of weights.entries()) {
    left -= weight;
    if (left < 0) return i;
  }
  return weights.length - 1;
}

/** Throws a `UsageError` unless a value is a stream of random numbers. */
export function checkRandom(value: unknown, of: string): void {
  const { uniform, normal, integer } = (value ?? {}) as Partial<RandomStream>;
  if ([uniform, normal, integer].every((draw) => typeof draw === 'function')) return;
  refuse('random', value, 'a random stream', of, "Make one: randomStream(7, 'characters').");
}
