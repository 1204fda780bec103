import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanName, compareNames } from '../../src/core/names.js';

const name = fc.oneof(
  fc.string({ unit: fc.constantFrom('0', '1', '2', '9', 'a', 'B', 'é', 'e', '\u0301', ' ', '_', '猫') }),
  fc.string({ unit: 'binary' }),
);

describe('compareNames', () => {
  it('counts', () => {
    const names = [
      '10',
      '2',
      'IMG_10.jpg',
      'IMG_9.jpg',
      '0',
      'b',
      'a007',
      'a7',
      'a8',
      'B',
      '1',
      'a10b2',
      'a10b1',
    ];
    expect(names.sort(compareNames)).toEqual([
      ...['0', '1', '2', '10', 'B', 'IMG_9.jpg', 'IMG_10.jpg'],
      ...['a007', 'a7', 'a8', 'a10b1', 'a10b2', 'b'],
    ]);
  });

  it('counts beyond what a number holds exactly', () => {
    const digits = fc.bigInt({ min: 0n, max: 10n ** 40n });
    fc.assert(
      fc.property(digits, digits, fc.nat(3), (a, b, zeros) => {
        const expected = a < b ? -1 : Number(a > b);
        if (expected !== 0)
          expect(Math.sign(compareNames(`x${a}y`, `x${'0'.repeat(zeros)}${b}`))).toBe(expected);
      }),
    );
  });

  it('keeps both forms of an accented name side by side', () => {
    const forms = ['cafz', 'caf\u00e9', 'cafe\u0301', 'cafes'];
    const order = forms.sort(compareNames);
    expect(Math.abs(order.indexOf('caf\u00e9') - order.indexOf('cafe\u0301'))).toBe(1);
  });

  it('orders all names: antisymmetric, transitive, equal for equal names only', () => {
    fc.assert(
      fc.property(name, name, name, (a, b, c) => {
        expect(Math.sign(compareNames(a, b)) + Math.sign(compareNames(b, a))).toBe(0);
        expect(compareNames(a, b) === 0).toBe(a === b);
        const [x, y, z] = [a, b, c].sort(compareNames) as [string, string, string];
        expect(compareNames(x, z)).toBeLessThanOrEqual(0);
        expect(compareNames(x, y)).toBeLessThanOrEqual(0);
        expect(compareNames(y, z)).toBeLessThanOrEqual(0);
      }),
    );
  });

  it('orders names without digits by their code units', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'B', 'z', '_', '.', '-', 'ü', '~') });
    fc.assert(
      fc.property(letters, letters, (a, b) => {
        expect(Math.sign(compareNames(a, b))).toBe(a < b ? -1 : Number(a > b));
      }),
    );
  });
});

describe('cleanName', () => {
  it('takes away what nobody sees around a name, and composes it', () => {
    expect(cleanName('\ufeff \u00a0cafe\u0301\u200b\t')).toBe('caf\u00e9');
    expect(cleanName('new  york')).toBe('new  york');
  });

  it('changes no name twice', () => {
    fc.assert(
      fc.property(name, (text) => {
        expect(cleanName(cleanName(text))).toBe(cleanName(text));
      }),
    );
  });
});
