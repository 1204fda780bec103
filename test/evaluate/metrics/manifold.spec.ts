import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  densityCoverage,
  type FeaturePoints,
  largestStepRatio,
  manifoldOf,
  precisionRecall,
} from '../../../src/evaluate/metrics/manifold.js';
import { cases } from '../../reference/quality.json';
import { cloud, pointsOf } from './points.js';

const measure = (real: FeaturePoints, made: FeaturePoints, k?: number) => {
  const balls = manifoldOf(real, k);
  return { ...precisionRecall(balls, manifoldOf(made, k)), ...densityCoverage(balls, made) };
};

describe('precision, recall, density and coverage', () => {
  it('agree with NumPy, on the edges of balls too', () => {
    for (const { dimension, real, made, neighbours } of cases) {
      for (const { k, ...expected } of neighbours) {
        const found = measure(pointsOf(real, dimension), pointsOf(made, dimension), k);
        for (const [name, value] of Object.entries(expected))
          expect(found[name as keyof typeof found], `${name}, k = ${k}`).toBeCloseTo(value, 12);
      }
    }
    const { dimension, real, made, neighbours } = cases[1]!;
    const byDefault = measure(pointsOf(real, dimension), pointsOf(made, dimension));
    expect(byDefault.density).toBeCloseTo(neighbours.find(({ k }) => k === 5)!.density, 12);
  });

  it('are full for a copy and nothing for what is far away', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 6 }), (seed, k) => {
        const real = cloud(seed, 25, 3);
        const copy = measure(real, real, k);
        expect(copy).toMatchObject({ precision: 1, recall: 1, coverage: 1 });
        // Each point lies in its own ball and, on the whole, in as many others as balls hold neighbors.
        expect(copy.density).toBeCloseTo((k + 1) / k, 12);
        const away = { ...real, values: real.values.map((value) => value + 100) };
        expect(measure(real, away, k)).toEqual({ precision: 0, recall: 0, density: 0, coverage: 0 });
      }),
      { numRuns: 40 },
    );
  });

  it('change sides: what is precision from one side is recall from the other', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const [a, b] = [manifoldOf(cloud(seed, 20, 2), 2), manifoldOf(cloud(seed + 1, 30, 2), 2)];
        const { precision, recall } = precisionRecall(a, b);
        expect(precisionRecall(b, a)).toEqual({ precision: recall, recall: precision });
      }),
    );
  });

  it('tell a few good images from many various ones', () => {
    const real = cloud(1, 400, 2);
    const few = { ...real, values: real.values.slice(0, 800).map((_, i) => real.values[i % 20]!) };
    const { precision, coverage } = measure(real, few);
    expect(precision).toBe(1);
    expect(coverage).toBeLessThan(0.3);
    expect(measure(real, cloud(2, 400, 2)).coverage).toBeCloseTo(1 - 2 ** -5, 1);
  });

  it('refuse too few points, other spaces and a wrong k', () => {
    expect(() => manifoldOf(cloud(1, 5, 2))).toThrow(
      '5 images are too few to compare: at least 6 are needed',
    );
    expect(() => manifoldOf(cloud(1, 5, 2), 0)).toThrow('k is 0');
    expect(() => manifoldOf(cloud(1, 5, 2), 1.5)).toThrow('k is 1.5');
    const balls = manifoldOf(cloud(1, 9, 2));
    expect(() => densityCoverage(balls, cloud(1, 9, 3))).toThrow(/features of 2 values.*of 3/);
    expect(() => densityCoverage(balls, pointsOf([], 2))).toThrow('0 images are too few');
    expect(() => precisionRecall(balls, { ...balls, points: pointsOf([Number.NaN, 1], 2) })).toThrow(
      'point 0 holds',
    );
  });
});

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
