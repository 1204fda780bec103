import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { angularDistances, euclideanDistances } from '../../../src/training/losses/distance.js';
import { nominal } from '../../../src/training/losses/semantics.js';
import { triplet } from '../../../src/training/losses/triplet.js';
import {
  expectClose,
  expectGradient,
  law,
  onBackends,
  points,
  rotate,
  vectors,
} from '../../sphere/points.js';
import { expectNoLeak } from '../../tensors.js';
import { angleOf, cubeLoss, euclideanOf } from './cube.js';

const batches = fc.record({
  seed: fc.nat(1e6),
  n: fc.integer({ min: 1, max: 16 }),
  d: fc.integer({ min: 2, max: 12 }),
  margin: fc.double({ min: 0.1, max: 3, noNaN: true }),
});

onBackends('distances', () => {
  it('are those of each pair', () => {
    law(batches, ({ seed, n, d }) => {
      const between = (rows: number[][], of: typeof angleOf) => rows.map((u) => rows.map((v) => of(u, v)));
      const on = points(seed, n, d);
      expectClose(angularDistances(tf.tensor2d(on)), between(on, angleOf), 2e-3);
      const off = vectors(seed, n, d);
      expectClose(euclideanDistances(tf.tensor2d(off)), between(off, euclideanOf), 3e-3);
    });
  });

  it('have finite gradients where codes are equal', () => {
    tf.tidy(() => {
      const codes = tf.tensor2d([
        [0, 1],
        [0, 1],
        [0, 0],
      ]);
      for (const distances of [angularDistances, euclideanDistances]) {
        const gradient = tf.grad((z: tf.Tensor) => distances(z as tf.Tensor2D).sum())(codes);
        expect(gradient.dataSync().every(Number.isFinite)).toBe(true);
      }
    });
  });
});

onBackends('triplet', () => {
  it('is the mean over active triplets, as the definition reads', () => {
    law(batches, ({ seed, n, d, margin }) => {
      const codes = vectors(seed, n, d);
      const labels = codes.map((_, i) => i % 3);
      const expected = cubeLoss(codes, labels, { distance: euclideanOf, semantics: nominal, margin });
      const classes = tf.tensor1d(labels);
      expectClose(triplet(tf.tensor2d(codes), classes, { margin }), expected, 2e-5);
      expectClose(triplet(tf.tensor2d(rotate(seed, codes)), classes, { margin }), expected, 2e-5);
    });
  });

  it('takes a margin of 1 by default', () => {
    tf.tidy(() => {
      // One active triplet of each anchor of class 0: 1 − 1.5 + 1 = 0.5 and 1 − 0.5 + 1 = 1.5.
      expectClose(triplet(tf.tensor2d([[0], [1], [1.5]]), tf.tensor1d([0, 0, 1])), 1, 1e-6);
    });
  });

  it('is 0, with gradient 0, when classes lie apart', () => {
    tf.tidy(() => {
      const codes = tf.tensor2d([[0], [0.5], [9], [9.5]]);
      const labels = tf.tensor1d([0, 0, 1, 1]);
      expectClose(triplet(codes, labels), 0, 0);
      expectClose(
        tf.grad((z: tf.Tensor) => triplet(z as tf.Tensor2D, labels))(codes),
        [[0], [0], [0], [0]],
        0,
      );
    });
  });

  it('has the gradient of finite differences', () => {
    const labels = tf.tensor1d([0, 0, 1, 1, 2]);
    expectGradient((z) => triplet(z, labels, { margin: 9 }), vectors(4, 5, 3));
    labels.dispose();
  });

  it('leaves no tensor behind', async () => {
    const codes = tf.tensor2d(vectors(1, 6, 3));
    const labels = tf.tensor1d([0, 1, 0, 1, 0, 1]);
    await expectNoLeak(() => triplet(codes, labels).dispose());
    tf.dispose([codes, labels]);
  });
});
