import fc from 'fast-check';
import { from, lastValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { hallucinate } from '../../src/augment/hallucinate.js';
import { addTo } from '../../src/classify/addTo.js';
import {
  createLinearHead,
  type HeadKind,
  headKinds,
  type LinearHeadOptions,
} from '../../src/classify/linearHead.js';
import { headFromJSON, headToJSON } from '../../src/classify/linearHeadJson.js';
import type { LabeledCode } from '../../src/core/code.js';
import { DataError, ModelError, UsageError } from '../../src/core/errors.js';
import { codeOf, codeSpace, codesOfClass, randomCode, unit } from '../augment/fakeExtractor.js';
import { cases } from '../reference/heads.json';

const rowsOf = (values: readonly number[], dimension: number) =>
  Array.from({ length: values.length / dimension }, (_, i) =>
    Float32Array.from(values.slice(i * dimension, (i + 1) * dimension)),
  );

const space = codeSpace();
const codes = [...codesOfClass('a', 5), ...codesOfClass('b', 5), ...codesOfClass('c', 5)];
const queries = ['a', 'b', 'c'].flatMap((label) =>
  Array.from({ length: 6 }, (_, i) => codeOf(label, 50 + i)),
);

const fitted = (kind: HeadKind, items: readonly LabeledCode[] = codes) => {
  const head = createLinearHead({ kind });
  head.fit(items);
  return head;
};

describe('a linear head', () => {
  it.each(cases.map((one, i) => [i, one] as const))('is that of scikit-learn, case %i', (_, one) => {
    const { dimension, classes, labels, fits } = one;
    const soft = rowsOf(one.soft, classes);
    const hardCodes = rowsOf(one.codes, dimension).map((code, i) => ({ code, label: labels[i]! }));
    const softCodes = hardCodes.map((item, i) => ({
      ...item,
      labels: Array.from(soft[i]!, (weight, label) => ({ label, weight })),
    }));
    for (const { penalty, logistic, logisticSoft, ridge, ridgeSoft } of fits) {
      for (const [kind, items, expected] of [
        ['logistic', hardCodes, logistic],
        ['logistic', softCodes, logisticSoft],
        ['ridge', hardCodes, ridge],
        ['ridge', softCodes, ridgeSoft],
      ] as const) {
        const head = createLinearHead({ kind, regularization: penalty });
        expect(head.fit(items).converged).toBe(true);
        for (const [i, code] of rowsOf(one.queries, dimension).entries()) {
          const wanted = expected.slice(i * classes, (i + 1) * classes);
          const { label, probabilities } = head.predict(code);
          const shares = wanted.map((_, c) => probabilities[c]!);
          const total = wanted.reduce((sum, score) => sum + Math.max(0, score), 0);
          for (const [c, score] of wanted.entries()) {
            const probability = kind === 'ridge' ? Math.max(0, score) / total : score;
            expect(Math.abs(shares[c]! - probability)).toBeLessThan(1e-4);
          }
          const [most, next] = wanted.toSorted((a, b) => b - a);
          if (most! - next! > 1e-3) expect(label).toBe(wanted.indexOf(most!));
        }
      }
    }
  });

  it.each([...headKinds])('learns %s from a stream of hallucinated codes, as from a list', async (kind) => {
    const head = createLinearHead({ kind, extractor: space });
    await lastValueFrom(
      from(codes).pipe(hallucinate(space, { perClass: 20, seed: 1 }), addTo(head, { batchSize: 7 })),
    );
    expect([head.count, head.classes]).toEqual([75, ['a', 'b', 'c']]);
    const predictions = head.predictAll(queries);
    expect(predictions.filter(({ label }, i) => label === queries[i]!.label).length).toBeGreaterThanOrEqual(
      17,
    );
    for (const { label, probabilities } of predictions) {
      const shares = Object.values(probabilities);
      expect(shares.reduce((sum, share) => sum + share)).toBeCloseTo(1, 12);
      expect(Math.max(...shares)).toBe(probabilities[label]);
      expect(Math.min(...shares)).toBeGreaterThanOrEqual(0);
    }
    expect(head.predictAll(queries.map(({ code }) => code))).toEqual(predictions);
  });

  it('says the same whatever the order of codes, and twice the same', () => {
    const orders = fc.shuffledSubarray(codes, { minLength: codes.length });
    for (const kind of headKinds) {
      const expected = fitted(kind).predictAll(queries);
      expect(fitted(kind).predictAll(queries)).toEqual(expected);
      fc.assert(
        fc.property(orders, (items) => {
          for (const [i, { probabilities }] of fitted(kind, items).predictAll(queries).entries()) {
            for (const label of ['a', 'b', 'c'])
              expect(probabilities[label]).toBeCloseTo(expected[i]!.probabilities[label]!, 3);
          }
        }),
        { numRuns: 15 },
      );
    }
  });

  it('says of codes in a few directions what it says of their coordinates', () => {
    const axes = [0, 1, 2].map((k) => randomCode(40, 'axis', k));
    // Perpendicular: by Gram and Schmidt.
    for (const [k, axis] of axes.entries()) {
      for (const before of axes.slice(0, k)) {
        const part = axis.reduce((sum, value, j) => sum + value * before[j]!, 0);
        for (let j = 0; j < axis.length; j++) axis[j]! -= part * before[j]!;
      }
      axis.set(unit(axis));
    }
    const flat = ['a', 'b'].flatMap((label) => codesOfClass(label, 40, 3));
    const lifted = (code: Float32Array) =>
      Float32Array.from({ length: 40 }, (_, j) =>
        axes.reduce((sum, axis, k) => sum + code[k]! * axis[j]!, 0),
      );
    const high = flat.map((item) => ({ ...item, code: lifted(item.code) }));
    for (const kind of headKinds) {
      const [low, wide] = [fitted(kind, flat), fitted(kind, high)];
      for (let i = 0; i < 20; i++) {
        const { code } = codeOf('a', 90 + i, 3);
        const [expected, found] = [low.predict(code), wide.predict(lifted(code))];
        expect(found.probabilities.a).toBeCloseTo(expected.probabilities.a!, 4);
      }
    }
  });

  it('tells codes apart that differ by little', () => {
    const base = randomCode(12, 'near');
    const near = unit(base.map((value, j) => value + (j === 3 ? 0.03 : 0)));
    const items = [
      { code: base, label: 'a' },
      { code: randomCode(12, 'far'), label: 'b' },
      { code: near, label: 'c' },
    ];
    for (const kind of headKinds) {
      const head = createLinearHead({ kind, regularization: 1e-6 });
      head.addAll(items);
      for (const { code, label } of items)
        expect(head.predict(code).probabilities[label]).toBeGreaterThan(0.9);
    }
  });

  it('says of one and the same code the shares of its classes', () => {
    const { code } = codeOf('a', 0);
    const items = ['a', 'a', 'a', 'b'].map((label) => ({ code, label }));
    for (const kind of headKinds) {
      const { probabilities } = fitted(kind, items).predict(code);
      expect(probabilities.a).toBeCloseTo(0.75, 4);
      expect(probabilities.b).toBeCloseTo(0.25, 4);
    }
  });

  it('fits anew when codes were added, and forgets them', () => {
    const head = createLinearHead();
    head.addAll(codes.slice(0, 10));
    expect(head.predict(queries[0]!).probabilities).not.toHaveProperty('c');
    head.addAll(codes.slice(10));
    expect(head.predictAll(queries)).toEqual(fitted('logistic').predictAll(queries));
    head.clear();
    expect([head.count, head.classes]).toEqual([0, []]);
    expect(() => head.predict(queries[0]!)).toThrow(UsageError);
    head.addAll(codesOfClass('x', 2, 9));
    expect(head.predict(codeOf('x', 0, 9).code).probabilities).toEqual({ x: 1 });
  });

  it('does not share codes with the giver', () => {
    const given = codes.map((item) => ({ ...item, code: item.code.slice() }));
    const head = createLinearHead();
    head.addAll(given);
    for (const { code } of given) code.fill(0);
    expect(head.predictAll(queries)).toEqual(fitted('logistic').predictAll(queries));
  });

  it.each<[string, unknown, RegExp]>([
    ['another length', codeOf('a', 0, 5), /^code 1 \(class a\) has 5 values, but 6 are expected/],
    [
      'a value that is not finite',
      { code: codeOf('a', 0).code.with(1, 1 / 0), label: 'a' },
      /Infinity at value 1/,
    ],
    ['no label', { code: codeOf('a', 0).code }, /^code 1 has no label/],
    [
      'shares that do not add up',
      { ...codeOf('a', 0), labels: [{ label: 'a', weight: 0.5 }] },
      /^code 1 has labels whose shares add up to 0.5/,
    ],
    ['a label of another type', { ...codeOf('a', 0), label: '7' }, /label '7', but there is a class 7/],
    ['an image', { pixels: new Float32Array(4), shape: [2, 2, 1], label: 'a' }, /^code 1 is an image/],
  ])('refuses a code with %s, and adds none', (_, wrong, words) => {
    const head = createLinearHead();
    expect(() => head.addAll([codeOf(7, 0), wrong as LabeledCode])).toThrow(DataError);
    expect(() => head.addAll([codeOf(7, 0), wrong as LabeledCode])).toThrow(words);
    expect([head.count, head.classes]).toEqual([0, []]);
  });

  it('refuses to predict codes of another length, and without any', () => {
    expect(() => fitted('ridge').predict(new Float32Array(5))).toThrow(/^code 0 has 5 values, but 6/);
    expect(() => fitted('ridge').predict([1, 2] as never)).toThrow(DataError);
    expect(() => createLinearHead().predictAll([])).toThrow(/has no codes/);
    expect(() => createLinearHead({ extractor: space }).addAll([codeOf('a', 0, 5)])).toThrow(DataError);
  });

  it.each<[string, LinearHeadOptions]>([
    ['kind', { kind: 'svm' as HeadKind }],
    ['regularization', { regularization: 0 }],
    ['regularization', { regularization: Number.NaN }],
    ['extractor', { extractor: 'photos' as never }],
    ['latentSize', { extractor: { digest: 'f', latentSize: 0 } }],
  ])('refuses a %s out of range', (name, options) => {
    expect(() => createLinearHead(options)).toThrow(UsageError);
    expect(() => createLinearHead(options)).toThrow(name);
  });
});

describe('a saved head', () => {
  const saved = (kind: HeadKind = 'logistic') => {
    const head = createLinearHead({ kind, extractor: space });
    head.addAll(codes);
    return { head, json: JSON.parse(JSON.stringify(headToJSON(head))) as Record<string, unknown> };
  };

  it.each([...headKinds])('predicts what it did, with %s', (kind) => {
    const { head, json } = saved(kind);
    const again = headFromJSON(json, { extractor: space });
    expect(again.predictAll(queries)).toEqual(head.predictAll(queries));
    expect([again.kind, again.regularization, again.classes]).toEqual([
      kind,
      head.regularization,
      head.classes,
    ]);
    expect(headToJSON(again)).toEqual(json);
    expect(headFromJSON(json).predictAll(queries)).toEqual(head.predictAll(queries));
  });

  it('has no codes to learn from', () => {
    const again = headFromJSON(saved().json);
    for (const learn of [() => again.addAll(codes), () => again.fit(), () => again.clear()])
      expect(learn).toThrow(/was read from JSON/);
    expect(again.count).toBe(0);
  });

  it('is refused with another encoder', () => {
    const { json } = saved();
    const other = codeSpace({ digest: '0'.repeat(64) });
    expect(() => headFromJSON(json, { extractor: other })).toThrow(ModelError);
    const { extractor: _, ...unnamed } = json;
    expect(headFromJSON(unnamed, { extractor: other }).classes).toEqual(['a', 'b', 'c']);
    expect(() => headFromJSON(unnamed, { extractor: codeSpace({ latentSize: 8 }) })).toThrow(ModelError);
  });

  it.each<[string, Record<string, unknown>, RegExp]>([
    ['another version', { schema: 'fewshot.head/2' }, /of version fewshot.head\/2/],
    ['another kind', { kind: 'svm' }, /wrong at kind/],
    ['truncated weights', { weights: 'AAAA' }, /its weights are truncated/],
    ['too few biases', { biases: '' }, /its biases are truncated/],
    ['a class twice', { classes: ['a', 'b', 'a'] }, /named twice/],
    ['a class more', { classes: ['a', 'b', 'c', 'd'] }, /are truncated/],
    ['no classes', { classes: [] }, /wrong at classes/],
    ['a penalty below 0', { regularization: -1 }, /wrong at regularization/],
    ['a field more', { codes: [] }, /wrong at codes/],
  ])('with %s is refused', (_, change, words) => {
    expect(() => headFromJSON({ ...saved().json, ...change })).toThrow(DataError);
    expect(() => headFromJSON({ ...saved().json, ...change })).toThrow(words);
  });
});
