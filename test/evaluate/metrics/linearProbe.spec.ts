import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DataError } from '../../../src/core/errors.js';
import { type LabeledCodes, linearProbe } from '../../../src/evaluate/metrics/linearProbe.js';
import { linearProbe as reference } from '../../reference/metrics.json';

const { dimension, classes } = reference;
const codes = (values: readonly number[], labels: readonly number[], own = dimension): LabeledCodes => ({
  values: Float32Array.from(values),
  dimension: own,
  labels: Int32Array.from(labels),
});
const train = codes(reference.train, reference.trainLabels);
const test = codes(reference.test, reference.testLabels);

describe('linearProbe', () => {
  it('agrees with scikit-learn', () => {
    for (const { l2, loss, predicted, accuracy } of reference.probes) {
      const found = linearProbe(train, test, { classes, l2 });
      expect(found.converged).toBe(true);
      expect(found.loss).toBeCloseTo(loss, 7);
      expect([...found.predicted]).toEqual(predicted);
      expect(found.accuracy).toBeCloseTo(accuracy, 12);
    }
    expect(linearProbe(train, test, { classes }).loss).toBeCloseTo(reference.probes[0]!.loss, 7);
  });

  it('does not see shifts and scales of features, nor the order of codes', () => {
    const base = linearProbe(train, test, { classes, l2: 0.01 });
    const factor = fc.double({ min: 0.1, max: 10, noNaN: true });
    fc.assert(
      fc.property(fc.array(factor, { minLength: dimension, maxLength: dimension }), (factors) => {
        const change = (set: LabeledCodes) => ({
          ...set,
          values: set.values.map((value, i) => value * factors[i % dimension]! + (i % dimension)),
        });
        const found = linearProbe(change(train), change(test), { classes, l2: 0.01 });
        expect(found.loss).toBeCloseTo(base.loss, 4);
        expect(found.accuracy).toBeCloseTo(base.accuracy, 1);
      }),
      { numRuns: 10 },
    );
    const rows = reference.trainLabels.map((_, i) =>
      reference.train.slice(i * dimension, (i + 1) * dimension),
    );
    const backwards = codes(rows.toReversed().flat(), reference.trainLabels.toReversed());
    expect(linearProbe(backwards, test, { classes, l2: 0.01 }).loss).toBeCloseTo(base.loss, 8);
  });

  it('gives the same numbers twice', () => {
    expect(linearProbe(train, test, { classes })).toEqual(linearProbe(train, test, { classes }));
  });

  it('says when its steps were too few', () => {
    const cut = linearProbe(train, test, { classes, iterations: 3 });
    expect(cut.converged).toBe(false);
    expect(cut.loss).toBeGreaterThan(reference.probes[0]!.loss);
    expect(cut.loss).toBeLessThan(Math.log(3));
  });

  it('takes a feature that does not vary, and a class without train codes', () => {
    const constant = codes([1, 7, 2, 7, -1, 7, -2, 7], [0, 0, 2, 2], 2);
    expect([...linearProbe(constant, constant, { classes: 3 }).predicted]).toEqual([0, 0, 2, 2]);
  });

  it.each([
    ['no codes', codes([], []), test, 'the train set has 0 codes and 0 labels'],
    ['labels too few', train, codes(reference.test, [0]), 'the test set has 50 codes and 1 labels'],
    ['a NaN', codes([1, 2, 3, 4, Number.NaN], [0]), test, 'point 0 holds a value'],
    ['a label without a class', codes([1, 2, 3, 4, 5], [3]), test, 'code 0 of the train set has the label 3'],
    ['other dimensions', train, codes([1, 2], [0], 2), '5 dimensions, but test codes 2'],
  ])('refuses %s', (_, from, to, says) => {
    expect(() => linearProbe(from, to, { classes })).toThrow(DataError);
    expect(() => linearProbe(from, to, { classes })).toThrow(says);
  });
});
