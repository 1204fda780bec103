import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cosineDecay } from '../../src/training/adam.js';

describe('cosineDecay', () => {
  it('starts at 1, passes 1/2 in the middle and ends at 0', () => {
    expect(cosineDecay(0, 40)).toBe(1);
    expect(cosineDecay(10, 40)).toBeCloseTo((1 + Math.SQRT1_2) / 2, 12);
    expect(cosineDecay(20, 40)).toBeCloseTo(0.5, 12);
    expect(cosineDecay(40, 40)).toBe(0);
  });

  it('falls at every step', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), (steps) => {
        for (let step = 0; step < steps; step++) {
          expect(cosineDecay(step + 1, steps)).toBeLessThan(cosineDecay(step, steps));
        }
      }),
      { numRuns: 20 },
    );
  });
});
