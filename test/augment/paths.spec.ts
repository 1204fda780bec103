import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { latentPath, type PathName, pathNames } from '../../src/augment/index.js';
import { randomStream, UsageError } from '../../src/core/index.js';
import { lerp, slerp } from '../../src/sphere/index.js';
import { onWasm } from '../models/tiny.js';
import { expectClose, points } from '../sphere/points.js';

onWasm();

describe('latent paths', () => {
  it.each([...pathNames])('%s goes by its own name', (name) => {
    expect(latentPath(name).name).toBe(name);
  });

  it.each([
    ['slerp', slerp],
    ['lerp', lerp],
  ] as const)('%s walks as the sphere says, each row at its own place', (name, walk) => {
    tf.tidy(() => {
      const [from, to] = [tf.tensor2d(points(1, 5, 3)), tf.tensor2d(points(2, 5, 3))];
      const omega = tf.tensor1d([0, 0.2, 0.5, 0.9, 1]);
      expectClose(latentPath(name).walk(from, to, omega), walk(from, to, omega), 0);
    });
  });

  it('choose two different samples and a place in [0, 1)', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...pathNames),
        fc.nat(),
        fc.integer({ min: 2, max: 9 }),
        (name, seed, count) => {
          const { parents, omega } = latentPath(name).choose(count, randomStream(seed));
          expect(new Set(parents).size).toBe(2);
          for (const parent of parents) expect(parent >= 0 && parent < count).toBe(true);
          expect(omega >= 0 && omega < 1).toBe(true);
        },
      ),
    );
  });

  it('reach every ordered pair', () => {
    const seen = new Set(
      Array.from({ length: 200 }, (_, i) => latentPath('slerp').choose(3, randomStream(i)).parents.join()),
    );
    expect([...seen].sort()).toEqual(['0,1', '0,2', '1,0', '1,2', '2,0', '2,1']);
  });

  it.each(['circle', 'toString', '__proto__'])('refuse the name %s, and say which there are', (name) => {
    expect(() => latentPath(name as PathName)).toThrow(
      expect.objectContaining({ constructor: UsageError, hint: `Paths: ${pathNames.join(', ')}.` }),
    );
  });
});
