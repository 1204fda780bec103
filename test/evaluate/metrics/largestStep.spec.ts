import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { largestStepRatio } from '../../../src/evaluate/metrics/manifold.js';
import { cloud, pointsOf } from './points.js';

describe('largestStepRatio', () => {
  it('is 1 for even steps and for none, and the number of steps for one jump', () => {
    expect(largestStepRatio(pointsOf([0, 0, 3, 4, 6, 8, 9, 12], 2))).toBeCloseTo(1, 12);
    expect(largestStepRatio(pointsOf([2, 2, 2, 2], 1))).toBe(1);
    expect(largestStepRatio(pointsOf([0, 0, 0, 5, 5], 1))).toBe(4);
    expect(largestStepRatio(pointsOf([0, 1, 4], 1))).toBe(1.5);
  });

  it('lies between, and does not depend on direction or scale', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 2, max: 12 }), (seed, count) => {
        const path = cloud(seed, count, 3);
        const ratio = largestStepRatio(path);
        expect(ratio).toBeGreaterThanOrEqual(1 - 1e-12);
        expect(ratio).toBeLessThanOrEqual(count - 1 + 1e-12);
        const back = {
          dimension: 3,
          values: path.values.map((_, i) => -4 * path.values[path.values.length - 1 - i]!),
        };
        expect(largestStepRatio(back)).toBeCloseTo(ratio, 9);
      }),
    );
  });

  it('refuses a single image and what is not finite', () => {
    expect(() => largestStepRatio(pointsOf([1, 2], 2))).toThrow('1 images are too few');
    expect(() => largestStepRatio(pointsOf([1, Number.POSITIVE_INFINITY], 1))).toThrow('point 1 holds');
  });
});
