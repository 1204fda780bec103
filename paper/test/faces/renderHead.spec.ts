import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cameraBefore } from '../../faces/camera.js';
import { type FaceIdentity, faceIdentity } from '../../faces/identity.js';
import type { Light } from '../../faces/light.js';
import { headRenderer } from '../../faces/renderHead.js';

const SIZE = 32;
const front: Light = { azimuth: 0, elevation: 15 };
const side: Light = { azimuth: 60, elevation: 15 };
const people = fc.integer({ min: 0, max: 300 });
const yaws = fc.integer({ min: -90, max: 90 });

/** The same person with both halves alike. */
const symmetric = (identity: FaceIdentity): FaceIdentity => ({
  ...identity,
  hair: { ...identity.hair, parting: 0 },
});
const mirrored = (bytes: Uint8Array, size = SIZE) =>
  Uint8Array.from(bytes, (_, i) => bytes[i - (i % size) + size - 1 - (i % size)]!);
const meanDifference = (a: Uint8Array, b: Uint8Array) =>
  a.reduce((sum, value, i) => sum + Math.abs(value - b[i]!), 0) / a.length;
const mean = (bytes: ArrayLike<number>) => Array.from(bytes).reduce((a, b) => a + b) / bytes.length;
const draw = (person: number, yaw: number, light = front, size = SIZE) =>
  headRenderer(faceIdentity(1, person), size)({ yaw }, light);

/** Where the picture shows the wall: that of an empty picture, drawn with the head out of sight. */
const wallUnder = (light: Light) => headRenderer(faceIdentity(1, 0), SIZE)({ yaw: 0, shift: [3, 0] }, light);
const wall = wallUnder(front);
const wallBeside = wallUnder(side);
const headOf = (bytes: Uint8Array, behind = wall) =>
  Array.from(bytes, (value, i) => Math.abs(value - behind[i]!) > 2);

describe('headRenderer', () => {
  it('draws the same bytes each time', () => {
    fc.assert(
      fc.property(people, yaws, (person, yaw) => {
        expect(draw(person, yaw)).toEqual(draw(person, yaw));
      }),
      { numRuns: 15 },
    );
  });

  it('mirrors a symmetric head in light from the front with its yaw', () => {
    fc.assert(
      fc.property(people, yaws, fc.integer({ min: -20, max: 60 }), (person, yaw, elevation) => {
        const render = headRenderer(symmetric(faceIdentity(1, person)), SIZE);
        const light = { azimuth: 0, elevation };
        const [one, other] = [render({ yaw }, light), render({ yaw: -yaw }, light)];
        expect(meanDifference(mirrored(one), other)).toBeLessThan(0.6);
      }),
      { numRuns: 25 },
    );
  });

  it('mirrors with yaw, leaning, shift and light together', () => {
    const render = headRenderer(symmetric(faceIdentity(1, 4)), SIZE);
    const one = render({ yaw: 40, pitch: 5, roll: 12, shift: [0.05, -0.03] }, { azimuth: 50, elevation: 20 });
    const other = render(
      { yaw: -40, pitch: 5, roll: -12, shift: [-0.05, -0.03] },
      { azimuth: -50, elevation: 20 },
    );
    expect(meanDifference(mirrored(one), other)).toBeLessThan(0.6);
    expect(meanDifference(one, other)).toBeGreaterThan(5);
  });

  it('shows a head before the wall, in shades of its own', () => {
    fc.assert(
      fc.property(people, yaws, (person, yaw) => {
        const bytes = draw(person, yaw);
        const head = headOf(bytes);
        const share = head.filter(Boolean).length / head.length;
        expect(share).toBeGreaterThan(0.28);
        expect(share).toBeLessThan(0.75);
        expect(new Set(bytes).size).toBeGreaterThan(60);
        // The top corners are wall, the middle is head, and shoulders reach the lower edge.
        expect([head[0], head[SIZE - 1]]).toEqual([false, false]);
        const middle = (SIZE / 2) * SIZE + SIZE / 2;
        // Under one light a head may have the wall's shade, so its middle is looked at under two.
        const beside = headOf(draw(person, yaw, side), wallBeside);
        const isHead = head.map((seen, i) => seen || beside[i]!);
        expect(isHead.slice(middle - 6, middle + 6).filter(Boolean).length).toBeGreaterThan(6);
        expect(head.slice(-SIZE).some(Boolean)).toBe(true);
      }),
      { numRuns: 40, examples: [[256, 4]] },
    );
  });

  it('turns the nose to the right of the picture at positive yaws', () => {
    for (const person of [0, 5, 9, 14]) {
      const head = headOf(draw(person, 90, front, SIZE));
      // In the rows of the nose, the face reaches further right than in those of the chin and the brow.
      const reach = (row: number) => head.slice(row * SIZE, (row + 1) * SIZE).lastIndexOf(true);
      const nose = Math.max(...[15, 16, 17, 18, 19].map(reach));
      expect(nose).toBeGreaterThan(reach(26));
      expect(nose).toBeGreaterThan(SIZE - 8);
    }
  });

  it('is brighter on the side of the light', () => {
    fc.assert(
      fc.property(people, fc.integer({ min: 40, max: 80 }), (person, azimuth) => {
        const bytes = draw(person, 0, { azimuth, elevation: 10 });
        const rows = Array.from({ length: 12 }, (_, i) => bytes.subarray((i + 10) * SIZE, (i + 11) * SIZE));
        // Light at a positive azimuth is on the side that shows at positive yaws, which is left in a front view.
        const half = (from: number) => mean(rows.flatMap((row) => [...row.subarray(from, from + 6)]));
        expect(half(9)).toBeGreaterThan(half(17));
      }),
      { numRuns: 20 },
    );
  });

  it('makes neighbours in yaw more alike than distant yaws', () => {
    for (const person of [1, 2, 3]) {
      const [a, b, c] = [draw(person, 20), draw(person, 30), draw(person, 75)];
      expect(meanDifference(a, b)).toBeLessThan(meanDifference(a, c));
    }
  });

  it('draws a size that is no multiple of its tiles', () => {
    const small = draw(3, 20, front, 30);
    expect(small).toHaveLength(900);
    expect(Math.abs(mean(small) - mean(draw(3, 20)))).toBeLessThan(3);
  });
});

describe('cameraBefore', () => {
  const pose = fc.record({ yaw: yaws, pitch: fc.integer({ min: -40, max: 40 }), roll: yaws });

  it('looks at the middle from one distance, along rays of length 1', () => {
    fc.assert(
      fc.property(pose, (held) => {
        const { origin, aim } = cameraBefore(held);
        const ray = new Float64Array(3);
        for (const [right, up] of [
          [0, 0],
          [1, -0.5],
        ] as const) {
          aim(right, up, ray);
          expect(Math.hypot(...ray)).toBeCloseTo(1, 9);
        }
        aim(0, 0, ray);
        const [x, y, z] = origin.map((value, i) => value + 7.5 * ray[i]!);
        expect(Math.hypot(x!, z!)).toBeCloseTo(0, 9);
        expect(y).toBeCloseTo(-0.13, 9);
      }),
    );
  });

  it('goes to the side at −x at a positive yaw, and below a head that looks up', () => {
    expect(cameraBefore({ yaw: 90 }).origin[0]).toBeCloseTo(-7.5, 9);
    expect(cameraBefore({ yaw: 0, pitch: 30 }).origin[1]).toBeLessThan(-3);
    // A head that leans to the right of the picture has its crown, +y, there.
    const ray = new Float64Array(3);
    cameraBefore({ yaw: 0, roll: 90 }).aim(1, 0, ray);
    expect(ray[1]).toBeGreaterThan(0.1);
  });
});
