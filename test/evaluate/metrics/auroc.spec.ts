import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { auroc } from '../../../src/evaluate/metrics/auroc.js';
import reference from '../../reference/knn.json' with { type: 'json' };

const scores = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 20 });

describe('the area under the ROC curve', () => {
  it('is the share of pairs in order, and half of those that are equal', () => {
    fc.assert(
      fc.property(scores, scores, (positives, negatives) => {
        const pairs = positives.flatMap((a) => negatives.map((b) => (a > b ? 1 : a === b ? 0.5 : 0)));
        const share = pairs.reduce((sum: number, pair) => sum + pair, 0) / pairs.length;
        expect(auroc(positives, negatives)).toBeCloseTo(share, 12);
      }),
    );
  });

  it.each(reference.unknown.map((stored, index) => [index, stored] as const))(
    'is that of scikit-learn, case %i',
    (_, { distances, auroc: wanted }) => {
      // Rounded as in the script, so that some are equal.
      const rounded = distances.map((distance) => Math.round(10 * distance) / 10);
      expect(auroc(rounded.slice(25), rounded.slice(0, 25))).toBeCloseTo(wanted, 12);
    },
  );

  it('is 1 in order, 0 the other way round, a half by chance', () => {
    expect([auroc([3, 4], [1, 2]), auroc([1], [2, 3]), auroc([1, 1], [1])]).toEqual([1, 0, 0.5]);
  });
});
