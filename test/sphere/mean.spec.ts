import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { UsageError } from '../../src/core/errors.js';
import { angle } from '../../src/sphere/angle.js';
import { logMap } from '../../src/sphere/log.js';
import { frechetMean } from '../../src/sphere/mean.js';
import { slerp } from '../../src/sphere/slerp.js';
import { expectNoLeak } from '../tensors.js';
import { combine, expectClose, expectOnSphere, law, onBackends, points, rotate, unit } from './points.js';

/** Points around a center, all within one hemisphere. */
function cluster(seed: number, n: number, d: number): number[][] {
  const [center, ...others] = points(seed, n + 1, d) as [number[], ...number[][]];
  return others.map((other) => unit(combine(1, center, 0.7, other)));
}

const clusters = fc.record({
  seed: fc.nat(1e6),
  n: fc.integer({ min: 1, max: 8 }),
  d: fc.integer({ min: 2, max: 16 }),
});

onBackends('frechetMean', () => {
  it('is where the tangents that lead to the points cancel', () => {
    law(clusters, ({ seed, n, d }) => {
      const rows = tf.tensor2d(cluster(seed, n, d));
      const mean = frechetMean(rows);
      expect(mean.shape).toEqual([1, d]);
      expectOnSphere(mean);
      expectClose(logMap(mean, rows).mean(0), new Array(d).fill(0), 2e-6);
    });
  });

  it('turns with its points', () => {
    law(clusters, ({ seed, n, d }) => {
      const rows = cluster(seed, n, d);
      const mean = frechetMean(tf.tensor2d(rows)).arraySync();
      expectClose(frechetMean(tf.tensor2d(rotate(seed + 1, rows))), rotate(seed + 1, mean), 5e-6);
    });
  });

  it('is the slerp of two points, at the share of their weights', () => {
    law(fc.tuple(fc.nat(1e6), fc.double({ min: 0.1, max: 0.9, noNaN: true })), ([seed, share]) => {
      const rows = tf.tensor2d(cluster(seed, 2, 5));
      const [a, b] = tf.split(rows, 2) as [tf.Tensor2D, tf.Tensor2D];
      expectClose(frechetMean(rows), slerp(a, b, 0.5), 5e-6);
      const weights = tf.tensor1d([3 * (1 - share), 3 * share]);
      expectClose(frechetMean(rows, { weights }), slerp(a, b, share), 5e-6);
    });
  });

  it('counts a weight of 2 as the point twice, and of 0 as its absence', () => {
    law(clusters, ({ seed, n, d }) => {
      const rows = cluster(seed, n + 2, d);
      const weights = tf.tensor1d(rows.map((_, i) => (i === 0 ? 2 : i === 1 ? 0 : 1)));
      const repeated = [rows[0]!, rows[0]!, ...rows.slice(2)];
      expectClose(frechetMean(tf.tensor2d(rows), { weights }), frechetMean(tf.tensor2d(repeated)), 5e-6);
    });
  });

  it('finds a point halfway between antipodes, whose sum vanishes', () => {
    tf.tidy(() => {
      const rows = tf.tensor2d([
        [0, 0, 1],
        [0, 0, -1],
      ]);
      const mean = frechetMean(rows);
      expectOnSphere(mean);
      expectClose(angle(mean, rows), [Math.PI / 2, Math.PI / 2], 1e-5);
    });
  });

  it('refuses no points, and weights that do not fit', () => {
    tf.tidy(() => {
      expect(() => frechetMean(tf.zeros([0, 3]))).toThrow(UsageError);
      expect(() => frechetMean(tf.tensor2d([[0, 1]]), { weights: tf.tensor1d([1, 1]) })).toThrow(UsageError);
    });
  });

  it('leaves no tensor behind', async () => {
    const rows = tf.tensor2d(cluster(1, 5, 3));
    await expectNoLeak(() => frechetMean(rows).dispose());
    rows.dispose();
  });
});
