import { expect } from 'vitest';
import type { RandomStream } from '../../src/core/random.js';

/** A stream whose `uniform` and `integer` give the queued values in turn; everything else fails. */
export function queued(...values: number[]): RandomStream {
  const rest = [...values];
  const next = () => {
    expect(rest.length, 'numbers left in the queue').toBeGreaterThan(0);
    return rest.shift()!;
  };
  const never = () => {
    throw new Error('no such numbers are queued');
  };
  return { uniform: next, integer: next, normal: never, permutation: never, sample: never };
}
