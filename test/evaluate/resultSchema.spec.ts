import { readdirSync, readFileSync } from 'node:fs';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { evaluationSchema } from '../../src/evaluate/result.js';

const folder = new URL('../../paper/results/', import.meta.url);
const stored = readdirSync(folder)
  .filter((name) => /^(eval|novel)-.*\.json$/.test(name))
  .map((name) => [name, JSON.parse(readFileSync(new URL(name, folder), 'utf8'))] as const);
const [, one] = stored[0]!;
const [first] = one.results;

describe('the schema of evaluations', () => {
  it.each(stored)('takes %s, which an earlier release wrote, as it stands', (_, result) => {
    expect(v.parse(evaluationSchema, result)).toEqual(result);
  });

  it('takes confusions of the classes that there are', () => {
    const results = [
      {
        ...first,
        confusion: [
          [2, 1],
          [0, 3],
        ],
      },
    ];
    const known = { ...one, classes: ['cat', 5], results };
    expect(v.parse(evaluationSchema, known)).toEqual(known);
  });

  it('takes figures on unknown classes', () => {
    const shares = { mean: 0.9, ci95: null, episodes: [0.9] };
    const row = { arm: 'none', auroc: shares, promised: shares, falseAlarms: shares, found: shares };
    const unknown = { classes: 2, queries: 40, falseAlarms: 0.05, results: [{ ...row, accuracy: shares }] };
    expect(v.parse(evaluationSchema, { ...one, unknown })).toEqual({ ...one, unknown });
    expect(v.safeParse(evaluationSchema, { ...one, unknown: { ...unknown, results: [row] } }).success).toBe(
      false,
    );
  });

  it('takes a comparison of features, whose rows differ in classifier, without a CNN', () => {
    const { cnn: _, cnnSteps: __, mix: ___, trust: ____, ...rest } = one;
    const [arm, classifier] = ['codes', 'prototypes'];
    const row = { ...first, arm, classifier, k: null };
    const features = {
      ...rest,
      features: { images: 40, variants: 8 },
      results: [row, { ...row, classifier: 'head' }],
      comparisons: [
        {
          ...{ arm, against: arm, classifier: 'head', againstClassifier: classifier },
          ...{ difference: 0.1, ci95: null },
        },
      ],
      curve: [{ arm, classifier, episodes: 4, points: [{ shots: 1, mean: 0.5, ci95: 0.1 }] }],
      mistakes: {
        ...{ arm, classifier },
        pictures: [{ image: 'cat/1.png', truth: 'cat', predicted: 3, times: 2, of: 9 }],
      },
    };
    expect(v.parse(evaluationSchema, features)).toEqual(features);
    const other = { ...features, mistakes: { ...features.mistakes, classifier: 'other' } };
    expect(v.safeParse(evaluationSchema, other).success).toBe(false);
  });

  it.each<[string, object, RegExp]>([
    ['another schema', { schema: 'fewshot.eval/2' }, /fewshot\.eval\/1/],
    ['no results', { results: [] }, /length/],
    ['an accuracy beyond 1', { results: [{ ...first, mean: 1.2 }] }, /<=1/],
    ['no episodes', { results: [{ ...first, episodes: [] }] }, /length/],
    ['arms of other episodes', { results: [first, { ...first, episodes: [0.5] }] }, /not the same episodes/],
    ['a matrix of no classes', { results: [{ ...first, confusion: [[1]] }] }, /not of its classes/],
    [
      'a matrix with a row too many',
      { classes: [1, 2], results: [{ ...first, confusion: Array(3).fill([1, 2]) }] },
      /not of its classes/,
    ],
    [
      'a matrix that is cut off',
      { classes: [1, 2], results: [{ ...first, confusion: [[1, 2], [1]] }] },
      /not of its classes/,
    ],
  ])('refuses %s', (_, change, says) => {
    const { success, issues } = v.safeParse(evaluationSchema, { ...one, ...change });
    expect(success).toBe(false);
    expect(issues![0].message).toMatch(says);
  });
});
