import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DataError } from '../../../src/core/errors.js';
import { classOrder, spearman } from '../../../src/evaluate/metrics/classOrder.js';
import { pairs as ranked, classOrder as reference } from '../../reference/metrics.json';

const { dimension, labels, classes } = reference;
const codes = Float32Array.from(reference.codes);

describe('classOrder', () => {
  it('agrees with NumPy and SciPy', () => {
    const found = classOrder(codes, dimension, labels, classes);
    for (const [i, row] of reference.angles.entries()) {
      for (const [j, angle] of row.entries()) expect(found.angles[i]![j]).toBeCloseTo(angle, 6);
    }
    expect(found.spearman).toBeCloseTo(reference.spearman, 12);
  });

  it('does not look at the lengths of codes', () => {
    const length = fc.double({ min: 0.1, max: 10, noNaN: true });
    fc.assert(
      fc.property(fc.array(length, { minLength: labels.length, maxLength: labels.length }), (lengths) => {
        const scaled = codes.map((value, i) => value * lengths[Math.floor(i / dimension)]!);
        const found = classOrder(scaled, dimension, labels, classes);
        expect(found.angles[0]![4]).toBeCloseTo(reference.angles[0]![4]!, 5);
      }),
      { numRuns: 20 },
    );
  });

  it('is 1 for classes in order along an arc, however they are numbered on it', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 0, max: 99 }), { minLength: 3, maxLength: 8 }),
        (numbers) => {
          const arc = Float32Array.from(numbers.flatMap((n) => [Math.cos(n / 40), Math.sin(n / 40)]));
          const found = classOrder(arc, 2, [...numbers.keys()], numbers);
          expect(found.angles[1]![0]).toBeCloseTo(Math.abs(numbers[1]! - numbers[0]!) / 40, 5);
          // Equal differences are equal angles up to rounding alone, which the ranks see: of three in even steps, 0.866 is left.
          expect(found.spearman).toBeGreaterThan(0.85);
        },
      ),
    );
  });

  it.each([
    ['two classes', [1, 0, 0, 1], [0, 1], [1, 2], '2 classes have no order'],
    ['a class without a number', [1, 0, 0, 1, 1, 1], [0, 1, 2], [1, 2, Number.NaN], 'the class NaN'],
    ['labels too few', [1, 0, 0, 1, 1, 1], [0, 1], [1, 2, 3], '2 labels are given for 3 codes'],
    ['an unknown label', [1, 0, 0, 1, 1, 1], [0, 1, 3], [1, 2, 3], 'code 2 has the label 3'],
    ['a zero code', [1, 0, 0, 0, 1, 1], [0, 1, 2], [1, 2, 3], 'code 1 is zero'],
    ['a class without codes', [1, 0, 0, 1], [0, 2], [10, 20, 30], 'class 20 has no codes'],
    ['codes that cancel out', [1, 0, -1, 0, 0, 1, 1, 1], [0, 0, 1, 2], [10, 20, 30], 'class 10 cancel'],
    ['a NaN', [1, 0, 0, Number.NaN, 1, 1], [0, 1, 2], [1, 2, 3], 'point 1 holds'],
    ['part of a code', [1, 0, 0], [0, 1], [1, 2, 3], '3 values are no points of 2 dimensions'],
  ])('refuses %s', (_, values, given, numbers, says) => {
    const judge = () => classOrder(Float32Array.from(values), 2, given, numbers);
    expect(judge).toThrow(DataError);
    expect(judge).toThrow(says);
  });
});

const distinct = fc.uniqueArray(fc.integer({ min: -1000, max: 1000 }), { minLength: 2, maxLength: 30 });

describe('spearman', () => {
  it('agrees with SciPy, ties and all', () => {
    for (const { x, y, spearman: expected } of ranked) expect(spearman(x, y)).toBeCloseTo(expected, 12);
  });

  it('is 1 for anything that rises, −1 for anything that falls, and the same from both sides', () => {
    fc.assert(
      fc.property(distinct, fc.integer({ min: 1, max: 5 }), (x, seed) => {
        expect(
          spearman(
            x,
            x.map((value) => Math.exp(value / 300)),
          ),
        ).toBeCloseTo(1, 12);
        expect(
          spearman(
            x,
            x.map((value) => -(value ** 3)),
          ),
        ).toBeCloseTo(-1, 12);
        const y = x.map((value) => (value * seed * 7919) % 13);
        fc.pre(new Set(y).size > 1);
        expect(spearman(x, y)).toBeCloseTo(spearman(y, x), 12);
        expect(Math.abs(spearman(x, y))).toBeLessThanOrEqual(1 + 1e-12);
      }),
    );
  });

  it('is not a number where one side has no order', () => {
    expect(spearman([1, 2, 3], [5, 5, 5])).toBeNaN();
  });

  it.each([
    ['one pair', [1], [2], 'got 1 and 1 values'],
    ['sides of two lengths', [1, 2, 3], [1, 2], 'got 3 and 2 values'],
    ['a NaN', [1, 2, Number.NaN], [1, 2, 3], 'value 2 is not a number'],
  ])('refuses %s', (_, x, y, says) => {
    expect(() => spearman(x, y)).toThrow(DataError);
    expect(() => spearman(x, y)).toThrow(says);
  });
});
