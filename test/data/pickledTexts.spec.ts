import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DataError } from '../../src/core/errors.js';
import { countOf, parseNpy } from '../../src/data/npy.js';
import { pickledTexts } from '../../src/data/pickledTexts.js';
import { damage, damaged, fuzzRuns } from '../damage.js';

/** The arrays of labels in archives that test/reference/npz.py has written, which are not compressed. */
const arrays: readonly { readonly name: string; readonly npy: Buffer }[] = JSON.parse(
  readFileSync(new URL('../reference/npz.json', import.meta.url), 'utf8'),
).map(({ name, npz }: { name: string; npz: string }) => {
  const bytes = Buffer.from(npz, 'base64');
  const start = bytes.lastIndexOf(Buffer.from('\x93NUMPY', 'latin1'));
  return { name, npy: bytes.subarray(start, bytes.indexOf('PK\x01\x02', start, 'latin1')) };
});
const objects = arrays.filter(({ npy }) => npy.includes('|O')).map(({ npy }) => parseNpy(npy, 'labels').data);

describe('a pickle of texts', () => {
  it('that is damaged gives texts and numbers, or nothing', () => {
    expect(objects.length).toBeGreaterThan(5);
    fc.assert(
      fc.property(fc.constantFrom(...objects), damage, (pickle, how) => {
        const values = pickledTexts(damaged(pickle, how)) ?? [];
        for (const value of values) {
          expect(value === null || ['string', 'number', 'bigint', 'boolean'].includes(typeof value)).toBe(
            true,
          );
        }
      }),
      { numRuns: fuzzRuns(1000) },
    );
  });

  it('is none if other names than those of NumPy build it', () => {
    const pickle = Buffer.from(objects[0]!);
    expect(pickledTexts(pickle)).toBeDefined();
    pickle.write('other', pickle.indexOf('numpy'));
    expect(pickledTexts(pickle)).toBeUndefined();
  });

  it.each([
    ['a function that would run', 'cos\nsystem\n(S"true"\ntR.'],
    ['a dictionary', '\x80\x04}\x94.'],
    ['a list without an array', '\x80\x04]\x94(\x8c\x01a\x94\x8c\x01b\x94e.'],
    ['a line that does not end', 'cnumpy'],
    ['no end', '\x80\x04]'],
    ['nothing', ''],
  ])('is none if it is %s', (_, pickle) => {
    expect(pickledTexts(Buffer.from(pickle, 'latin1'))).toBeUndefined();
  });
});

describe('an array in the NPY format', () => {
  it('that is damaged has as many values as its shape says, or is refused', () => {
    fc.assert(
      fc.property(fc.constantFrom(...arrays), damage, ({ npy }, how) => {
        try {
          const array = parseNpy(damaged(npy, how), 'the array');
          if (array.kind !== 'O') expect(array.data).toHaveLength(countOf(array) * array.width);
        } catch (error) {
          expect(error).toBeInstanceOf(DataError);
          expect((error as DataError).message).toContain('the array');
        }
      }),
      { numRuns: fuzzRuns(1000) },
    );
  });
});
