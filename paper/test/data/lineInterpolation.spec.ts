import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DataError } from '../../../src/core/errors.js';
import { scoreLineInterpolations } from '../../data/lineInterpolation.js';
import { drawLine } from '../../data/lines.js';

const reference = JSON.parse(
  readFileSync(new URL('../../../test/reference/lines.json', import.meta.url), 'utf8'),
) as Readonly<Record<'shades' | 'distances' | 'angles', number[]>> & {
  readonly steps: number;
  readonly smoothness: readonly (number | null)[];
};

/** Images of lines at the given angles. */
const linesAt = (angles: readonly number[]) =>
  Float32Array.from(angles.flatMap((angle) => [...drawLine(angle)]));

/** Angle between neighbours among the 10,000 true lines. */
const apart = (2 * Math.PI) / 10_000;

describe('scoreLineInterpolations', () => {
  it('agrees with NumPy and SciPy', () => {
    const images = Float32Array.from(reference.shades, (shade) => shade / 255);
    const scores = scoreLineInterpolations(images, reference.steps);
    for (const [i, distance] of reference.distances.entries())
      expect(Math.abs(scores.distances[i]! - distance)).toBeLessThan(5e-4);
    for (const [i, angle] of reference.angles.entries())
      expect(Math.abs(scores.angles[i]! - angle)).toBeLessThan(12 * apart);
    const known = reference.smoothness.filter((value) => value !== null);
    expect(scores.undefinedSmoothness).toBe(reference.smoothness.length - known.length);
    expect(scores.smoothness).toBeCloseTo(known.reduce((a, b) => a + b) / known.length, 2);
    expect(scores.meanDistance).toBeCloseTo(
      reference.distances.reduce((a, b) => a + b) / reference.distances.length,
      3,
    );
  });

  it('gives 0 for true lines in even steps, the short way round', () => {
    const ends = fc.tuple(
      fc.integer({ min: 0, max: 9_999 }),
      fc.integer({ min: 20, max: 300 }),
      fc.constantFrom(1, -1),
    );
    fc.assert(
      fc.property(ends, ([start, step, way]) => {
        const angles = Array.from({ length: 16 }, (_, i) => (start + i * way * step) * apart);
        const { meanDistance, smoothness } = scoreLineInterpolations(linesAt(angles), 16);
        expect(meanDistance).toBeLessThan(1e-6);
        // Single precision cannot always tell a line from its neighbour, so both ends of a step may be one line off.
        expect(Math.abs(smoothness)).toBeLessThan(4 / (15 * step));
      }),
      { numRuns: 4, examples: [[[1750, 300, -1]]] },
    );
  });

  it('gives 1 − 1 / (steps − 1) for a single jump, and more for a detour', () => {
    expect(scoreLineInterpolations(linesAt([1, 1, 1, 2, 2]), 5).smoothness).toBeCloseTo(0.75, 3);
    const detour = scoreLineInterpolations(linesAt([1, 3, 3, 3, 2]), 5);
    expect(detour.smoothness).toBeCloseTo(2 - 0.25, 2);
  });

  it('turns the short way across angle 0', () => {
    const { smoothness } = scoreLineInterpolations(linesAt([6.1, 6.2, 0.0168, 0.1168]), 4);
    expect(Math.abs(smoothness)).toBeLessThan(0.01);
  });

  it('ranks a cross-fade below true lines, and even gray below both', () => {
    const [start, end] = [drawLine(0.5), drawLine(2)];
    const fade = Float32Array.from(
      [0, 0.25, 0.5, 0.75, 1].flatMap((w) => Array.from(start, (value, i) => (1 - w) * value + w * end[i]!)),
    );
    const scores = scoreLineInterpolations(fade, 5);
    expect(scores.meanDistance).toBeGreaterThan(0.005);
    // It stays where it began, and then jumps.
    expect(scores.smoothness).toBeGreaterThan(0.6);
    const gray = scoreLineInterpolations(new Float32Array(2 * 1024).fill(0.5), 2);
    expect(gray.meanDistance).toBe(1);
    expect(gray.smoothness).toBeNaN();
    expect(gray.undefinedSmoothness).toBe(1);
  });

  it.each([
    ['no images', new Float32Array(0), 2, 'no interpolations'],
    [
      'part of an interpolation',
      new Float32Array(3 * 1024),
      2,
      '3072 values are no interpolations of 2 images',
    ],
    ['one step', new Float32Array(1024), 1, 'no interpolations of 1'],
    ['a NaN', new Float32Array(2048).fill(Number.NaN, 1500, 1501), 2, 'image 1 of the interpolations'],
  ])('refuses %s', (_, images, steps, says) => {
    expect(() => scoreLineInterpolations(images, steps)).toThrow(DataError);
    expect(() => scoreLineInterpolations(images, steps)).toThrow(says);
  });
});
