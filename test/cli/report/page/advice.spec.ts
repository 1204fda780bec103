import { describe, expect, it } from 'vitest';
import { type AdviceFacts, adviceFor } from '../../../../src/cli/report/page/advice.js';
import type { ShownEvaluation } from '../../../../src/cli/report/page/pageParts.js';
import { arm, evaluation, parts } from './parts.js';

const told = (facts: AdviceFacts) => adviceFor(facts).map(({ kind, text }) => `${kind}: ${text}`);
const evaluated = (change: Partial<ShownEvaluation>) =>
  told({ ...parts, evaluation: { ...evaluation, ...change } });
const found = (change: Partial<AdviceFacts['data']['found']>) =>
  told({ ...parts, data: { ...parts.data, found: { ...parts.data.found, ...change } } });

describe('advice', () => {
  it('says nothing where the answer says all and nothing is amiss', () => {
    expect(told(parts)).toEqual([]);
  });

  it('speaks of classifiers beside the best one, and names what costs accuracy', () => {
    const cnn = (name: string, ...episodes: number[]) => arm(name, episodes, { classifier: 'cnn', k: null });
    const results = [
      ...[arm('none', [0.7, 0.7]), arm('affine', [0.8, 0.8])],
      ...[cnn('none', 0.6, 0.6), cnn('affine', 0.5, 0.5), cnn('lerp', 0.6, 0.61), cnn('mean', 0.55, 0.55)],
    ];
    expect(evaluated({ results })).toEqual([
      'open: CNN: no arm is clearly above none; the highest is lerp, +0.5 ± 6.4 points.',
      'loss: With the CNN, worse than the real images alone: affine (−10.0 ± 0.0), mean (−5.0 ± 0.0) points.',
    ]);
    expect(evaluated({ results: [...results, cnn('atnl', 0.7, 0.7)] })[0]).toBe(
      'gain: CNN: atnl +10.0 ± 0.0 points over none.',
    );
  });

  it('says where no image need be made', () => {
    const [none, affine] = [arm('none', [0.7, 0.72]), arm('affine', [0.8, 0.82])];
    expect(evaluated({ results: [none, affine, arm('codes', [0.9, 0.92])] })).toEqual([
      "gain: To recognize, no image need be made: comparing the encoder's codes (codes) has 91.0 %, +10.0 ± 0.0 points over affine with the KNN.",
    ]);
    expect(evaluated({ results: [none, affine, arm('codes', [0.78, 0.8])] })).toEqual([]);
  });

  it('draws no conclusion from one episode', () => {
    const results = ['none', 'affine', 'lerp', 'atnl'].map((name, i) => arm(name, [0.7 - i / 10]));
    expect(evaluated({ results })).toEqual([expect.stringMatching(/^care: One episode gives no interval/)]);
  });

  it.each<[string, Partial<ShownEvaluation>, RegExp]>([
    ['one shot', { shots: 1 }, /With one shot there is no pair to interpolate/],
    ['few queries', { queries: 16 }, /There are 16 query images, so one of them is worth 6\.3 points/],
    ['guessing', { results: [arm('none', [0.51, 0.5])] }, /hardly better than guessing, which has 50\.0 %/],
    ['seen classes', { protocol: 'paper' }, /pets has seen labeled images of these classes/],
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
    expect(lines).toEqual([
      'care: The encoder pets was trained on shoes, not on pets: it draws what it knows. Train one on these images: fewshot train.',
      "care: The encoder's codes hardly tell its classes apart (on its card: KNN on codes, k = 10: 0.6; guessing has 0.500). Train it longer, or on more images.",
      'care: The map keeps few neighbors (trustworthiness 0.800): do not read distances in it.',
    ]);
  });

  it('does not ask an encoder of drawings at large for classes that it has seen', () => {
    const { card } = parts.encoder;
    const general = { ...card, data: { ...card.data, name: 'characters', classes: [] } };
    expect(
      told({
        ...parts,
        encoder: { ...parts.encoder, card: general },
        evaluation: { ...evaluation, protocol: 'paper' },
      }),
    ).toEqual([]);
  });
});
