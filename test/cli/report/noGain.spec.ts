import { describe, expect, it } from 'vitest';
import { noGain } from '../../../src/cli/report/evaluationTable.js';
import type { ClassifierName } from '../../../src/evaluate/settings.js';
import { estimate } from '../../../src/evaluate/statistics.js';

const row = (arm: string, classifier: ClassifierName, ...episodes: number[]) => ({
  ...{ arm, classifier, k: null, episodes },
  ...estimate(episodes),
});

describe('noGain', () => {
  it('holds the best arm that hallucinates against the best that does not, by classifier', () => {
    const results = [
      row('none', 'knn', 0.5, 0.6, 0.55),
      row('affine', 'knn', 0.6, 0.7, 0.65),
      row('atnl', 'knn', 0.7, 0.8, 0.76),
      row('none', 'cnn', 0.5, 0.6, 0.55),
      row('affine', 'cnn', 0.8, 0.9, 0.85),
      row('atnl', 'cnn', 0.6, 0.7, 0.65),
      row('atnl+affine', 'cnn', 0.79, 0.88, 0.84),
    ];
    expect(noGain({ results })).toEqual([
      'With the CNN, hallucination shows no clear gain here: atnl+affine less affine is −1.3 ± 1.4 points.',
    ]);
  });

  it('takes a gain that may be chance for none', () => {
    const results = [row('none', 'knn', 0.5, 0.6, 0.55), row('atnl', 'knn', 0.7, 0.61, 0.55)];
    expect(noGain({ results })).toHaveLength(1);
  });

  it('says nothing of one episode, of codes and pipelines, or where nothing is to compare', () => {
    expect(noGain({ results: [row('none', 'knn', 0.5), row('atnl', 'knn', 0.4)] })).toEqual([]);
    const others = [row('codes', 'knn', 0.4, 0.5), row('mine', 'knn', 0.4, 0.5)];
    expect(noGain({ results: [row('none', 'knn', 0.5, 0.6), ...others] })).toEqual([]);
    expect(noGain({ results: [row('atnl', 'knn', 0.5, 0.6)] })).toEqual([]);
  });
});
