import { describe, expect, it } from 'vitest';
import { bestOf, curveShots, mistakesIn, rowsOf } from '../../../src/evaluate/codes/codeRows.js';

const row = (arm: string, mean: number) => ({
  arm,
  classifier: 'knn' as const,
  k: 1,
  mean,
  ci95: 0.1,
  episodes: [mean],
});

describe('rows of codes', () => {
  it('begin with the reference unless it is among them', () => {
    const reference = { arm: 'codes', classifier: 'prototypes' };
    expect(rowsOf(['codes+mean'], ['head'])).toEqual([reference, { arm: 'codes+mean', classifier: 'head' }]);
    expect(rowsOf(['codes+mean', 'codes'], ['knn', 'prototypes'])[3]).toEqual(reference);
    expect(rowsOf(['codes'], ['prototypes'])).toEqual([reference]);
  });

  it('have a best one: the first of the highest', () => {
    expect(bestOf([row('a', 0.5), row('b', 0.7), row('c', 0.7), row('d', 0.6)]).arm).toBe('b');
  });

  it('have a curve up to the shots that there are, and at their own', () => {
    expect(curveShots(4, 4)).toEqual([1, 2, 3, 4]);
    expect(curveShots(5, 12)).toEqual([1, 2, 3, 5, 10]);
    expect(curveShots(1, 30)).toEqual([1, 2, 3, 5, 10, 20]);
  });
});

describe('mistakes', () => {
  const answer = (image: string, predicted: string) => ({ image, truth: 'cat', predicted });

  it('are counted by picture and answer, the most frequent first, then by name', () => {
    const answers = [
      ...[answer('b', 'dog'), answer('a', 'cat'), answer('a', 'dog'), answer('b', 'dog'), answer('b', 'cow')],
      answer('c', 'cat'),
    ];
    const of = { truth: 'cat' };
    expect(mistakesIn(answers)).toEqual([
      { image: 'b', ...of, predicted: 'dog', times: 2, of: 3 },
      { image: 'a', ...of, predicted: 'dog', times: 1, of: 2 },
      { image: 'b', ...of, predicted: 'cow', times: 1, of: 3 },
    ]);
  });

  it('are no more than 200', () => {
    const many = Array.from({ length: 300 }, (_, i) => answer(String(i), 'dog'));
    expect(mistakesIn(many)).toHaveLength(200);
  });
});
