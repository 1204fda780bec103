import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { angle, angleMatrix } from '../../src/sphere/angle.js';
import { expectNoLeak } from '../tensors.js';
import { dot, expectClose, expectGradient, law, onBackends, pairApart, points, sizes } from './points.js';

onBackends('angle', () => {
  it('measures the angle of a pair, from coinciding to opposite', () => {
    const thetas = [1e-5, 1e-3, 0.1, 1, Math.PI / 2, 3, Math.PI - 1e-3, Math.PI - 1e-5];
    law(fc.nat(1e6), (seed) => {
      const pairs = thetas.map((theta) => pairApart(seed, 6, theta));
      const u = tf.tensor2d(pairs.map(([start]) => start));
      const v = tf.tensor2d(pairs.map(([, end]) => end));
      expectClose(angle(u, v), thetas, 2e-6);
      expectClose(angle(v, u), thetas, 2e-6);
    });
  });

  it('pairs one row with every row of the other side', () => {
    tf.tidy(() => {
      const [one, ...others] = points(4, 5, 3);
      const expected = others.map((other) => Math.acos(dot(one!, other)));
      expectClose(angle(tf.tensor2d([one!]), tf.tensor2d(others)), expected, 2e-6);
    });
  });

  it('has a finite gradient for equal and opposite rows', () => {
    tf.tidy(() => {
      const u = tf.tensor2d([
        [1, 0],
        [1, 0],
      ]);
      const v = tf.tensor2d([
        [1, 0],
        [-1, 0],
      ]);
      const gradient = tf.grad((x: tf.Tensor) => angle(x as tf.Tensor2D, v).sum())(u);
      expect(gradient.dataSync().every(Number.isFinite)).toBe(true);
    });
  });
});

onBackends('angleMatrix', () => {
  it('holds the angle of every pair', () => {
    law(sizes, ([seed, n, d]) => {
      const rows = points(seed, n + 2, d);
      const u = rows.slice(0, n);
      const v = rows.slice(1);
      const angles = angleMatrix(tf.tensor2d(u), tf.tensor2d(v));
      expect(angles.shape).toEqual([n, n + 1]);
      // Equal rows are the worst case: the clamp at 1 − 1e-6 leaves 1.4e-3 radians.
      expectClose(
        angles,
        u.map((a) => v.map((b) => Math.acos(Math.max(-1, Math.min(1, dot(a, b)))))),
        2e-3,
      );
    });
  });

  it('is accurate to 1e-6 radians away from 0 and π', () => {
    law(fc.tuple(fc.nat(1e6), fc.double({ min: 0.3, max: 2.8, noNaN: true })), ([seed, theta]) => {
      const [u, v] = pairApart(seed, 16, theta);
      expectClose(angleMatrix(tf.tensor2d([u]), tf.tensor2d([v])), [[theta]], 1e-6);
    });
  });

  it('has a gradient of 0 for equal and opposite rows, and that of finite differences elsewhere', () => {
    tf.tidy(() => {
      const u = tf.tensor2d([[0.6, 0.8]]);
      const v = tf.tensor2d([
        [0.6, 0.8],
        [-0.6, -0.8],
      ]);
      expectClose(tf.grad((x: tf.Tensor) => angleMatrix(x as tf.Tensor2D, v).sum())(u), [[0, 0]], 0);
    });
    const others = points(3, 4, 5).map((row) => row.map((x) => 0.8 * x));
    expectGradient((x) => angleMatrix(x, tf.tensor2d(others)).square(), points(7, 3, 5));
  });

  it('leaves no tensor behind', async () => {
    const rows = tf.tensor2d(points(1, 4, 3));
    await expectNoLeak(() => tf.dispose([angle(rows, rows), angleMatrix(rows, rows)]));
    rows.dispose();
  });
});
