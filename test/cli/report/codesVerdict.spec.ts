import { describe, expect, it } from 'vitest';
import { codesVerdict } from '../../../src/cli/report/verdict.js';
import type { ArmResult } from '../../../src/evaluate/result.js';
import type { CodeClassifierName } from '../../../src/evaluate/settings.js';

const row = (arm: string, classifier: CodeClassifierName, mean: number): ArmResult => ({
  ...{ arm, classifier, mean, ci95: 0.01, k: null },
  episodes: [mean, mean],
});
const over = (
  arm: string,
  classifier: CodeClassifierName,
  against: string,
  difference: number,
  againstClassifier?: CodeClassifierName,
) => ({
  ...{ arm, classifier, against, difference, ci95: 0.002 },
  ...(againstClassifier === undefined ? {} : { againstClassifier }),
});

describe('codesVerdict', () => {
  it('names the best row, and what hallucination alone brings to the best of each classifier', () => {
    const results = [
      row('codes', 'prototypes', 0.9),
      row('codes', 'knn', 0.88),
      row('codes+slerp', 'knn', 0.9),
      row('codes+views', 'knn', 0.91),
      row('codes+views+mean', 'knn', 0.93),
    ];
    const comparisons = [
      over('codes', 'knn', 'codes', -0.02, 'prototypes'),
      over('codes+slerp', 'knn', 'codes', 0, 'prototypes'),
      over('codes+slerp', 'knn', 'codes', 0.02),
      over('codes+views', 'knn', 'codes', 0.01, 'prototypes'),
      over('codes+views+mean', 'knn', 'codes', 0.03, 'prototypes'),
      over('codes+views+mean', 'knn', 'codes+views', 0.02),
    ];
    expect(codesVerdict({ results, comparisons })).toEqual([
      'Best: codes+views+mean with KNN, 93.0; +3.0 ± 0.2 points over the reference.',
      'Hallucination alone, in points: KNN +2.0 ± 0.2.',
    ]);
  });

  it('compares hallucinated codes with those of the same classifier, not with the reference', () => {
    const results = [
      row('codes', 'prototypes', 0.9),
      row('codes', 'knn', 0.87),
      row('codes+slerp', 'knn', 0.9),
    ];
    const comparisons = [
      over('codes', 'knn', 'codes', -0.03, 'prototypes'),
      over('codes+slerp', 'knn', 'codes', 0, 'prototypes'),
      over('codes+slerp', 'knn', 'codes', 0.03),
    ];
    expect(codesVerdict({ results, comparisons })[1]).toBe('Hallucination alone, in points: KNN +3.0 ± 0.2.');
  });

  it('says so where the reference is best, and nothing of hallucination where there is none', () => {
    const results = [row('codes', 'prototypes', 0.9), row('codes+views', 'prototypes', 0.8)];
    const comparisons = [over('codes+views', 'prototypes', 'codes', -0.1)];
    expect(codesVerdict({ results, comparisons })).toEqual([
      'Best: codes with prototypes, 90.0; the reference itself.',
    ]);
  });
});
