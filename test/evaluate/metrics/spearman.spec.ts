import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DataError } from '../../../src/core/errors.js';
import { spearman } from '../../../src/evaluate/metrics/classOrder.js';
import reference from '../../reference/metrics.json' with { type: 'json' };

const distinct = fc.uniqueArray(fc.integer({ min: -1000, max: 1000 }), { minLength: 2, maxLength: 30 });

describe('spearman', () => {
  it('agrees with SciPy, ties and all', () => {
    for (const { x, y, spearman: expected } of reference.pairs)
      expect(spearman(x, y)).toBeCloseTo(expected, 12);
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
