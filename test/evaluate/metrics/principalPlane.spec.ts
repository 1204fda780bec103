import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../src/core/random.js';
import { principalPlane } from '../../../src/evaluate/metrics/principalPlane.js';

/** Normal points with these deviations along the axes. */
function cloud(count: number, deviations: readonly number[], seed: number): Float32Array {
  const random = randomStream(seed, 'cloud');
  return Float32Array.from(
    { length: count * deviations.length },
    (_, i) => deviations[i % deviations.length]! * random.normal(),
  );
}

describe('principalPlane', () => {
  it('finds the two widest axes, with their share of the variance', () => {
    const values = cloud(4000, [0.1, 3, 0.2, 1], 7);
    const { points, shares } = principalPlane(values, 4);
    expect(shares[0]).toBeCloseTo(9 / 10.05, 1);
    expect(shares[1]).toBeCloseTo(1 / 10.05, 1);
    const correlation = points.reduce((sum, [x], i) => sum + x * values[i * 4 + 1]!, 0) / (4000 * 9);
    expect(correlation).toBeCloseTo(1, 1);
  });

  it('keeps distances of points that lie in a plane', () => {
    fc.assert(
      fc.property(fc.integer(), fc.double({ min: 0, max: 6.3, noNaN: true }), (seed, turn) => {
        const flat = cloud(12, [2, 1], seed);
        const turned = Float32Array.from({ length: 36 }, (_, i) => {
          const [x, y] = [flat[2 * Math.floor(i / 3)]!, flat[2 * Math.floor(i / 3) + 1]!];
          return [Math.cos(turn) * x, Math.sin(turn) * x, y][i % 3]!;
        });
        const { points, shares } = principalPlane(turned, 3);
        expect(shares[0] + shares[1]).toBeCloseTo(1, 4);
        for (let i = 1; i < 12; i++) {
          const [a, b] = [points[0]!, points[i]!];
          const before = Math.hypot(flat[0]! - flat[2 * i]!, flat[1]! - flat[2 * i + 1]!);
          expect(Math.hypot(a[0] - b[0], a[1] - b[1])).toBeCloseTo(before, 2);
        }
      }),
    );
  });

  it('gives equal points one place', () => {
    expect(principalPlane(new Float32Array(6), 2)).toEqual({
      points: [
        [0, 0],
        [0, 0],
        [0, 0],
      ],
      shares: [0, 0],
    });
  });

  it('names what cannot be drawn', () => {
    expect(() => principalPlane(new Float32Array(5), 2)).toThrow('5 values are no points of 2 dimensions');
    expect(() => principalPlane(new Float32Array(2), 2)).toThrow('no points');
    expect(() => principalPlane(Float32Array.of(1, 2, 3, Number.NaN), 2)).toThrow('point 1 holds');
  });
});
