import { describe, expect, it } from 'vitest';
import { imagesAnswer, verdictLines, verdictsOf } from '../../../src/cli/report/verdict.js';
import type { ClassifierName } from '../../../src/evaluate/settings.js';
import { estimate } from '../../../src/evaluate/statistics.js';

const row = (arm: string, classifier: ClassifierName, ...episodes: number[]) => ({
  ...{ arm, classifier, k: null, episodes },
  ...estimate(episodes),
});
const real = row('none', 'knn', 0.5, 0.6, 0.55);
const affine = row('affine', 'knn', 0.6, 0.7, 0.65);

describe('verdictLines', () => {
  it('tell the best arm of each classifier, its gain, and what hallucination adds to the best without it', () => {
    const results = [
      ...[real, affine, row('atnl', 'knn', 0.7, 0.8, 0.76)],
      row('none', 'cnn', 0.5, 0.6, 0.55),
      row('affine', 'cnn', 0.8, 0.9, 0.85),
      row('atnl', 'cnn', 0.6, 0.7, 0.65),
      row('atnl+affine', 'cnn', 0.79, 0.88, 0.84),
    ];
    expect(verdictLines({ results })).toEqual([
      'KNN: atnl +20.3 ± 1.4 points over none, +10.3 ± 1.4 over affine.',
      'CNN: affine +30.0 ± 0.0 points over none; hallucination adds nothing clear (atnl+affine −1.3 ± 1.4).',
    ]);
  });

  it('tell what hallucination adds alone, where the best arm does more', () => {
    const geometric = row('geometric', 'cnn', 0.8, 0.9, 0.85);
    const results = [
      ...[row('none', 'cnn', 0.5, 0.6, 0.55), geometric, row('atnl', 'cnn', 0.6, 0.7, 0.65)],
      ...[row('restyle', 'cnn', 0.79, 0.88, 0.84), row('restyle+geometric', 'cnn', 0.86, 0.95, 0.91)],
    ];
    expect(verdictLines({ results })).toEqual([
      'CNN: restyle+geometric +35.7 ± 1.4 points over none, +5.7 ± 1.4 over geometric (restyle alone −1.3 ± 1.4).',
    ]);
    const hardly = row('atnl+geometric', 'cnn', 0.81, 0.9, 0.85);
    expect(verdictLines({ results: [...results.slice(0, 3), hardly] })).toEqual([
      'CNN: atnl+geometric +30.3 ± 1.4 points over none, +0.3 ± 1.4 over geometric (not clear; atnl alone −20.0 ± 0.0).',
    ]);
    expect(imagesAnswer({ results })).toBe(
      'Use restyle+geometric with the CNN: 90.7 % of new images are recognized, +35.7 ± 1.4 points over the real images alone, +5.7 ± 1.4 over geometric, the best without hallucination (restyle alone −1.3 ± 1.4).',
    );
  });

  it('call what may be chance not clear', () => {
    const unclear = row('atnl', 'knn', 0.7, 0.61, 0.65);
    expect(verdictLines({ results: [real, unclear] })).toEqual([
      'KNN: no arm is clearly above none; the highest is atnl, +10.3 ± 23.6 points.',
    ]);
    expect(verdictLines({ results: [real, affine, row('atnl', 'knn', 0.61, 0.7, 0.66)] })).toEqual([
      'KNN: atnl +10.7 ± 1.4 points over none, +0.7 ± 1.4 over affine (not clear).',
    ]);
    expect(verdictLines({ results: [real, affine, row('atnl', 'knn', 0.55, 0.65, 0.6)] })).toEqual([
      'KNN: affine +10.0 ± 0.0 points over none; hallucination does not help (atnl −5.0 ± 0.0).',
    ]);
  });

  it('leave out codes, which are no images, and say nothing of one episode', () => {
    const codes = row('codes', 'knn', 0.9, 0.9, 0.9);
    expect(verdictLines({ results: [real, affine, codes] })).toEqual([
      'KNN: affine +10.0 ± 0.0 points over none.',
    ]);
    expect(verdictLines({ results: [real, codes] })).toEqual([]);
    expect(verdictLines({ results: [row('none', 'knn', 0.5), row('atnl', 'knn', 0.4)] })).toEqual([]);
  });

  it('take a pipeline for an arm, of which it is not known whether it hallucinates', () => {
    const mine = row('mine', 'knn', 0.9, 0.95, 0.92);
    const atnl = row('atnl', 'knn', 0.7, 0.8, 0.76);
    const [verdict] = verdictsOf({ results: [real, affine, atnl, mine] });
    expect([verdict?.best, verdict?.made?.row, verdict?.made?.without]).toEqual([mine, atnl, affine]);
    expect(verdictLines({ results: [real, affine, atnl, mine] })).toEqual([
      'KNN: mine +37.3 ± 6.3 points over none.',
    ]);
    expect(verdictLines({ results: [mine] })).toEqual(['KNN: mine is highest, 92.3 %.']);
  });
});

describe('imagesAnswer', () => {
  it('says what to use, and what that brings, by the classifier that recognizes most', () => {
    const results = [real, affine, row('none', 'cnn', 0.3, 0.3, 0.31), row('atnl', 'cnn', 0.5, 0.5, 0.6)];
    expect(imagesAnswer({ results })).toBe(
      'Use affine with the KNN: 65.0 % of new images are recognized, +10.0 ± 0.0 points over the real images alone.',
    );
    expect(imagesAnswer({ results: [...results, row('restyle', 'knn', 0.8, 0.9, 0.84)] })).toBe(
      'Use restyle with the KNN: 84.7 % of new images are recognized, +29.7 ± 1.4 points over the real images alone, +19.7 ± 1.4 over affine, the best without hallucination.',
    );
  });

  it('says so where nothing helps, or nothing can be told', () => {
    const unclear = row('atnl', 'knn', 0.7, 0.61, 0.55);
    expect(imagesAnswer({ results: [real, unclear] })).toBe(
      'Nothing clearly helps these images: the KNN recognizes 55.0 % of new ones from the real ones alone, and the highest arm, atnl, adds +7.0 ± 28.0 points.',
    );
    const full = [row('none', 'knn', 1, 0.99), row('atnl', 'knn', 1, 0.99)];
    expect(imagesAnswer({ results: full })).toBe(
      'Leave these images as they are: the KNN recognizes 99.5 % of new ones from the real ones alone, and little is left to gain.',
    );
    expect(imagesAnswer({ results: [row('none', 'knn', 0.5), row('atnl', 'knn', 0.6)] })).toBe(
      'One episode cannot tell what helps: atnl is highest with the KNN, 60.0 % of new images.',
    );
    expect(imagesAnswer({ results: [real] })).toBe(
      'Only none was judged: the KNN recognizes 55.0 % of new images.',
    );
    expect(imagesAnswer({ results: [affine] })).toBe(
      'Use affine with the KNN: 65.0 % of new images are recognized; the real images alone were not judged.',
    );
  });
});
