import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { baseOf, defaultPath, latentPath, type PathName, pathNames } from '../../src/augment/paths.js';
import { UsageError } from '../../src/core/errors.js';
import { randomStream } from '../../src/core/random.js';
import { baseCodes } from '../../src/models/baseCodes.js';
import type { Model } from '../../src/models/model.js';
import { selectBackend } from '../../src/node/selectBackend.js';
import { anglePoint, carryPoint, lerpPoint, slerpPoint } from '../../src/sphere/point.js';
import { tinyBase, tinyModel, tinyStyled } from '../models/tiny.js';
import { points } from '../sphere/points.js';

const extrapolatePath = latentPath('extrapolate');
const lerpPath = latentPath('lerp');
const meanPath = latentPath('mean');
const restylePath = latentPath('restyle');
const slerpPath = latentPath('slerp');
const tangentPath = latentPath('tangent');
const transportPath = latentPath('transport');

describe('latent paths', () => {
  it.each([...pathNames])('%s has its own name and a description for help', (name) => {
    expect(latentPath(name)).toMatchObject({ name, description: expect.stringMatching(/^\S.*[^.]$/) });
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

  it('choose as many different samples as they need, base codes by pairs of a class, and ω in reach', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...pathNames),
        fc.nat(),
        fc.integer({ min: 3, max: 9 }),
        (name, seed, count) => {
          const path = latentPath(name);
          const { parents, omega, base = [] } = path.choose(count, randomStream(seed), tinyBase());
          expect(base).toHaveLength(path.baseNeeded);
          for (let i = 0; i < base.length; i += 2) {
            expect(base[i]).not.toBe(base[i + 1]);
            // Even codes are of one class, odd ones of the other.
            expect((base[i]! + base[i + 1]!) % 2).toBe(0);
          }
          expect(parents).toHaveLength(path.samplesNeeded);
          expect(new Set(parents).size).toBe(path.samplesNeeded);
          for (const parent of parents) expect(parent >= 0 && parent < count).toBe(true);
          const [least, most] = path.reach ?? [0, 1];
          expect(omega >= least && omega < most).toBe(true);
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

  it('extrapolate goes on where slerp ends', () => {
    const [from, to] = [1, 2].map((seed) => Float32Array.from(points(seed, 1, 3)[0]!));
    for (const omega of [1, 1.2, 1.5]) {
      const code = extrapolatePath.walk([from!, to!], omega, 0);
      expect(code).toEqual(slerpPoint(from!, to!, omega));
      expect(anglePoint(to!, code)).toBeCloseTo((omega - 1) * anglePoint(from!, to!), 5);
    }
    const omegas = Array.from({ length: 400 }, (_, i) => extrapolatePath.choose(2, randomStream(i)).omega);
    expect(Math.min(...omegas)).toBeLessThan(1.01);
    expect(Math.max(...omegas)).toBeGreaterThan(1.49);
  });

  it('mean is at the first sample, in the middle of all three, and in the middle of the others', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const codes = points(seed, 3, 8).map((point) => Float32Array.from(point));
        const at = (omega: number) => meanPath.walk(codes, omega, 0);
        expect(at(0)).toEqual(codes[0]);
        const close = (a: Float32Array, b: Float32Array) => expect(anglePoint(a, b)).toBeLessThan(1e-3);
        close(at(1), slerpPoint(codes[1]!, codes[2]!, 0.5));
        close(at(2 / 3), meanPath.walk([codes[1]!, codes[2]!, codes[0]!], 2 / 3, 0));
        // Whichever of the other two comes first is the same.
        close(at(0.4), meanPath.walk([codes[0]!, codes[2]!, codes[1]!], 0.4, 0));
      }),
    );
  });

  it('mean reaches every ordered choice of three', () => {
    const seen = new Set(
      Array.from({ length: 600 }, (_, i) => meanPath.choose(4, randomStream(i)).parents.join()),
    );
    expect(seen.size).toBe(4 * 3 * 2);
  });

  it('tangent adds carried differences up to noise with the covariance of the base classes', () => {
    const base = tinyBase();
    const [sample, from, to] = base.codes;
    const same = [from!, to!, from!, to!, from!, to!, from!, to!];
    for (const omega of [0, 0.3, 1]) {
      const code = tangentPath.walk([sample!, ...same], omega, 0);
      const expected = carryPoint(from!, to!, sample!, (4 / Math.sqrt(8)) * omega);
      for (const [i, value] of code.entries()) expect(value).toBeCloseTo(expected[i]!, 6);
    }
    // Codes close to one another, so that the sphere is nearly flat and covariances are comparable.
    const random = randomStream('cloud');
    const cloud = Array.from({ length: 400 }, () => {
      const code = [1, 0.05 * random.normal(), 0.02 * random.normal(), 0.01 * random.normal()];
      return Float32Array.from(code, (value) => value / Math.hypot(...code));
    });
    const dense = baseCodes(cloud, Array(400).fill('one'));
    const north = Float32Array.of(1, 0, 0, 0);
    const moved = Array.from({ length: 4000 }, (_, i) => {
      const { base: indices } = tangentPath.choose(1, randomStream(i), dense);
      return tangentPath.walk([north, ...indices!.map((index) => cloud[index]!)], 1, 0);
    });
    const deviation = (codes: readonly Float32Array[], axis: number) =>
      Math.sqrt(codes.reduce((sum, code) => sum + code[axis]! ** 2, 0) / codes.length);
    for (const axis of [1, 2, 3]) expect(deviation(moved, axis) / deviation(cloud, axis)).toBeCloseTo(1, 1);
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
