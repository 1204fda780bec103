import { describe, expect, it } from 'vitest';
import { type AdviceFacts, adviceFor } from '../../../../src/cli/report/page/advice.js';
import type { ShownEvaluation } from '../../../../src/cli/report/page/pageParts.js';
import { arm, evaluation, parts, versus } from './parts.js';

const told = (facts: AdviceFacts) => adviceFor(facts).map(({ kind, text }) => `${kind}: ${text}`);
const evaluated = (change: Partial<ShownEvaluation>) =>
  told({ ...parts, evaluation: { ...evaluation, ...change } });
const found = (change: Partial<AdviceFacts['data']['found']>) =>
  told({ ...parts, data: { ...parts.data, found: { ...parts.data.found, ...change } } });

describe('advice', () => {
  it('says what stands clear of zero, what does not, and nothing else where nothing is amiss', () => {
    expect(told(parts)).toEqual([
      'gain: With the KNN (k = 1), affine has the highest gain over the real images alone: +10.0 ± 1.0 points. Clear of zero too: atnl. It is the highest of 3, so part of it may be luck.',
      'open: Did not beat affine here with the KNN (k = 1), in points over 2 episodes: slerp (atnl): −5.0 ± 20.0; lerp: −5.0 ± 6.0. These intervals hold zero; more episodes and more query images would narrow them.',
      'open: slerp and lerp cannot be told apart here: +0.0 ± 12.7 points with the KNN (k = 1).',
    ]);
  });

  // Half a point beyond the interval, on it, and within.
  it.each([
    [0.031, 0.03, 'gain', /^gain: Beat affine here .*over 2 episodes: slerp \(atnl\): \+3\.1 ± 3\.0\.$/],
    [0.03, 0.03, 'open', /^open: Did not beat affine here .*slerp \(atnl\): \+3\.0 ± 3\.0\./],
    [-0.03, 0.03, 'open', /^open: Did not beat affine here .*slerp \(atnl\): −3\.0 ± 3\.0\./],
    [
      -0.031,
      0.03,
      'loss',
      /^loss: Did worse than affine here .*slerp \(atnl\): −3\.1 ± 3\.0\. Prefer affine\.$/,
    ],
  ])('a difference of %f ± %f from affine is a %s', (difference, ci95, _, says) => {
    const lines = evaluated({ comparisons: [versus('atnl', 'affine', difference, ci95)] });
    expect(lines.filter((line) => line.includes('affine'))).toEqual([expect.stringMatching(says)]);
  });

  it('calls nothing a gain that is not clear of zero, and names what costs accuracy', () => {
    const comparisons = [versus('affine', 'none', 0.02, 0.03), versus('atnl', 'none', -0.05, 0.04)];
    const lines = evaluated({ comparisons });
    expect(lines.slice(0, 2)).toEqual([
      'open: With the KNN (k = 1), no arm is clearly better than the real images alone; the highest is affine, +2.0 ± 3.0 points. So these figures are no reason to augment.',
      'loss: With the KNN (k = 1), worse than the real images alone: atnl (−5.0 ± 4.0) points.',
    ]);
    expect(lines.filter((line) => line.startsWith('gain'))).toEqual([]);
  });

  it('does not take codes, of which no image is made, for a way to augment', () => {
    const lines = evaluated({
      comparisons: [versus('codes', 'none', 0.3, 0.01), versus('affine', 'none', 0.1, 0.01)],
    });
    expect(lines[0]).toMatch(/^gain: With the KNN \(k = 1\), affine has the highest gain/);
  });

  it('speaks of each classifier by itself', () => {
    const lines = evaluated({
      results: [arm('none', [0.7, 0.7]), arm('none', [0.6, 0.6], { classifier: 'cnn', k: null })],
      comparisons: [versus('affine', 'none', 0.1, 0.01), versus('affine', 'none', -0.1, 0.01, 'cnn')],
    });
    expect(lines[0]).toMatch(/^gain: With the KNN \(k = 1\), affine/);
    expect(lines[1]).toMatch(/^open: With the CNN \(fast, 100 batches\), no arm is clearly better/);
    expect(lines[2]).toMatch(/^loss: With the CNN .*affine \(−10\.0 ± 1\.0\)/);
  });

  it('compares slerp with lerp by the episodes themselves', () => {
    const results = [arm('lerp', [0.5, 0.6, 0.7]), arm('atnl', [0.6, 0.7, 0.81])];
    expect(evaluated({ results, comparisons: [] })[0]).toBe(
      'gain: slerp is better than lerp here: +10.3 ± 1.4 points with the KNN (k = 1).',
    );
    expect(
      evaluated({
        results: [...results].reverse().map((row, i) => ({ ...row, arm: ['lerp', 'atnl'][i]! })),
        comparisons: [],
      })[0],
    ).toMatch(/^loss: slerp is worse than lerp here: −10\.3/);
  });

  it('draws no conclusion from one episode', () => {
    const comparisons = [versus('affine', 'none', 0.3, null), versus('atnl', 'affine', 0.3, null)];
    const results = ['none', 'affine', 'lerp', 'atnl'].map((name) => arm(name, [0.7]));
    expect(evaluated({ comparisons, results })).toEqual([
      expect.stringMatching(/^care: One episode gives no interval/),
    ]);
  });

  it.each<[string, Partial<ShownEvaluation>, RegExp]>([
    ['one shot', { shots: 1 }, /With one shot there is no pair to interpolate/],
    ['few queries', { queries: 16 }, /There are 16 query images, so one of them is worth 6\.3 points/],
    ['guessing', { results: [arm('none', [0.51, 0.5])] }, /hardly better than guessing, which has 50\.0 %/],
    ['a ceiling', { results: [arm('none', [0.99, 0.99])] }, /have 99\.0 % already/],
    ['seen classes', { protocol: 'paper' }, /pets has seen labelled images of these classes/],
  ])('minds %s', (_, change, says) => {
    expect(told(parts).filter((line) => says.test(line))).toEqual([]);
    expect(evaluated(change)).toContainEqual(expect.stringMatching(says));
  });

  it.each<[string, Partial<AdviceFacts['data']['found']>, RegExp]>([
    ['leaks', { leaks: [['a', 'b']] }, /^care: 1 pair of nearly the same picture is in train/],
    [
      'duplicates',
      {
        duplicates: [
          ['a', 'b'],
          ['c', 'd'],
        ],
      },
      /^care: 2 pictures are there more than once/,
    ],
    [
      'bad files',
      { bad: [{ name: 'a', reason: 'a is empty' }] },
      /^care: 1 image cannot be read and is left out/,
    ],
    [
      'rare classes',
      { classes: [{ label: 'cat', images: { train: 3, test: 1 } }] },
      /^care: Fewer than 5 images: cat\./,
    ],
    [
      'uneven classes',
      {
        classes: [
          { label: 'cat', images: { all: 30 } },
          { label: 'dog', images: { all: 10 } },
        ],
      },
      /^care: Classes have from 10 images to 30 images/,
    ],
  ])('asks to mend %s', (_, change, says) => {
    expect(found(change)).toContainEqual(expect.stringMatching(says));
    expect(found({})).not.toContainEqual(expect.stringMatching(says));
  });

  it('minds an encoder of other images, one that learnt little, and a map that cannot be trusted', () => {
    const { card } = parts.encoder;
    const shoes = { ...card, data: { ...card.data, name: 'shoes' }, scores: { 'KNN on codes, k = 10': 0.6 } };
    const lines = told({
      ...parts,
      encoder: { ...parts.encoder, card: shoes },
      map: { ...parts.map, trustworthiness: 0.8 } as AdviceFacts['map'],
    });
    expect(lines.slice(3)).toEqual([
      'care: The encoder pets was trained on shoes, not on pets: it draws what it knows. Train one on these images: fewshot train.',
      "care: The encoder's codes hardly tell its classes apart (on its card: KNN on codes, k = 10: 0.6; guessing has 0.500). Train it longer, or on more images.",
      'care: The map keeps few neighbours (trustworthiness 0.800): do not read distances in it.',
    ]);
  });
});
