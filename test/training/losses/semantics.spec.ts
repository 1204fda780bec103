import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../src/core/errors.js';
import { circular, nominal, ordinal } from '../../../src/training/losses/semantics.js';
import { meanOfActive, meanOfSelected } from '../../../src/training/losses/triplets.js';

describe.each([
  ['nominal', nominal],
  ['ordinal', ordinal(9)],
  ['circular', circular(10)],
])('%s semantics', (_name, semantics) => {
  const label = fc.integer({ min: 0, max: 9 });

  it('is a distance in [0, 1]', () => {
    fc.assert(
      fc.property(label, label, label, (a, b, c) => {
        expect(semantics(a, a)).toBe(0);
        expect(semantics(a, b)).toBe(semantics(b, a));
        expect(semantics(a, b)).toBeGreaterThanOrEqual(0);
        expect(semantics(a, b)).toBeLessThanOrEqual(1);
        expect(semantics(a, c)).toBeLessThanOrEqual(semantics(a, b) + semantics(b, c) + 1e-12);
      }),
    );
  });
});

describe('semantics', () => {
  it('tells names apart', () => expect([nominal(3, 3), nominal(3, 4), nominal(3, 9)]).toEqual([0, 1, 1]));

  it('counts the steps between values', () => {
    expect([ordinal(9)(0, 9), ordinal(9)(3, 6), ordinal(1)(3, 6)]).toEqual([1, 1 / 3, 3]);
  });

  it('takes the shorter way round, over any number of turns', () => {
    const yaw = circular(360);
    expect([yaw(0, 180), yaw(350, 10), yaw(-10, 10), yaw(90, 0), yaw(0, 730)]).toEqual([
      1,
      1 / 9,
      1 / 9,
      0.5,
      1 / 18,
    ]);
  });

  it('refuses a scale that is not positive', () => {
    for (const scale of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => ordinal(scale)).toThrow(UsageError);
      expect(() => circular(scale)).toThrow(UsageError);
    }
  });
});

describe('reductions', () => {
  it('divide by the triplets that they count, and by none give 0', () => {
    const tally = { sum: 6, active: 3, selected: 12 };
    expect([meanOfActive(tally), meanOfSelected(tally)]).toEqual([1 / 3, 1 / 12]);
    const none = { sum: 0, active: 0, selected: 0 };
    expect([meanOfActive(none), meanOfSelected(none)]).toEqual([0, 0]);
  });
});
