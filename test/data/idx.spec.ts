import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DataError } from '../../src/core/errors.js';
import { parseIdx } from '../../src/data/idx.js';

/** IDX bytes as the format's description gives them, for arrays of unsigned bytes. */
function idxBytes(dimensions: readonly number[], values: ArrayLike<number>, type = 8): Uint8Array {
  const lengths = dimensions.flatMap((n) => [n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255]);
  return Uint8Array.from([0, 0, type, dimensions.length, ...lengths, ...Array.from(values)]);
}

const small = idxBytes([2, 1, 3], [1, 2, 3, 4, 5, 6]);

describe('parseIdx', () => {
  test('gives back what was written, whatever the axes', () => {
    const arrays = fc
      .array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 })
      .chain((dimensions) => {
        const length = dimensions.reduce((product, n) => product * n, 1);
        return fc.tuple(
          fc.constant(dimensions),
          fc.uint8Array({ minLength: length, maxLength: length }),
          fc.nat(3),
        );
      });
    fc.assert(
      fc.property(arrays, ([dimensions, values, offset]) => {
        const bytes = idxBytes(dimensions, values);
        const shifted = new Uint8Array(bytes.length + offset);
        shifted.set(bytes, offset);
        const array = parseIdx(shifted.subarray(offset), 'file', dimensions.length);
        expect(array.dimensions).toEqual(dimensions);
        expect([...array.values]).toEqual([...values]);
      }),
    );
  });

  test('reads lengths beyond one byte', () => {
    expect(parseIdx(idxBytes([300], new Uint8Array(300)), 'file', 1).dimensions).toEqual([300]);
  });

  test.each([
    ['an empty file', new Uint8Array(0), 'digits is truncated: 0 bytes, but its header alone needs 16'],
    ['half a header', small.subarray(0, 10), 'digits is truncated: 10 bytes'],
    ['a missing value', small.subarray(0, 21), 'digits is truncated: 21 bytes'],
    ['a byte too many', Uint8Array.from([...small, 0]), 'digits has trailing bytes: 23 bytes'],
    ['labels for images', idxBytes([20], new Uint8Array(20)), 'digits starts with 0x00000801'],
    ['floats', idxBytes([2, 1, 3], new Uint8Array(24), 0x0d), 'digits starts with 0x00000d03'],
    ['a gzip file', Uint8Array.from([0x1f, 0x8b, 8, ...new Uint8Array(20)]), 'digits starts with 0x1f8b0800'],
  ])('refuses %s by name', (_, bytes, message) => {
    expect(() => parseIdx(bytes, 'digits', 3)).toThrow(DataError);
    expect(() => parseIdx(bytes, 'digits', 3)).toThrow(message);
  });
});
