import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { normalize } from '../../src/sphere/normalize.js';
import { expectNoLeak } from '../tensors.js';
import {
  expectClose,
  expectGradient,
  expectOnSphere,
  law,
  onBackends,
  points,
  sizes,
  vectors,
} from './points.js';

onBackends('normalize', () => {
  it('puts rows of any length on the sphere, in their direction', () => {
    law(sizes, ([seed, n, d]) => {
      const expected = points(seed, n, d);
      for (const scale of [1e-3, 1, 1e4]) {
        const rows = normalize(tf.tensor2d(vectors(seed, n, d)).mul(scale) as tf.Tensor2D);
        expectOnSphere(rows);
        expectClose(rows, expected, 1e-6);
      }
    });
  });

  it('keeps a zero row at zero, with a finite gradient', () => {
    tf.tidy(() => {
      const rows = tf.tensor2d([[0, 0, 0]]);
      expect([...normalize(rows).dataSync()]).toEqual([0, 0, 0]);
      const gradient = tf.grad((x: tf.Tensor) => normalize(x as tf.Tensor2D).sum())(rows);
      expect(gradient.dataSync().every(Number.isFinite)).toBe(true);
    });
  });

  it('has the gradient of finite differences', () => {
    expectGradient(
      (x) =>
        normalize(x)
          .square()
          .mul(tf.tensor1d([1, 2, 3, 4])),
      vectors(5, 3, 4),
    );
  });

  it('leaves no tensor behind', async () => {
    const rows = tf.tensor2d([[3, 4]]);
    await expectNoLeak(() => normalize(rows).dispose());
    rows.dispose();
  });
});
