import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { featureGaussian, frechetDistance } from '../../../src/evaluate/metrics/frechetDistance.js';
import type { FeaturePoints } from '../../../src/evaluate/metrics/manifold.js';
import { cases, singular } from '../../reference/quality.json';
import { cloud, pointsOf } from './points.js';

const distance = (a: FeaturePoints, b: FeaturePoints) =>
  frechetDistance(featureGaussian(a), featureGaussian(b));

describe('frechetDistance', () => {
  it('agrees with SciPy, also where covariances have no inverse', () => {
    for (const { dimension, real, made, frechet } of cases) {
      expect(distance(pointsOf(real, dimension), pointsOf(made, dimension))).toBeCloseTo(frechet, 8);
    }
    const { dimension, real, made, frechet } = singular;
    expect(distance(pointsOf(real, dimension), pointsOf(made, dimension))).toBeCloseTo(frechet, 5);
  });

  it('is 0 to itself, the same from both sides, and grows by the square of a shift', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 5 }), (seed, shift) => {
        const [a, b] = [cloud(seed, 30, 4), cloud(seed + 1, 20, 4)];
        expect(distance(a, a)).toBeCloseTo(0, 6);
        expect(distance(a, b)).toBeGreaterThan(0);
        expect(distance(b, a)).toBeCloseTo(distance(a, b), 6);
        const moved = { ...a, values: a.values.map((value) => value + shift) };
        expect(distance(a, moved)).toBeCloseTo(4 * shift ** 2, 4);
      }),
      { numRuns: 30 },
    );
  });

  it('is the squared difference of deviations along one axis', () => {
    const wide = pointsOf([-3, 3, -3, 3], 1);
    const narrow = pointsOf([-1, 1, -1, 1], 1);
    expect(distance(wide, narrow)).toBeCloseTo((Math.sqrt(12) - Math.sqrt(4 / 3)) ** 2, 12);
  });

  it('names what cannot be compared', () => {
    expect(() => featureGaussian(pointsOf([1, 2], 2))).toThrow(
      '1 images are too few to compare: at least 2 are needed',
    );
    expect(() => featureGaussian(pointsOf([1, 2, 3, Number.NaN], 2))).toThrow('point 1 holds');
    expect(() => distance(cloud(1, 5, 2), cloud(1, 5, 3))).toThrow(/features of 2 values.*of 3/);
  });
});
