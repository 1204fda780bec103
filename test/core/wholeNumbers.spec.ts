import { describe, expect, it } from 'vitest';
import { assertWholeNumbers } from '../../src/core/checks.js';
import { UsageError } from '../../src/core/errors.js';

describe('assertWholeNumbers', () => {
  it('passes numbers from their least on', () => {
    expect(() => assertWholeNumbers({ a: 1, b: 0, c: 9 }, { b: 0, c: 8 })).not.toThrow();
  });

  it.each([0, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])('refuses %d by name', (value) => {
    expect(() => assertWholeNumbers({ good: 1, bad: value })).toThrow(UsageError);
    expect(() => assertWholeNumbers({ good: 1, bad: value })).toThrow(
      `bad is ${value}, but must be a whole number of at least 1`,
    );
  });

  it('says the least that a name has of its own', () => {
    expect(() => assertWholeNumbers({ side: 7 }, { side: 8 })).toThrow(
      'side is 7, but must be a whole number of at least 8',
    );
  });
});
