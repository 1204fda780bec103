import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { from, lastValueFrom, type Observable, type OperatorFunction, of, take, toArray } from 'rxjs';
import { afterAll, beforeAll, describe, expect, expectTypeOf, it } from 'vitest';
import { hallucinate, hallucinations } from '../../src/augment/hallucinate.js';
import type { DroppedHallucination, HallucinateOptions } from '../../src/augment/hallucinateOptions.js';
import { latentPath, pathNames } from '../../src/augment/paths.js';
import { replayHallucination } from '../../src/augment/replayHallucination.js';
import type { LabeledCode } from '../../src/core/code.js';
import { DataError, ModelError, UsageError } from '../../src/core/errors.js';
import type { Label, LabeledImage } from '../../src/core/image.js';
import { randomStream } from '../../src/core/random.js';
import type { CodeSpace } from '../../src/models/extractor.js';
import type { Model } from '../../src/models/model.js';
import { onWasm, tinyModel, tinyStyled } from '../models/tiny.js';
import { codeOf, codeSpace, codesOfClass, randomCode } from './fakeExtractor.js';
import { photos } from './hallucinated.js';

const space = codeSpace();
const support = [...codesOfClass('cat', 4), ...codesOfClass(7, 5)];

const streamed = (
  codes: readonly LabeledCode[],
  options: HallucinateOptions<LabeledCode>,
  within: CodeSpace = space,
) => lastValueFrom(from(codes).pipe(hallucinate(within, options), toArray()), { defaultValue: [] });

const made = (codes: readonly LabeledCode[], label?: Label) =>
  codes.filter((code) => code.provenance !== undefined && (label === undefined || code.label === label));

/** Codes in the order of these labels, each class's numbered from 0. */
function arriving(labels: readonly Label[]): LabeledCode[] {
  const counts = new Map<Label, number>();
  return labels.map((label) => {
    const i = counts.get(label) ?? 0;
    counts.set(label, i + 1);
    return codeOf(label, i);
  });
}

describe('hallucinate of codes', () => {
  it('passes the originals first, then adds codes of each class', async () => {
    const codes = await streamed(support, { perClass: 3 });
    for (const [i, code] of support.entries()) expect(codes[i]).toBe(code);
    const added = codes.slice(support.length);
    expect(added.map(({ label }) => label)).toEqual(['cat', 'cat', 'cat', 7, 7, 7]);
    expect([...hallucinations(space, support, { perClass: 3 })]).toEqual(added);
  });

  it.each([...pathNames])('code i by %s is where its own stream of random numbers leads', async (path) => {
    const found = made(await streamed(support, { perClass: 12, seed: 4, path }), 7);
    expect(found).toHaveLength(12);
    for (const [index, { code, provenance }] of found.entries()) {
      const { parents, omega, base } = latentPath(path).choose(
        5,
        randomStream(4, 'hallucinate', path, 7, index),
        space.base,
      );
      const { angle, ...rest } = provenance!;
      const known = { path, index, seed: 4, model: space.digest, parents, omega };
      expect(rest).toEqual(base === undefined ? known : { ...known, base });
      expect(angle).toBeGreaterThan(0);
      const codes = [
        ...parents.map((i) => codeOf(7, i).code),
        ...(base ?? []).map((i) => space.base!.codes[i]!),
      ];
      const walked = latentPath(path).walk(codes, omega, space.styleSize);
      const length = path === 'lerp' || path === 'restyle' ? Math.hypot(...walked) : 1;
      for (const [j, value] of code.entries()) expect(value).toBeCloseTo(walked[j]! / length, 6);
      expect(Math.hypot(...code)).toBeCloseTo(1, 5);
    }
  });

  it('leaves codes off the sphere where lerp leads', async () => {
    const euclidean = codeSpace({ latentSpace: 'euclidean' });
    const [a, b] = [Float32Array.of(3, 0, 0, 0, 0, 0), Float32Array.of(0, 5, 0, 0, 0, 0)];
    const codes = [a, b].map((code) => ({ code, label: 'a' }));
    for (const { code, provenance } of hallucinations(euclidean, codes, { perClass: 5 })) {
      const { path, omega, parents } = provenance!;
      expect(path).toBe('lerp');
      const share = parents[0] === 0 ? 1 - omega! : omega!;
      expect(code[0]).toBeCloseTo(3 * share, 5);
      expect(code[1]).toBeCloseTo(5 * (1 - share), 5);
    }
  });

  it('is the same for any batch size and any arrival of other classes', async () => {
    const classes: readonly Label[] = ['a', 'b', 7, '7'];
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...classes), { maxLength: 24 }),
        fc.oneof(
          fc.record({ perClass: fc.integer({ min: 1, max: 6 }) }),
          fc.record({ ratio: fc.double({ min: 0.05, max: 2.5, noNaN: true }) }),
        ),
        fc.record({
          seed: fc.nat(99),
          bankSize: fc.integer({ min: 3, max: 5 }),
          path: fc.constantFrom(...pathNames),
        }),
        fc.integer({ min: 1, max: 9 }),
        async (labels, amount, others, batchSize) => {
          const options = { ...amount, ...others };
          const found = await streamed(arriving(labels), { ...options, batchSize });
          for (const label of classes) {
            const own = arriving(labels.filter((other) => other === label));
            expect(made(found, label)).toEqual([...hallucinations(space, own, options)]);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('keeps with labelCheck what no other class is nearer to, and draws the rest anew', async () => {
    const near = [
      ...codesOfClass('a', 6),
      ...codesOfClass('a', 6).map(({ code }, i) => ({
        code: i === 0 ? code : codeOf('b', i).code,
        label: 'b',
      })),
    ];
    const options = { perClass: 40, path: 'transport', seed: 2 } as const;
    const dropped: DroppedHallucination[] = [];
    const checked = made(
      await streamed(near, { ...options, labelCheck: true, onDrop: (drop) => dropped.push(drop) }),
    );
    // Class parts: the last two values are the style.
    const mean = (label: Label) => {
      const own = near.filter((code) => code.label === label);
      const sum = Array.from({ length: 4 }, (_, j) => own.reduce((total, { code }) => total + code[j]!, 0));
      return sum.map((value) => value / Math.hypot(...sum));
    };
    const prototypes = new Map<Label, number[]>(['a', 'b'].map((label) => [label, mean(label)]));
    const distance = (code: Float32Array, label: Label) =>
      Math.hypot(...prototypes.get(label)!.map((value, j) => value - code[j]!));
    const isNearest = ({ code, label }: LabeledCode) =>
      distance(code, label) <= Math.min(distance(code, 'a'), distance(code, 'b'));
    expect(checked.every(isNearest)).toBe(true);
    expect(made(await streamed(near, options)).every(isNearest)).toBe(false);
    expect(checked.some(({ provenance }) => provenance!.attempt !== undefined)).toBe(true);
    expect(checked.length + dropped.length).toBe(80);
  });

  it('asks a check of the user about codes', async () => {
    const labelCheck = (codes: readonly LabeledCode[]) => codes.map(({ code }) => code[0]! < 0.2);
    const found = made(await streamed(support, { perClass: 20, labelCheck }));
    expect(found.length).toBeGreaterThan(0);
    expect(found.every(({ code }) => code[0]! < 0.2)).toBe(true);
    await expect(streamed(support, { perClass: 2, labelCheck: () => [true] })).rejects.toThrow(
      /1 answers for 4 codes/,
    );
  });

  it('takes options as for images: classes, ratio, bankSize', async () => {
    const found = made(await streamed(support, { ratio: 1.5, classes: [7], bankSize: 3, batchSize: 1 }));
    expect(new Set(found.map(({ label }) => label))).toEqual(new Set([7]));
    expect(found).toHaveLength(7);
  });

  it('makes no more codes than are taken', async () => {
    let walked = 0;
    const counting = codeSpace({
      base: {
        ...space.base!,
        get codes() {
          walked++;
          return space.base!.codes;
        },
      },
    });
    await lastValueFrom(
      from(support).pipe(
        hallucinate(counting, { perClass: 1000, path: 'transport', batchSize: 4 }),
        take(support.length + 9),
      ),
    );
    expect(walked).toBeLessThan(40);
  });

  it('does not share what it remembers with the giver', () => {
    const codes = codesOfClass('a', 3);
    const expected = [...hallucinations(space, codes, { perClass: 4 })];
    const passing = codes.map(({ code, label }) => ({ code: code.slice(), label }));
    function* overwritten() {
      for (const item of passing) {
        yield item;
        item.code.fill(0);
      }
    }
    expect([...hallucinations(space, overwritten(), { perClass: 4 })]).toEqual(expected);
  });

  it('brings a code to length 1 that is so but for rounding, and refuses others', async () => {
    const stretched = (factor: number) =>
      support.map(({ code, label }) => ({ code: code.map((value) => factor * value), label }));
    for (const factor of [0.9995, 1.0005]) {
      for (const { code } of hallucinations(space, stretched(factor), { perClass: 5 }))
        expect(Math.hypot(...code)).toBeCloseTo(1, 6);
    }
    for (const factor of [0, 0.99, 1.01, 20]) {
      await expect(streamed(stretched(factor), { perClass: 1 })).rejects.toThrow(
        /^code 0 \(class cat\) has the length .*codes of fake have length 1/,
      );
    }
    const euclidean = codeSpace({ latentSpace: 'euclidean' });
    expect([...hallucinations(euclidean, stretched(20), { perClass: 1 })]).toHaveLength(2);
  });

  it.each<[string, unknown, RegExp]>([
    ['another length', { code: randomCode(4, 1), label: 'cat' }, /^code 9 \(class cat\) has 4 values, but 6/],
    [
      'a value that is no number',
      { code: randomCode(6, 1).with(2, Number.NaN), label: 'cat' },
      /NaN at value 2/,
    ],
    ['no label', { code: randomCode(6, 1) }, /^code 9 has no label/],
    ['a list as its code', { code: [1, 0, 0, 0, 0, 0], label: 'cat' }, /^code 9 .*Float32Array is needed/],
    ['pixels', photos('cat', 1)[0], /^code 9 is an image/],
    ['nothing', undefined, /^code 9 is undefined/],
    ['shares that are none', { ...support[0], labels: [{ label: 'cat', weight: -1 }] }, /^code 9 gives/],
    ['an odd provenance', { ...support[0], provenance: {} }, /^code 9 .*provenance/],
  ])('notifies of a code with %s, and names it', async (_, item, words) => {
    const error: unknown = await streamed([...support, item as LabeledCode], { perClass: 3 }).catch(
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(DataError);
    expect((error as DataError).message).toMatch(words);
  });

  it.each<[string, Partial<CodeSpace>, HallucinateOptions<LabeledCode>, RegExp]>([
    ['detail', {}, { perClass: 1, detail: 0.5 }, /detail is 0.5, but codes have no pixels/],
    ['a path of the sphere', { latentSpace: 'euclidean' }, { perClass: 1, path: 'slerp' }, /of fake are not/],
    ['a path of styles', { styleSize: 0 }, { perClass: 1, path: 'restyle' }, /of fake have none/],
    [
      'base codes',
      { base: undefined as never },
      { perClass: 1, path: 'transport' },
      /extractor fake holds none/,
    ],
    ['a latent size', { latentSize: 0 }, { perClass: 1 }, /latentSize is 0/],
    ['a latent space', { latentSpace: 'flat' as never }, { perClass: 1 }, /latentSpace is flat/],
    ['no amount', {}, {}, /neither perClass nor ratio/],
  ])('refuses %s that the extractor cannot serve', async (_, change, options, words) => {
    const error: unknown = await streamed(support, options, { ...space, ...change }).catch(
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(UsageError);
    expect((error as UsageError).message).toMatch(words);
  });

  it('is an operator from codes to codes', () => {
    expectTypeOf(hallucinate(space, { perClass: 1 })).toEqualTypeOf<
      OperatorFunction<LabeledCode, LabeledCode>
    >();
    expectTypeOf(of(support[0]!).pipe(hallucinate(space, { perClass: 1 }))).toEqualTypeOf<
      Observable<LabeledCode>
    >();
    // @ts-expect-error: images are no codes
    hallucinations(space, photos('cat', 2), { perClass: 1 });
  });
});

describe('replayHallucination of codes', () => {
  it.each([...pathNames])('makes codes by %s again, bit for bit', (path) => {
    for (const code of hallucinations(space, codesOfClass('a', 5), { perClass: 10, path })) {
      const parents = code.provenance!.parents.map((i) => codeOf('a', i));
      expect(replayHallucination(space, parents, code.provenance!)).toEqual(code);
    }
  });

  it('refuses another extractor, other parents and detail', () => {
    const [code] = hallucinations(space, codesOfClass('a', 5), { perClass: 1 });
    const { provenance } = code!;
    const parents = provenance!.parents.map((i) => codeOf('a', i));
    const other = codeSpace({ digest: '0'.repeat(64) });
    expect(() => replayHallucination(other, parents, provenance!)).toThrow(ModelError);
    expect(() => replayHallucination(space, parents.slice(1), provenance!)).toThrow(/made of 2 codes/);
    expect(() => replayHallucination(space, parents, { ...provenance!, detail: 0.5 })).toThrow(UsageError);
    expect(() =>
      replayHallucination(space, [parents[0]!, { ...parents[1]!, code: randomCode(5, 1) }], provenance!),
    ).toThrow(DataError);
  });
});

describe('images and codes', () => {
  onWasm();

  let model: Model;
  beforeAll(async () => {
    model = await tinyModel(1, tinyStyled);
  });
  afterAll(() => model.dispose());

  it.each([...pathNames])('choose the same places by %s', (path) => {
    const images = photos('a', 5);
    const { latentSize, latentSpace, styleSize, digest, base } = model;
    const codes = images.map(({ pixels, shape, label }: LabeledImage) => ({
      code: tf.tidy(() => model.encode(tf.tensor4d(pixels, [1, ...shape])).dataSync<'float32'>()),
      label,
    }));
    const alike: CodeSpace = { name: 'tiny', latentSize, latentSpace, styleSize, digest, base: base! };
    const options = { perClass: 8, seed: 3, path };
    const [drawn, walked] = [
      [...hallucinations(model, images, options)],
      [...hallucinations(alike, codes, options)],
    ];
    for (const [i, { code, provenance }] of walked.entries()) {
      const { angle, ...rest } = drawn[i]!.provenance!;
      expect(provenance).toEqual({ ...rest, angle: expect.closeTo(angle!, 4) });
      if (path === 'lerp') continue;
      const decoded = tf.tidy(() => model.decode(tf.tensor2d(code, [1, latentSize])).dataSync());
      const worst = Math.max(...decoded.map((value, j) => Math.abs(value - drawn[i]!.pixels[j]!)));
      expect(worst).toBeLessThan(1e-4);
    }
  });
});
