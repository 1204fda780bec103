import * as tf from '@tensorflow/tfjs';
import { it } from 'vitest';
import { angle } from '../../src/sphere/angle.js';
import { expMap } from '../../src/sphere/exp.js';
import { logMap } from '../../src/sphere/log.js';
import { frechetMean } from '../../src/sphere/mean.js';
import { slerp } from '../../src/sphere/slerp.js';
import { transport } from '../../src/sphere/transport.js';
import reference from '../reference/sphere.json' with { type: 'json' };
import { expectClose, onBackends } from './points.js';

onBackends('the sphere against SciPy', () => {
  it.each(reference.pairs.map((pair) => [pair.start.length, pair.theta, pair] as const))(
    'in %i dimensions at %f radians',
    (_dimensions, theta, pair) => {
      tf.tidy(() => {
        const start = tf.tensor2d([pair.start]);
        const end = tf.tensor2d([pair.end]);
        const tangent = tf.tensor2d([pair.tangent]);
        // Rounding the inputs to float32 turns the circle by 6e-8 / sin θ.
        const tolerance = 1e-6 + 3e-7 / Math.sin(theta);
        expectClose(angle(start, end), [theta], 1e-6);
        reference.omegas.forEach((omega, i) => {
          expectClose(slerp(start, end, omega), [pair.slerp[i]!], tolerance);
        });
        expectClose(logMap(start, end), [pair.log], tolerance);
        expectClose(expMap(start, tangent), [pair.exp], 2e-6);
        expectClose(transport(tangent, start, end), [pair.transported], 4 * tolerance);
      });
    },
  );

  it('finds the means', () => {
    tf.tidy(() => {
      for (const { points, weights, mean } of reference.means) {
        expectClose(frechetMean(tf.tensor2d(points), { weights: tf.tensor1d(weights) }), [mean], 5e-6);
      }
    });
  });
});
