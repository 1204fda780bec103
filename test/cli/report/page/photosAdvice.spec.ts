import { describe, expect, it } from 'vitest';
import type { ShownEvaluation } from '../../../../src/cli/report/page/pageParts.js';
import {
  chosenRow,
  confusedPair,
  helpfulPath,
  photosAdvice,
  photosAnswer,
  recalls,
} from '../../../../src/cli/report/page/photosAdvice.js';
import { photos, photosParts, row } from './photosParts.js';

const { found } = photosParts.data;
const told = (change: Partial<ShownEvaluation> = {}, tested = 1000) =>
  photosAdvice({ ...photos, ...change }, { ...found, tested }).map(({ kind, text }) => `${kind}: ${text}`);
const asked = (change: Partial<ShownEvaluation>, count = 1000) => ({
  evaluation: { ...photos, ...change },
  photos: count,
});
const rows = (...results: ShownEvaluation['results']) => ({ results });

describe('advice on photos', () => {
  it('says what to take, which photos lack, what more of them bring, and how far figures reach', () => {
    expect(told()).toEqual([
      'open: The highest of 4 rows is codes+mean, prototypes, +0.3 ± 1.4 points over codes, prototypes, which needs nothing learned or made.',
      'gain: Hallucinated codes help, in points: KNN +2.2 ± 0.9 (codes+mean over codes).',
      'open: Hallucinated codes show no clear gain, in points: prototypes +0.3 ± 1.4 (codes+mean over codes).',
      'care: Take more photos of saw first: 90.0 % of its photos are recognized, the fewest (codes+mean, prototypes).',
      'care: <nut> and saw are taken for each other most often: 4 answers in 3 episodes. Photograph what tells them apart, in the same light and before the same ground.',
      'gain: More photos still help: +9.0 ± 2.2 points from 2 to 4 photos of each (codes, prototypes).',
    ]);
  });

  it('takes no difference for clear that a few photos can make', () => {
    const results = [row('codes', 'prototypes', [0.8, 0.8, 0.8]), row('codes', 'knn', [0.9, 0.9, 0.9])];
    // 1.96 · sqrt(0.1 / n), as in McNemar's test.
    expect(told({ results }, 30)[0]).toMatch(
      /^open: The highest of 2 rows is codes, KNN, \+10\.0 ± 11\.3 points over codes, prototypes, which/,
    );
    expect(told({ results }, 40)[0]).toMatch(/^gain: The highest of 2 rows is codes, KNN, \+10\.0 ± 9\.8 /);
    expect(told({}, 15)).toContain(
      'care: There are only 15 photos to ask for, each one while it is not learned from. One of them is worth 6.7 points, so small differences may be luck.',
    );
    // Wilson's interval for 14 of 15, and for 20 of 20.
    expect(photosAnswer(asked({}, 15))).toMatch(
      /, 94\.0 % of the other photos are recognized \(of more photos like them 70 to 99 %\), and no other of 4/,
    );
    const all = [row('codes', 'prototypes', [1, 1])];
    expect(photosAnswer(asked({ results: all }, 20))).toMatch(
      /, 100\.0 % of the other .* \(of more photos like them 83 to 100 %\)\.$/,
    );
    expect(photosAnswer(asked({}, 400))).toMatch(/, 94\.0 % ± 2\.5 of the other photos/);
  });

  it('takes the best row only where it is clearly better than prototypes of real codes', () => {
    const real = row('codes', 'prototypes', [0.8, 0.82, 0.81]);
    const clear = row('codes+slerp', 'head', [0.85, 0.86, 0.87]);
    const unclear = row('codes+slerp', 'head', [0.7, 0.95, 0.9]);
    expect(chosenRow(asked(rows(real, clear)))).toBe(clear);
    expect(chosenRow(asked(rows(real, unclear)))).toBe(real);
    expect(chosenRow(asked(rows(real)))).toBe(real);
    expect(photosAnswer(asked(rows(real, clear)))).toMatch(
      /^Use the linear head on codes\+slerp: .*, 86\.0 % ± 2\.5 .*, \+5\.0 ± 2\.5 points over codes, prototypes\.$/,
    );
    expect(photosAnswer(asked(rows(real)))).toMatch(
      /^Use the prototypes on codes: [^,]*, 81\.0 .* recognized\.$/,
    );
    expect(photosAnswer(asked(rows(real, row('codes', 'knn', [0.7, 0.7, 0.7]))))).toMatch(
      /, and no other row has more\.$/,
    );
  });

  it('does not call hallucinations what only changes pictures, and compares with the same but for them', () => {
    const geometric = row('codes+geometric', 'knn', [0.9, 0.9]);
    const made = row('codes+geometric+mean', 'knn', [0.89, 0.89]);
    const real = row('codes', 'knn', [0.7, 0.71]);
    const effects = (...results: ShownEvaluation['results']) =>
      told({ results }, 10_000).filter((line) => line.includes('Hallucinated'));
    expect(effects(real, geometric, made)).toEqual([
      'loss: Hallucinated codes harm, in points: KNN −1.0 ± 0.2 (codes+geometric+mean over codes+geometric).',
    ]);
    expect(effects(geometric)).toEqual([]);
    const slerp = row('codes+slerp', 'knn', [0.71, 0.73]);
    // Those of real codes alone come first.
    expect(effects(real, slerp, geometric, made)).toEqual([
      'open: Hallucinated codes show no clear gain, in points: KNN +1.5 ± 6.4 (codes+slerp over codes).',
    ]);
    expect(helpfulPath(asked({}), 'knn')).toBe('mean');
    expect(helpfulPath(asked({}, 15), 'knn')).toBeUndefined();
  });

  it('says how many things an episode has, where it has not all', () => {
    expect(photosAnswer(asked({ ways: 2 }))).toMatch(
      /^Use the prototypes on codes: from 4 photos of each of 2 of 3 things at a time, /,
    );
    expect(photosAnswer(asked({ shots: 1 }))).toMatch(/: from 1 photo of each of 3 things, /);
  });

  it.each<[string, Partial<ShownEvaluation>, RegExp]>([
    [
      'a curve that is flat',
      {
        curve: [
          {
            ...photos.curve![0]!,
            points: [
              { shots: 2, mean: 0.9, ci95: 0.01 },
              { shots: 4, mean: 0.91, ci95: 0.01 },
            ],
          },
        ],
      },
      /^open: More photos of the same kind help little: \+1\.0 ± 1\.4 points from 2 to 4/,
    ],
    [
      'a curve that is not clear',
      {
        curve: [
          {
            ...photos.curve![0]!,
            points: [
              { shots: 2, mean: 0.9, ci95: 0.02 },
              { shots: 4, mean: 0.92, ci95: 0.02 },
            ],
          },
        ],
      },
      /^open: Whether more photos still help is not clear: \+2\.0 ± 2\.8 points from 2 to 4/,
    ],
    ['a single episode', rows(row('codes', 'prototypes', [0.9])), /^care: One episode gives no interval/],
    [
      'a ceiling',
      rows(row('codes', 'prototypes', [0.99, 1])),
      /^care: codes, prototypes has 99\.5 % already/,
    ],
    [
      'classes that may have been seen',
      { protocol: 'paper' },
      /^care: photos may have seen these very classes/,
    ],
  ])('minds %s', (_, change, says) => {
    expect(told().filter((line) => says.test(line))).toEqual([]);
    expect(told(change)).toContainEqual(expect.stringMatching(says));
  });

  it('orders classes by how often they are recognized, and finds the pair that is confused in either direction', () => {
    const confusion = [
      [5, 3, 0],
      [3, 5, 0],
      [0, 5, 15],
    ];
    const one = row('codes', 'knn', [0.6, 0.6], { confusion });
    expect(recalls(one, ['a', 'b', 'c']).map(({ label }) => label)).toEqual(['a', 'b', 'c']);
    expect(confusedPair(one, ['a', 'b', 'c'])).toEqual({ one: 'a', other: 'b', times: 6 });
    expect(
      confusedPair(
        row('codes', 'knn', [1], {
          confusion: [
            [1, 0],
            [0, 1],
          ],
        }),
        ['a', 'b'],
      ),
    ).toBeUndefined();
  });
});
