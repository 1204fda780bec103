import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { UsageError } from '../../src/core/errors.js';
import { angle } from '../../src/sphere/angle.js';
import { lerp } from '../../src/sphere/lerp.js';
import { slerp } from '../../src/sphere/slerp.js';
import { expectNoLeak } from '../tensors.js';
import { expectClose, expectGradient, expectOnSphere, law, onBackends, pairApart, points } from './points.js';

/** Angles from coinciding to antipodal points, the hard ones among them. */
const thetas = fc.oneof(
  fc.constantFrom(0, 1e-6, 1e-4, 1e-2, Math.PI - 1e-2, Math.PI - 1e-3, Math.PI),
  fc.double({ min: 0, max: Math.PI, noNaN: true }),
);
const omegas = fc.double({ min: 0, max: 1, noNaN: true });
const cases = fc.record({
  seed: fc.nat(1e6),
  d: fc.integer({ min: 2, max: 24 }),
  theta: thetas,
  omega: omegas,
});

function tensors({ seed, d, theta }: { seed: number; d: number; theta: number }): [tf.Tensor2D, tf.Tensor2D] {
  const [start, end] = pairApart(seed, d, theta);
  return [tf.tensor2d([start]), tf.tensor2d([end])];
}

onBackends('slerp', () => {
  it('starts and ends exactly at its ends', () => {
    law(cases, (one) => {
      const [z1, z2] = tensors(one);
      expectClose(slerp(z1, z2, 0), z1, 0);
      expectClose(slerp(z1, z2, 1), z2, 0);
    });
  });

  it('approaches its ends without a jump', () => {
    law(cases, (one) => {
      const [z1, z2] = tensors(one);
      expectClose(slerp(z1, z2, 1e-6), z1, 1e-4);
      expectClose(slerp(z1, z2, 1 - 1e-6), z2, 1e-4);
    });
  });

  it('stays on the sphere, between and beyond its ends', () => {
    law(cases, (one) => {
      const [z1, z2] = tensors(one);
      for (const omega of [one.omega, -one.omega, 1 + one.omega]) expectOnSphere(slerp(z1, z2, omega));
    });
  });

  it('moves at constant angular speed', () => {
    law(cases, ({ omega, ...one }) => {
      const [z1, z2] = tensors(one);
      const point = slerp(z1, z2, omega);
      expectClose(angle(z1, point), [omega * one.theta], 1e-5);
      expectClose(angle(point, z2), [(1 - omega) * one.theta], 2e-4);
    });
  });

  it('is the same path from either side', () => {
    law(cases, ({ omega, ...one }) => {
      const [z1, z2] = tensors(one);
      // Two points 1e-3 short of opposite fix their circle only to float32's 6e-8 / 1e-3.
      expectClose(slerp(z1, z2, omega), slerp(z2, z1, 1 - omega), 3e-4);
    });
  });

  it('equals the straight line up to θ² / 8 for small angles', () => {
    law(fc.record({ seed: fc.nat(1e6), theta: fc.constantFrom(0.2, 0.02, 2e-3, 0) }), ({ seed, theta }) => {
      const [z1, z2] = tensors({ seed, d: 5, theta });
      const apart = slerp(z1, z2, 0.5)
        .sub(lerp(z1, z2, 0.5))
        .norm();
      expectClose(apart, theta ** 2 / 8, 1e-3 * theta ** 2 + 2e-7);
    });
  });

  it('goes on past its ends along the same circle', () => {
    law(fc.record({ seed: fc.nat(1e6), theta: fc.double({ min: 0.01, max: 1.5, noNaN: true }) }), (one) => {
      const [z1, z2] = tensors({ ...one, d: 4 });
      const beyond = slerp(z1, z2, 2);
      expectClose(angle(z1, beyond), [2 * one.theta], 1e-5);
      expectClose(slerp(z1, beyond, 0.5), z2, 1e-5);
      expectClose(slerp(z2, z1, 2), slerp(z1, z2, -1), 1e-5);
    });
  });

  it('joins antipodes by a circle through the axis that is least along them', () => {
    tf.tidy(() => {
      const z1 = tf.tensor2d([[0.6, 0.1, Math.sqrt(0.63)]]);
      const middle = slerp(z1, z1.neg(), 0.5);
      expectClose(middle, [[-0.06, 0.99, -0.1 * Math.sqrt(0.63)].map((x) => x / Math.sqrt(0.99))], 1e-5);
    });
  });

  it('takes one omega, or one a row', () => {
    tf.tidy(() => {
      const z1 = tf.tensor2d(points(1, 3, 4));
      const z2 = tf.tensor2d(points(2, 3, 4));
      const omegas = [0.2, 0, 0.9];
      const rows = omegas.map((omega, i) => slerp(z1.slice([i, 0], [1, 4]), z2.slice([i, 0], [1, 4]), omega));
      const expected = tf.concat(rows);
      expectClose(slerp(z1, z2, tf.tensor1d(omegas)), expected, 1e-7);
      expectClose(slerp(z1, z2, tf.tensor2d(omegas, [3, 1])), expected, 1e-7);
      expectClose(slerp(z1, z2, tf.scalar(0.3)), slerp(z1, z2, 0.3), 0);
      expect(() => slerp(z1, z2, tf.tensor1d([0.1, 0.2]))).toThrow(UsageError);
      expect(() => slerp(z1, z2, tf.tensor2d([[0.1, 0.2, 0.3]]))).toThrow(UsageError);
    });
  });

  it('has the gradient of finite differences in each argument', () => {
    const others = points(9, 4, 5);
    const weights = tf.tensor1d([1, -2, 3, 0.5, 1]);
    expectGradient((x) => slerp(x, tf.tensor2d(others), 0.3).mul(weights), points(8, 4, 5));
    expectGradient((x) => slerp(tf.tensor2d(others), x, 0.3).mul(weights), points(8, 4, 5));
    expectGradient(
      (x) => slerp(tf.tensor2d(others), tf.tensor2d(points(8, 4, 5)), x).mul(weights),
      [[0.3], [0.7], [0.5], [1.2]],
    );
    weights.dispose();
  });

  it('has a finite gradient at equal and opposite points', () => {
    law(fc.tuple(fc.nat(1e6), fc.constantFrom(0, 1e-7, 1e-6, Math.PI)), ([seed, theta]) => {
      const [z1, z2] = tensors({ seed, d: 6, theta });
      const gradients = tf.grads((a: tf.Tensor, b: tf.Tensor) =>
        slerp(a as tf.Tensor2D, b as tf.Tensor2D, 0.4).sum(),
      )([z1, z2]);
      for (const gradient of gradients) expect(gradient.dataSync().every(Number.isFinite)).toBe(true);
    });
  });

  it('leaves no tensor behind', async () => {
    const rows = tf.tensor2d(points(1, 4, 3));
    await expectNoLeak(() => tf.dispose([slerp(rows, rows, 0.5), lerp(rows, rows, 0.5)]));
    rows.dispose();
  });
});

onBackends('lerp', () => {
  it('is a straight line, exact at its ends and not brought back to the sphere', () => {
    law(cases, ({ omega, ...one }) => {
      const [z1, z2] = tensors(one);
      expectClose(lerp(z1, z2, 0), z1, 0);
      expectClose(lerp(z1, z2, 1), z2, 0);
      expectClose(lerp(z1, z2, 0.5).norm(), Math.cos(one.theta / 2), 1e-6);
      expectClose(lerp(z1, z2, omega).sub(z1), z2.sub(z1).mul(omega), 1e-6);
    });
  });
});
