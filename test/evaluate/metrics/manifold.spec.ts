import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  densityCoverage,
  type FeaturePoints,
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
