import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PathName } from '../../../src/augment/paths.js';
import { DataError, UsageError } from '../../../src/core/errors.js';
import type { LabeledImage } from '../../../src/core/image.js';
import {
  evenOmegas,
  type ImagePair,
  type InterpolationPath,
  interpolate,
  interpolationPaths,
  interpolationPathsIn,
} from '../../../src/evaluate/interpolation/latentInterpolation.js';
import type { Model } from '../../../src/models/model.js';
import { lerp } from '../../../src/sphere/lerp.js';
import { anglePoint } from '../../../src/sphere/point.js';
import { slerp } from '../../../src/sphere/slerp.js';
import { noise, onWasm, tinyArchitecture, tinyModel } from '../../models/tiny.js';
import { expectNoLeak } from '../../tensors.js';

onWasm();

const { imageShape: shape, latentSize } = tinyArchitecture;
const image = (label: string | number, number: number): LabeledImage => ({
  pixels: noise(shape, number),
  shape,
  label,
});
const pairs: readonly ImagePair[] = [
  [image('a', 1), image('b', 2)],
  [image('b', 2), image('b', 3)],
  [image('c', 4), image('a', 1)],
];

/** The same model, which also notes each code that it decodes. */
function listening(model: Model): { readonly model: Model; readonly codes: Float32Array[] } {
  const codes: Float32Array[] = [];
  const decode = (points: tf.Tensor2D) => {
    const values = points.dataSync<'float32'>();
    for (let at = 0; at < values.length; at += latentSize) codes.push(values.slice(at, at + latentSize));
    return model.decode(points);
  };
  return { model: { ...model, decode }, codes };
}

const norm = (code: Float32Array) => Math.hypot(...code);
const off = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i]!)));

describe('interpolate', () => {
  it('with detail 1 goes from the one image itself to the other', async () => {
    const model = await tinyModel();
    await expectNoLeak(() => {
      const options = { path: 'slerp', batchSize: 4, detail: 1 } as const;
      for (const [p, row] of interpolate(model, pairs, { ...options, omegas: [0, 1] }).entries()) {
        for (const [end, { pixels }] of row.entries())
          expect(off(pixels, pairs[p]![end]!.pixels)).toBeLessThan(1e-5);
      }
    });
    expect(() => interpolate(model, pairs, { path: 'slerp', omegas: [0], detail: 2 })).toThrow(
      /detail is .*, but must be a number in/,
    );
    model.dispose();
  });

  it.each([
    ['slerp', slerp],
    ['lerp', lerp],
  ] as const)('draws the codes along %s, from reconstruction to reconstruction', async (path, walk) => {
    const model = await tinyModel();
    const omegas = [0, 0.3, 1, 1.4, -0.2];
    const rows = await expectNoLeak(() => interpolate(model, pairs, { path, omegas, batchSize: 4 }));
    expect(rows.map((row) => row.length)).toEqual([5, 5, 5]);
    for (const [p, [from, to]] of pairs.entries()) {
      const codes = [from, to].map(({ pixels }) => model.encode(tf.tensor4d(pixels, [1, ...shape])));
      for (const [i, omega] of omegas.entries()) {
        const expected = model.decode(walk(codes[0]!, codes[1]!, omega)).dataSync();
        expect(off(rows[p]![i]!.pixels, expected)).toBeLessThan(1e-5);
      }
    }
    model.dispose();
  });

  it('labels an image as the nearer end, and claims no provenance', async () => {
    const model = await tinyModel();
    const [row] = interpolate(model, pairs, { path: 'slerp', omegas: [-1, 0, 0.5, 0.51, 1, 2] });
    expect(row!.map(({ label }) => label)).toEqual(['a', 'a', 'a', 'b', 'b', 'b']);
    for (const made of row!) {
      expect(Object.keys(made).sort()).toEqual(['label', 'pixels', 'shape']);
      expect(made.shape).toEqual(shape);
    }
    model.dispose();
  });

  it('goes on along the great circle beyond the ends, and leaves the sphere on a straight line', async () => {
    const { model, codes } = listening(await tinyModel());
    const [pair] = pairs;
    interpolate(model, [pair!], { path: 'slerp', omegas: [0, 1, 1.25, -0.25, 0.5] });
    const [start, end, after, before, middle] = codes;
    const angle = anglePoint(start!, end!);
    for (const code of codes) expect(norm(code)).toBeCloseTo(1, 5);
    expect(anglePoint(start!, after!)).toBeCloseTo(1.25 * angle, 4);
    expect(anglePoint(before!, end!)).toBeCloseTo(1.25 * angle, 4);
    expect(anglePoint(before!, middle!)).toBeCloseTo(0.75 * angle, 4);
    codes.length = 0;
    interpolate(model, [pair!], { path: 'lerp', omegas: [0.5, 1.5] });
    expect(norm(codes[0]!)).toBeCloseTo(Math.cos(angle / 2), 5);
    expect(norm(codes[1]!)).toBeGreaterThan(1);
    model.dispose();
  });

  it('gives the same whatever the batch, and nothing for nothing', async () => {
    const model = await tinyModel();
    const rows = (batchSize: number) =>
      interpolate(model, pairs, { path: 'lerp', omegas: [0, 0.4, 1], batchSize }).flat();
    const whole = rows(100);
    for (const size of [1, 2, 7]) {
      for (const [i, { pixels }] of rows(size).entries())
        expect(off(pixels, whole[i]!.pixels)).toBeLessThan(1e-6);
    }
    expect(rows(2)).toEqual(rows(2));
    expect(interpolate(model, [], { path: 'slerp', omegas: [0.5] })).toEqual([]);
    expect(interpolate(model, pairs, { path: 'slerp', omegas: [] })).toEqual([[], [], []]);
    model.dispose();
  });

  it('refuses what it cannot do, and says why', async () => {
    const model = await tinyModel();
    const flat = await tinyModel(1, { ...tinyArchitecture, latentSpace: 'euclidean' });
    const along = (path: PathName, of: Model, omegas = [0.5], batchSize = 8) =>
      interpolate(of, pairs, { path: path as InterpolationPath, omegas, batchSize });
    const refusal = (message: RegExp) =>
      expect.objectContaining({ constructor: UsageError, message: expect.stringMatching(message) });
    expect(along('lerp', flat)).toHaveLength(3);
    expect(() => along('slerp', flat)).toThrow(refusal(/slerp needs codes on a sphere, but those of tiny/));
    expect(() => along('transport', model)).toThrow(refusal(/no interpolation along transport/));
    expect(() => along('slerp', model, [0, Number.NaN])).toThrow(refusal(/omega is NaN/));
    expect(() => along('slerp', model, [0], 0)).toThrow(refusal(/batchSize is 0/));
    const wrong: ImagePair = [pairs[0]![0], { pixels: new Float32Array(4), shape: [2, 2, 1], label: 7 }];
    await expectNoLeak(() =>
      expect(() => interpolate(model, [pairs[0]!, wrong], { path: 'lerp', omegas: [0] })).toThrow(
        expect.objectContaining({
          constructor: DataError,
          message: 'image 3 (class 7) is 2×2×1, but 12×12×1 is expected',
        }),
      ),
    );
    model.dispose();
    flat.dispose();
  });

  it('has the paths that codes allow', () => {
    expect(interpolationPathsIn('sphere')).toEqual([...interpolationPaths]);
    expect(interpolationPathsIn('euclidean')).toEqual(['lerp']);
  });
});

describe('evenOmegas', () => {
  it('holds both ends exactly, in even steps, and as far beyond them as is asked', () => {
    expect(evenOmegas(5)).toEqual([0, 0.25, 0.5, 0.75, 1]);
    expect(evenOmegas(9, 0.25)).toEqual([
      -0.25, -0.125, 0, 0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 1, 1.125, 1.25,
    ]);
    expect(evenOmegas(2, 0.1)).toEqual([-0.1, 0, 1, 1.1]);
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 40 }),
        fc.double({ min: 0.001, max: 2, noNaN: true }),
        (steps, share) => {
          const omegas = evenOmegas(steps, share);
          expect(omegas).toContain(0);
          expect(omegas).toContain(1);
          expect([omegas[0], omegas.at(-1)]).toEqual([-share, 1 + share]);
          expect([...omegas].sort((a, b) => a - b)).toEqual(omegas);
          expect(omegas.filter((omega) => omega >= 0 && omega <= 1)).toHaveLength(steps);
        },
      ),
    );
  });

  it.each([
    [1, 0, /steps is 1/],
    [2.5, 0, /steps is 2.5/],
    [3, -1, /extrapolate is -1/],
    [3, Number.NaN, /NaN/],
  ])('refuses %d steps and %d beyond', (steps, beyond, says) => {
    expect(() => evenOmegas(steps, beyond)).toThrow(says);
  });
});
