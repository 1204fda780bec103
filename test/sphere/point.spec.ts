import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { angle } from '../../src/sphere/angle.js';
import { expMap } from '../../src/sphere/exp.js';
import { lerp } from '../../src/sphere/lerp.js';
import { logMap } from '../../src/sphere/log.js';
import { frechetMean } from '../../src/sphere/mean.js';
import {
  anglePoint,
  carryPoint,
  lerpPoint,
  meanPoint,
  scatterPoint,
  slerpPoint,
} from '../../src/sphere/point.js';
import { slerp } from '../../src/sphere/slerp.js';
import { transport } from '../../src/sphere/transport.js';
import { law, pairApart, points } from './points.js';

const thetas = fc.oneof(
  fc.constantFrom(0, 1e-6, 1e-4, 1e-2, Math.PI - 1e-2, Math.PI - 1e-3, Math.PI),
  fc.double({ min: 0, max: Math.PI, noNaN: true }),
);
const cases = fc.record({
  seed: fc.nat(1e6),
  d: fc.integer({ min: 2, max: 24 }),
  theta: thetas,
  omega: fc.oneof(fc.constantFrom(0, 1), fc.double({ min: -1, max: 2, noNaN: true })),
});

function ends({ seed, d, theta }: { seed: number; d: number; theta: number }): [Float32Array, Float32Array] {
  const [start, end] = pairApart(seed, d, theta);
  return [Float32Array.from(start!), Float32Array.from(end!)];
}
const row = (point: Float32Array) => tf.tensor2d(point, [1, point.length]);
const largestGap = (a: Float32Array, b: Float32Array) =>
  a.reduce((gap, value, i) => Math.max(gap, Math.abs(value - b[i]!)), 0);

describe('single points', () => {
  beforeAll(() => tf.setBackend('cpu'));

  it('go where rows of tensors go', () => {
    law(cases, ({ omega, ...one }) => {
      const [from, to] = ends(one);
      tf.tidy(() => {
        const rows = [row(from), row(to)] as const;
        const read = (tensor: tf.Tensor) => tensor.dataSync<'float32'>();
        expect(largestGap(lerpPoint(from, to, omega), read(lerp(...rows, omega)))).toBeLessThan(1e-6);
        expect(Math.abs(anglePoint(from, to) - read(angle(...rows))[0]!)).toBeLessThan(2e-6);
        // Short of opposite, the circle is fixed only to float32's 6e-8 / (π − θ).
        const tolerance = 2e-6 + 1e-6 / Math.max(Math.PI - one.theta, 1e-3);
        expect(largestGap(slerpPoint(from, to, omega), read(slerp(...rows, omega)))).toBeLessThan(tolerance);
      });
    });
  });

  it('stay on the sphere, turn at constant speed and begin and end exactly', () => {
    law(cases, ({ omega, ...one }) => {
      const [from, to] = ends(one);
      const point = slerpPoint(from, to, omega);
      expect(Math.abs(Math.hypot(...point) - 1)).toBeLessThan(1e-6);
      expect(slerpPoint(from, to, 0)).toEqual(from);
      expect(slerpPoint(from, to, 1)).toEqual(to);
      const turned = Math.abs(omega) * anglePoint(from, to);
      expect(
        Math.abs(anglePoint(from, point) - (turned > Math.PI ? 2 * Math.PI - turned : turned)),
      ).toBeLessThan(3e-6);
    });
  });

  it('are carried as exp, transport and log of tensors carry them', () => {
    law(cases, ({ omega, ...one }) => {
      // Opposite ends are joined by many circles, which float32 does not tell apart.
      const [from, to] = ends({ ...one, theta: Math.min(one.theta, 3) });
      const at = Float32Array.from(points(one.seed + 1, 1, one.d)[0]!);
      if (anglePoint(from, at) > 3) return;
      const expected = tf.tidy(() => {
        const [p, q, z] = [row(from), row(to), row(at)];
        const tangent = logMap(p, q).mul(omega) as tf.Tensor2D;
        return expMap(z, transport(tangent, p, z)).dataSync<'float32'>();
      });
      expect(largestGap(carryPoint(from, to, at, omega), expected)).toBeLessThan(5e-5);
    });
  });

  it('are carried as far as the ends are apart, and to the other end from the first', () => {
    law(cases, ({ omega, ...one }) => {
      const [from, to] = ends({ ...one, theta: Math.min(one.theta, 3) });
      const at = Float32Array.from(points(one.seed + 1, 1, one.d)[0]!);
      const carried = carryPoint(from, to, at, omega);
      expect(Math.abs(Math.hypot(...carried) - 1)).toBeLessThan(1e-6);
      const turned = Math.abs(omega) * anglePoint(from, to);
      expect(
        Math.abs(anglePoint(at, carried) - (turned > Math.PI ? 2 * Math.PI - turned : turned)),
      ).toBeLessThan(5e-6);
      expect(largestGap(carryPoint(from, to, from, 1), to)).toBeLessThan(2e-6);
    });
  });

  it('change nothing that they are given', () => {
    const [from, to] = ends({ seed: 1, d: 4, theta: 1 });
    const before = [from.slice(), to.slice()];
    for (const omega of [0, 0.5, 1]) slerpPoint(from, to, omega).fill(0);
    expect([from, to]).toEqual(before);
  });

  it('have the Fréchet mean of rows of tensors', () => {
    law(cases, ({ seed, d, omega }) => {
      const near = points(seed, 4, d).map((point) => {
        const shifted = Array.from(point, (value, i) => value + (i === 0 ? 2 : 0));
        return Float32Array.from(shifted, (value) => value / Math.hypot(...shifted));
      });
      const share = Math.abs(omega) / 2;
      const weights = [1 - share, share / 2, share / 4, share / 4];
      const expected = tf.tidy(() =>
        frechetMean(tf.tensor2d(near.map((point) => [...point])), {
          weights: tf.tensor1d(weights),
        }).dataSync<'float32'>(),
      );
      expect(largestGap(meanPoint(near, weights), expected)).toBeLessThan(1e-5);
    });
  });

  it('scatter by the sum of what is carried', () => {
    law(cases, ({ omega, ...one }) => {
      const [from, to] = ends({ ...one, theta: Math.min(one.theta, 2) });
      const at = Float32Array.from(points(one.seed + 1, 1, one.d)[0]!);
      if (anglePoint(from, at) > 2.5 || anglePoint(to, at) > 2.5) return;
      const share = omega / 2;
      expect(largestGap(scatterPoint([from, to], at, share), carryPoint(from, to, at, share))).toBeLessThan(
        1e-5,
      );
      expect(
        largestGap(scatterPoint([from, to, from, to], at, share), carryPoint(from, to, at, 2 * share)),
      ).toBeLessThan(1e-5);
      expect(scatterPoint([], at, 1)).toEqual(at);
    });
  });
});
