import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus, xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import { checkCount, refuse } from './checks.js';
import type { Workspace } from './loops/workspace.js';
import { inOrder, xoroshiro } from './loops/xoroshiro.js';

/** A seeded source of random numbers. Two streams made from the same keys give the same numbers. */
export interface RandomStream {
  /** Uniform in [low, high); [0, 1) by default. */
  uniform(low?: number, high?: number): number;
  /** Normal with the given mean and standard deviation; standard normal by default. */
  normal(mean?: number, deviation?: number): number;
  /** Uniform integer in [0, below). */
  integer(below: number): number;
  /** The numbers 0 … n − 1 in random order. */
  permutation(n: number): Int32Array;
  /** `count` different numbers of 0 … n − 1, in random order. */
  sample(n: number, count: number): Int32Array;
}

/** Most numbers that a permutation has: 2²⁸ take 1 GiB. */
const MOST_NUMBERS = 2 ** 28;

/** Throws a `UsageError` for a random number that is none, since a bound was none. */
function finite(value: number): number {
  if (!Number.isFinite(value)) refuse('a random number', value, 'between bounds that are finite numbers');
  return value;
}

/** Hash of keys in 32 bits (murmur3 over their UTF-16 units): every list of keys names a stream of its own. */
function hashKeys(keys: readonly (number | string)[]): number {
  let hash = 0x9e3779b9;
  const mix = (block: number) => {
    let k = Math.imul(block, 0xcc9e2d51);
    k = (k << 15) | (k >>> 17);
    hash ^= Math.imul(k, 0x1b873593);
    hash = (hash << 13) | (hash >>> 19);
    hash = (Math.imul(hash, 5) + 0xe6546b64) | 0;
  };
  for (const key of keys) {
    if (typeof key !== 'string' && !Number.isFinite(key))
      refuse('a key', key, 'a text or a finite number', 'randomStream');
    const text = typeof key === 'number' ? `#${key}` : key;
    for (let i = 0; i < text.length; i++) mix(text.charCodeAt(i));
    mix(text.length + 0x10000);
  }
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

const bulk = Symbol('bulk');

/** What streams of ours have besides, for their own `uniform` alone: a stream made of one of them may have another. */
interface Bulk {
  readonly [bulk]: {
    readonly uniform: RandomStream['uniform'];
    several(count: number, target: number, workspace: Workspace): void;
  };
}

/**
 * A random stream named by its keys, for example `randomStream(seed, 'hallucinate', label, index)`. Streams with
 * different keys are independent, so that the numbers for one image do not depend on the number of others.
 */
export function randomStream(...keys: readonly (number | string)[]): RandomStream {
  let generator = xoroshiro128plus(hashKeys(keys));
  const uniform = (low = 0, high = 1) => finite(low) + (finite(high) - low) * uniformFloat64(generator);
  const integer = (below: number) => {
    checkCount('below', below);
    return uniformInt(generator, 0, below - 1);
  };
  const sample = (n: number, count: number) => {
    checkCount('n', n, { least: 0, most: MOST_NUMBERS });
    checkCount('count', count, { least: 0, most: n });
    const numbers = Int32Array.from({ length: n }, (_, i) => i);
    for (let i = 0; i < count; i++) {
      const j = i + integer(n - i);
      [numbers[i], numbers[j]] = [numbers[j]!, numbers[i]!];
    }
    return numbers.subarray(0, count);
  };
  const several = (count: number, target: number, { floats, run }: Workspace) => {
    const state = new Int32Array(floats(0).buffer, target - STATE, 4);
    state.set(inOrder(generator.getState()));
    run(xoroshiro, target, count, target - STATE);
    generator = xoroshiro128plusFromState(inOrder(state));
  };
  return {
    [bulk]: { uniform, several },
    uniform,
    integer,
    sample,
    permutation: (n) => sample(n, n),
    normal: (mean = 0, deviation = 1) =>
      finite(mean) +
      finite(deviation) * Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
  } satisfies RandomStream & Bulk as RandomStream;
}

/** Bytes before the numbers of `drawUniform` that it needs, too. */
export const STATE = 16;

/**
 * Writes numbers of double precision into a workspace, from the address `target` on: those that `uniform` of the stream would give in
 * turn, which it does not give again.
 */
export function drawUniform(random: RandomStream, count: number, target: number, workspace: Workspace): void {
  const { uniform, several } = (random as Partial<Bulk>)[bulk] ?? {};
  if (several !== undefined && uniform === random.uniform) several(count, target, workspace);
  else {
    const numbers = new Float64Array(workspace.floats(0).buffer, target, count);
    for (let i = 0; i < count; i++) numbers[i] = random.uniform();
  }
}
