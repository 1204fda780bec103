import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ellipsoid, ellipsoidOf, intersect, join, smoothStep } from '../../faces/distance.js';
import { HEAD_RADIUS, shapeHead } from '../../faces/head.js';
import { faceIdentity } from '../../faces/identity.js';

const number = fc.double({ min: -2, max: 2, noNaN: true });
const axis = fc.double({ min: 0.05, max: 1.5, noNaN: true });
const width = fc.double({ min: 0.01, max: 0.5, noNaN: true });

describe('ellipsoid', () => {
  it('of equal axes is the exact distance to a sphere', () => {
    fc.assert(
      fc.property(axis, number, number, number, (radius, x, y, z) => {
        const ball = ellipsoidOf([0.1, 0.2, 0.3], [radius, radius, radius]);
        const exact = Math.hypot(x - 0.1, y - 0.2, z - 0.3) - radius;
        expect(ellipsoid(ball, x, y, z)).toBeCloseTo(exact, 5);
      }),
    );
  });

  it('is 0 on the surface, negative inside and positive outside', () => {
    fc.assert(
      fc.property(axis, axis, axis, number, number, number, (a, b, c, u, v, w) => {
        fc.pre(Math.hypot(u, v, w) > 0.01);
        const solid = ellipsoidOf([0, 0, 0], [a, b, c]);
        const at = (scale: number) => {
          const k = scale / Math.hypot(u, v, w);
          return ellipsoid(solid, a * u * k, b * v * k, c * w * k);
        };
        expect(at(1)).toBeCloseTo(0, 6);
        expect(at(0.9)).toBeLessThan(0);
        expect(at(1.1)).toBeGreaterThan(0);
      }),
    );
    expect(ellipsoid(ellipsoidOf([1, 1, 1], [0.5, 0.5, 0.5]), 1, 1, 1)).toBeLessThan(0);
  });
});

describe('join and intersect', () => {
  it('are the union and the intersection, but for a fillet of at most a quarter of its width', () => {
    fc.assert(
      fc.property(number, number, width, (d, e, k) => {
        const gap = Math.min(d, e) - join(d, e, k);
        expect(gap).toBeGreaterThanOrEqual(0);
        expect(gap).toBeLessThanOrEqual(k / 4 + 1e-12);
        if (Math.abs(d - e) >= k) expect(gap).toBe(0);
        expect(join(e, d, k)).toBe(join(d, e, k));
        expect(intersect(d, e, k)).toBe(-join(-d, -e, k));
      }),
    );
  });
});

describe('smoothStep', () => {
  it('rises from 0 to 1, and falls with its ends exchanged', () => {
    fc.assert(
      fc.property(number, width, number, (from, k, value) => {
        const up = smoothStep(from, from + k, value);
        expect(up).toBeGreaterThanOrEqual(0);
        expect(up).toBeLessThanOrEqual(1);
        expect(smoothStep(from + k, from, value)).toBeCloseTo(1 - up, 9);
      }),
    );
  });
});

describe('a head', () => {
  const people = fc.integer({ min: 0, max: 200 });

  it('is solid in its middle and within the radius that bounds it', () => {
    fc.assert(
      fc.property(
        people,
        fc.double({ min: -1.5, max: 1.4, noNaN: true }),
        fc.double({ min: 0, max: 6.28, noNaN: true }),
        (person, y, turn) => {
          const { distance } = shapeHead(faceIdentity(1, person));
          expect(distance(0, 0.2, 0)).toBeLessThan(-0.4);
          expect(distance(HEAD_RADIUS * Math.cos(turn), y, HEAD_RADIUS * Math.sin(turn))).toBeGreaterThan(0);
        },
      ),
    );
  });

  it('never lets a ray jump far: its distance grows little faster than the way does', () => {
    fc.assert(
      fc.property(
        people,
        fc.tuple(number, number, number),
        fc.tuple(number, number, number),
        (person, p, q) => {
          const { distance } = shapeHead(faceIdentity(1, person));
          const [x, y, z] = p.map((value) => value * 0.8) as [number, number, number];
          const step = q.map((value) => value * 0.005) as [number, number, number];
          const before = distance(x, y, z);
          fc.pre(before > 0 && before < 0.5);
          const after = distance(x + step[0], y + step[1], z + step[2]);
          expect(Math.abs(after - before)).toBeLessThan(2 * Math.hypot(...step) + 0.02);
        },
      ),
      { numRuns: 500 },
    );
  });
});
