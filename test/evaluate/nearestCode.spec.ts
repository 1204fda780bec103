import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearestCode } from '../../src/evaluate/nearestCode.js';
import { slerpPoint } from '../../src/sphere/point.js';

const codes = [
  [1, 0, 0],
  [0, 1, 0],
  [0.6, 0.8, 0],
  [0, 0, 1],
].map((values) => Float32Array.from(values));

describe('the nearest code', () => {
  it('is that at the smallest angle, whatever the lengths', () => {
    const point = slerpPoint(codes[0]!, codes[1]!, 0.5);
    expect(nearestCode(point, codes)).toEqual({ index: 2, cosine: expect.closeTo(0.98995, 5) });
    expect(
      nearestCode(
        point.map((value) => 7 * value),
        codes,
      )?.index,
    ).toBe(2);
    const long = codes.map((code, i) => code.map((value) => value * (i + 1)));
    expect(nearestCode(point, long)?.index).toBe(2);
  });

  it('passes over the ends of a path', () => {
    const point = slerpPoint(codes[0]!, codes[2]!, 0.1);
    expect(nearestCode(point, codes)?.index).toBe(0);
    expect(nearestCode(point, codes, [0, 2])?.index).toBe(1);
  });

  it('is none where nothing is left, and of several the first', () => {
    expect(nearestCode(codes[0]!, codes, [0, 1, 2, 3])).toBeUndefined();
    expect(nearestCode(codes[0]!, [])).toBeUndefined();
    expect(nearestCode(new Float32Array(3), codes)).toBeUndefined();
    expect(nearestCode(codes[0]!, [new Float32Array(3), codes[1]!])?.index).toBe(1);
    expect(nearestCode(codes[0]!, [codes[3]!, codes[1]!])?.index).toBe(0);
  });

  it('is a code itself for that code, at a cosine of 1', () => {
    const code = fc
      .array(fc.float({ min: -9, max: 9, noNaN: true }), { minLength: 3, maxLength: 3 })
      .filter((values) => Math.hypot(...values) > 1e-3)
      .map((values) => Float32Array.from(values));
    fc.assert(
      fc.property(fc.array(code, { minLength: 1, maxLength: 6 }), fc.nat(), (all, pick) => {
        const found = nearestCode(all[pick % all.length]!, all)!;
        expect(found.cosine).toBeCloseTo(1, 6);
      }),
    );
  });
});
