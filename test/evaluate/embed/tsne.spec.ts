import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../src/core/random.js';
import { tsneGradient } from '../../../src/evaluate/embed/tsne.js';

const COUNT = 6;

/** Symmetric with a zero diagonal, adding up to 1. */
function affinitiesOf(seed: number): Float64Array {
  const stream = randomStream(seed, 'affinities');
  const p = new Float64Array(COUNT * COUNT);
  for (let i = 0; i < COUNT; i++)
    for (let j = 0; j < i; j++) p[i * COUNT + j] = p[j * COUNT + i] = stream.uniform(0.1, 1);
  const sum = p.reduce((a, b) => a + b);
  return p.map((value) => value / sum);
}

/** − Σ p log q: the Kullback-Leibler divergence but for a constant. */
function cost(points: readonly (readonly number[])[], p: Float64Array): number {
  const w = points.flatMap((one, i) =>
    points.map((other, j) =>
      i === j ? 0 : 1 / (1 + one.reduce((sum, v, d) => sum + (v - other[d]!) ** 2, 0)),
    ),
  );
  const sum = w.reduce((a, b) => a + b);
  return w.reduce((total, value, at) => (value === 0 ? total : total - p[at]! * Math.log(value / sum)), 0);
}

describe('tsneGradient', () => {
  it.each([2, 3])('is the slope of the cost in %d dimensions', (dimensions) => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const stream = randomStream(seed, 'points');
        const points = Array.from({ length: COUNT }, () =>
          Array.from({ length: dimensions }, () => stream.normal()),
        );
        const p = affinitiesOf(seed);
        const gradient = tsneGradient(points, p, 1);
        const h = 1e-5;
        for (let i = 0; i < COUNT; i++) {
          for (let d = 0; d < dimensions; d++) {
            const moved = (by: number) =>
              points.map((point, k) => point.map((value, e) => (k === i && e === d ? value + by : value)));
            const slope = (cost(moved(h), p) - cost(moved(-h), p)) / (2 * h);
            expect(gradient[i]![d]).toBeCloseTo(slope, 7);
          }
        }
      }),
      { numRuns: 20 },
    );
  });

  it('pulls harder by the exaggeration', () => {
    const points = [
      [0, 0],
      [3, 0],
      [0, 1],
      [1, 1],
      [2, 2],
      [5, 5],
    ];
    const p = affinitiesOf(3);
    const [once, twice, thrice] = [1, 2, 3].map((factor) => tsneGradient(points, p, factor)[0]![0]!);
    expect(thrice! - twice!).toBeCloseTo(twice! - once!, 12);
    // Further left points are pulled to the right: the descent goes against the gradient.
    expect(twice! - once!).toBeLessThan(0);
  });
});
