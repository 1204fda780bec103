import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkCount,
  checkPositive,
  checkSeed,
  checkShare,
  firstNonFinite,
  firstNoPixel,
  isShare,
} from '../../src/core/checks.js';
import { UsageError } from '../../src/core/errors.js';

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

  it('treats the largest floats as finite, even where their sum is not', () => {
    expect(firstNonFinite(new Float32Array(9).fill(3.4e38))).toBe(-1);
  });
});

describe('firstNoPixel', () => {
  it('finds the first value outside of [0, 1], wherever it is', () => {
    const strange = [Number.NaN, 1 / 0, -1 / 0, -0.01, 1.01, 255, -1, 3.4e38, -3.4e38, 1.0011, -0.0011];
    const values = fc.array(fc.oneof(fc.float({ min: 0, max: 1, noNaN: true }), fc.constantFrom(-0, 0, 1)), {
      maxLength: 60,
    });
    const changes = fc.array(fc.tuple(fc.nat(59), fc.constantFrom(...strange)), { maxLength: 3 });
    fc.assert(
      fc.property(values, changes, fc.nat(3), (list, changed, offset) => {
        // A view that begins anywhere in a buffer.
        const array = new Float32Array(list.length + offset).subarray(offset);
        array.set(list);
        for (const [at, value] of changed) if (at < array.length) array[at] = value;
        expect(firstNoPixel(array)).toBe(
          [...array].findIndex((value) => !(value >= -0.001 && value <= 1.001)),
        );
      }),
    );
  });

  it('lets rounding pass', () => {
    expect(firstNoPixel(Float32Array.of(1.0000001, -0.0000001, 1.001, -0.0009, -0))).toBe(-1);
  });
});

describe('checkCount', () => {
  it('passes whole numbers in range', () => {
    checkCount('a', 1);
    checkCount('a', Number.MAX_SAFE_INTEGER);
    checkCount('a', 0, { least: 0 });
    checkCount('a', 8, { least: 8, most: 8 });
    checkCount('a', Number.POSITIVE_INFINITY, { most: Number.POSITIVE_INFINITY });
  });

  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])('refuses %d by name', (value) => {
    expect(() => checkCount('perClass', value)).toThrow(UsageError);
    expect(() => checkCount('perClass', value)).toThrow(
      `perClass is ${value}, but must be a whole number of at least 1`,
    );
  });

  it.each([
    [7, { least: 8 }, 'is 7, but must be a whole number of at least 8'],
    [9, { least: 2, most: 8 }, 'is 9, but must be a whole number from 2 to 8'],
    [0, { most: Number.POSITIVE_INFINITY }, 'is 0, but must be a whole number of at least 1'],
  ])('gives the range: %d of %o', (value, range, message) => {
    expect(() => checkCount('size', value, range)).toThrow(message);
  });

  it('names the option for a command line, and its owner in the message alone', () => {
    const refused = () => checkCount('window', 1, { least: 2, of: 'mixup' });
    expect(refused).toThrow('mixup: window is 1, but must be a whole number of at least 2');
    expect(refused).toThrow(expect.objectContaining({ options: ['window'] }));
  });
});

describe('checkSeed', () => {
  it('passes whole numbers, negative ones too', () => {
    for (const seed of [0, 7, -3]) checkSeed('seed', seed);
  });

  it.each([0.5, Number.NaN, 2 ** 53])('refuses %d', (seed) => {
    expect(() => checkSeed('seed', seed)).toThrow(`seed is ${seed}, but must be a whole number`);
  });
});

describe('checkShare', () => {
  it('passes numbers in [0, 1]', () => {
    for (const share of [0, 0.3, 1]) checkShare('mix', share);
  });

  it.each([-0.1, 1.1, Number.NaN, Number.POSITIVE_INFINITY])('refuses %d', (share) => {
    expect(isShare(share)).toBe(false);
    expect(() => checkShare('mix', share)).toThrow(`mix is ${share}, but must be a number in [0, 1]`);
  });
});

describe('checkPositive', () => {
  it('passes finite numbers above 0', () => {
    for (const value of [Number.MIN_VALUE, 1, Number.MAX_VALUE]) checkPositive('ratio', value);
    checkPositive('alpha', 1000, { most: 1000 });
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('refuses %d', (value) => {
    expect(() => checkPositive('ratio', value)).toThrow(`ratio is ${value}, but must be a number above 0`);
    expect(() => checkPositive('alpha', value, { most: 9, of: 'mixup' })).toThrow(
      `mixup: alpha is ${value}, but must be a number above 0 and up to 9`,
    );
  });
});
