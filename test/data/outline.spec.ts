import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fill, flatten, type Point } from '../../src/data/outline.js';

const sum = (values: Float32Array) => values.reduce((total, value) => total + value, 0);
const box = (left: number, upper: number, right: number, lower: number): Point[] => [
  [left, upper],
  [right, upper],
  [right, lower],
  [left, lower],
];

/** The shoelace formula. */
const area = (corners: readonly Point[]) =>
  Math.abs(
    corners.reduce((total, [x0, y0], i) => {
      const [x1, y1] = corners[(i + 1) % corners.length]!;
      return total + x0 * y1 - x1 * y0;
    }, 0),
  ) / 2;

describe('fill', () => {
  it('covers each pixel by the share that lies inside', () => {
    const pixels = fill([box(1.25, 1, 3, 2.5)], 4);
    const rows = [0, 1, 2, 3].map((row) => [...pixels.subarray(4 * row, 4 * row + 4)]);
    expect(rows).toEqual([
      [0, 0, 0, 0],
      [0, 0.75, 1, 0],
      [0, 0.375, 0.5, 0],
      [0, 0, 0, 0],
    ]);
  });

  it('puts down as much ink as a triangle has area', () => {
    const corner = fc.tuple(
      fc.double({ min: 0, max: 16, noNaN: true }),
      fc.double({ min: 0, max: 16, noNaN: true }),
    );
    fc.assert(
      fc.property(fc.tuple(corner, corner, corner), (corners) => {
        // Four lines a pixel: an eighth of a pixel at each end of a slope, over its width.
        expect(Math.abs(sum(fill([corners], 16)) - area(corners))).toBeLessThan(0.01 + 16 / 8);
      }),
    );
  });

  it('fills what two pieces share once, and leaves a hole where one runs the other way', () => {
    const [outer, inner] = [box(0, 0, 8, 8), box(2, 2, 6, 6)];
    expect(sum(fill([outer, inner], 8))).toBe(64);
    expect(sum(fill([outer, inner.toReversed()], 8))).toBe(64 - 16);
  });

  it('cuts off what lies outside of the image', () => {
    expect([...fill([box(-5, -5, 20, 20)], 3)]).toEqual(Array(9).fill(1));
    expect(sum(fill([box(4, 4, 9, 9)], 3))).toBe(0);
  });
});

describe('flatten', () => {
  it('goes along quadratic and cubic curves, and starts a new line at each move', () => {
    const outline = flatten([
      { type: 'M', x: 0, y: 0 },
      { type: 'L', x: 4, y: 0 },
      { type: 'Q', x1: 4, y1: 4, x: 0, y: 4 },
      { type: 'Z' },
      { type: 'M', x: 10, y: 0 },
      { type: 'C', x1: 10, y1: 3, x2: 13, y2: 3, x: 13, y: 0 },
      { type: 'Z' },
    ]);
    expect(outline).toHaveLength(2);
    const [first, second] = outline as [Point[], Point[]];
    expect(first.slice(0, 2)).toEqual([
      [0, 0],
      [4, 0],
    ]);
    // Halfway: weights 1/4, 1/2, 1/4 of the three points; 1/8, 3/8, 3/8, 1/8 of the four.
    expect(first[5]).toEqual([3, 3]);
    expect(first.at(-1)).toEqual([0, 4]);
    expect(second[4]).toEqual([11.5, 2.25]);
    expect(second.at(-1)).toEqual([13, 0]);
  });
});
