import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DataError } from '../../../src/core/errors.js';
import { randomStream } from '../../../src/core/random.js';
import { trustworthiness } from '../../../src/evaluate/metrics/trustworthiness.js';
import { trustworthiness as reference } from '../../reference/metrics.json';

const high = Float32Array.from(reference.high);
const low = Float32Array.from(reference.low);

const cloud = (seed: number, count: number, dimension: number) => {
  const stream = randomStream(seed, 'cloud');
  return Float32Array.from({ length: count * dimension }, () => stream.normal());
};

describe('trustworthiness', () => {
  it('agrees with scikit-learn', () => {
    for (const [k, expected] of Object.entries(reference.byNeighbours)) {
      const found = trustworthiness(high, reference.highDimension, low, reference.lowDimension, Number(k));
      expect(found, `${k} neighbors`).toBeCloseTo(expected, 12);
    }
    const byDefault = trustworthiness(high, reference.highDimension, low, 2);
    expect(byDefault).toBeCloseTo(reference.byNeighbours[12], 12);
  });

  it('is 1 for a copy that is turned, shifted and scaled, and at most that for anything else', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 20 }), (seed, scale) => {
        const points = cloud(seed, 40, 2);
        const turned = points.map((_, i) => scale * (i % 2 === 0 ? points[i + 1]! : -points[i - 1]!) + 3);
        expect(trustworthiness(points, 2, turned, 2)).toBe(1);
        const other = trustworthiness(points, 2, cloud(seed + 1, 40, 3), 3);
        expect(other).toBeLessThan(1);
        expect(other).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 30 },
    );
  });

  it.each([
    ['as many neighbors as half of the points', cloud(1, 24, 2), cloud(1, 24, 2), 12, '1 to 11 neighbors'],
    ['no neighbors', cloud(1, 24, 2), cloud(1, 24, 2), 0, '1 to 11 neighbors'],
    ['another number of points', cloud(1, 30, 2), cloud(1, 31, 2), 5, '30 points are embedded as 31'],
    ['a NaN', cloud(1, 30, 2), cloud(1, 30, 2).fill(Number.NaN, 8, 9), 5, 'point 4 holds'],
  ])('refuses %s', (_, from, to, k, says) => {
    let error: unknown;
    try {
      trustworthiness(from, 2, to, 2, k);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(DataError);
    const { message, hint = '' } = error as DataError;
    expect(`${message} ${hint}`).toContain(says);
  });
});
