import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  baseOf,
  defaultPath,
  latentPath,
  lerpPath,
  type PathName,
  pathNames,
  restylePath,
  slerpPath,
  transportPath,
} from '../../src/augment/index.js';
import { selectBackend } from '../../src/backend/index.js';
import { randomStream, UsageError } from '../../src/core/index.js';
import { baseCodes, type Model } from '../../src/models/index.js';
import { carryPoint, lerpPoint, slerpPoint } from '../../src/sphere/index.js';
import { tinyBase, tinyModel, tinyStyled } from '../models/tiny.js';
import { points } from '../sphere/points.js';

describe('latent paths', () => {
  it.each([...pathNames])('%s goes by its own name', (name) => {
    expect(latentPath(name).name).toBe(name);
  });

  it('along the sphere is the one for codes there, the straight one for others', () => {
    expect(defaultPath('sphere')).toBe('slerp');
    expect(defaultPath('euclidean')).toBe('lerp');
  });

  it.each([
    ['slerp', slerpPoint],
    ['lerp', lerpPoint],
  ] as const)('%s walks as the sphere says', (name, walk) => {
    const [from, to] = [1, 2].map((seed) => Float32Array.from(points(seed, 1, 3)[0]!));
    for (const omega of [0, 0.2, 0.5, 0.9, 1]) {
      expect(latentPath(name).walk([from!, to!], omega, 0)).toEqual(walk(from!, to!, omega));
    }
  });

  it('choose as many different samples as they need and a place in [0, 1)', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...pathNames),
        fc.nat(),
        fc.integer({ min: 2, max: 9 }),
        (name, seed, count) => {
          const path = latentPath(name);
          const { parents, omega } = path.choose(count, randomStream(seed), tinyBase());
          expect(parents).toHaveLength(path.samplesNeeded);
          expect(new Set(parents).size).toBe(path.samplesNeeded);
          for (const parent of parents) expect(parent >= 0 && parent < count).toBe(true);
          expect(omega >= 0 && omega < 1).toBe(true);
        },
      ),
    );
  });

  it('transport carries the difference of two base codes of one class to a sample', () => {
    const base = tinyBase();
    const chosen = Array.from({ length: 300 }, (_, i) =>
      transportPath.choose(2, randomStream(i), base).base!.join(),
    );
    // Codes 0, 2, 4 are of one class and 1, 3, 5 of the other: every ordered pair within a class, and no other.
    const pairs = [0, 2, 4].flatMap((a) =>
      [0, 2, 4].flatMap((b) => (a === b ? [] : [`${a},${b}`, `${a + 1},${b + 1}`])),
    );
    expect([...new Set(chosen)].sort()).toEqual(pairs.sort());
    const [sample, from, to] = base.codes;
    for (const omega of [0, 0.4, 1])
      expect(transportPath.walk([sample!, from!, to!], omega, 0)).toEqual(
        carryPoint(from!, to!, sample!, omega),
      );
  });

  it('restyle keeps what a code says of the class, and takes its style from between two base codes', () => {
    const [sample, from, to] = tinyBase().codes;
    for (const omega of [0, 0.3, 1]) {
      const code = restylePath.walk([sample!, from!, to!], omega, 2);
      expect(code.subarray(0, 2)).toEqual(sample!.subarray(0, 2));
      expect(code.subarray(2)).toEqual(slerpPoint(from!.subarray(2), to!.subarray(2), omega));
    }
  });

  it('that move styles refuse a model whose codes have no style part', async () => {
    await selectBackend('wasm');
    const bare = await tinyModel();
    expect(() => baseOf(restylePath, bare)).toThrow(
      /needs codes with a style part, but those of tiny have none/,
    );
    bare.dispose();
    const styled = await tinyModel(1, tinyStyled);
    expect(baseOf(restylePath, styled)).toBe(styled.base);
    styled.dispose();
  });

  it('that use base codes refuse a model without them, and one without a sphere', async () => {
    await selectBackend('wasm');
    const { base, ...bare } = await tinyModel();
    const model: Model = { ...bare, base: base! };
    expect(baseOf(slerpPath, bare)).toBeUndefined();
    expect(baseOf(transportPath, model)).toBe(base);
    expect(() => baseOf(transportPath, bare)).toThrow(/needs base codes, but the model tiny holds none/);
    expect(() => baseOf(transportPath, { ...model, base: baseCodes([], []) })).toThrow(/holds none/);
    for (const path of [transportPath, slerpPath])
      expect(() => baseOf(path, { ...model, latentSpace: 'euclidean' })).toThrow(/on a sphere/);
    expect(baseOf(lerpPath, { ...model, latentSpace: 'euclidean' })).toBeUndefined();
    bare.dispose();
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
