import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { latentPath, type PathName, pathNames } from '../../src/augment/index.js';
import { randomStream, UsageError } from '../../src/core/index.js';
import { lerpPoint, slerpPoint } from '../../src/sphere/index.js';
import { points } from '../sphere/points.js';

describe('latent paths', () => {
  it.each([...pathNames])('%s goes by its own name', (name) => {
    expect(latentPath(name).name).toBe(name);
  });

  it.each([
    ['slerp', slerpPoint],
    ['lerp', lerpPoint],
  ] as const)('%s walks as the sphere says', (name, walk) => {
    const [from, to] = [1, 2].map((seed) => Float32Array.from(points(seed, 1, 3)[0]!));
    for (const omega of [0, 0.2, 0.5, 0.9, 1]) {
      expect(latentPath(name).walk(from!, to!, omega)).toEqual(walk(from!, to!, omega));
    }
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
