import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstNonFinite } from '../../src/core/checks.js';

describe('firstNonFinite', () => {
  it('finds the first value that is not finite, wherever it is', () => {
    const values = fc.float32Array({ noNaN: true, noDefaultInfinity: true, minLength: 1, maxLength: 60 });
    const strange = fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY);
    fc.assert(
      fc.property(values, fc.array(fc.tuple(fc.nat(59), strange), { maxLength: 3 }), (array, changes) => {
        for (const [at, value] of changes) if (at < array.length) array[at] = value;
        expect(firstNonFinite(array)).toBe([...array].findIndex((value) => !Number.isFinite(value)));
      }),
    );
  });

  it('takes the largest floats for finite, even where their sum is not', () => {
    expect(firstNonFinite(new Float32Array(9).fill(3.4e38))).toBe(-1);
  });
});
