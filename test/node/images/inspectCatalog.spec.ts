import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Pixels } from '../../../src/data/decode/pixels.js';
import { distanceOf, nearPictures, pictureHash, sameBytes } from '../../../src/node/images/inspectCatalog.js';

/** Pictures of two shades, mostly black: they are often near each other. */
const picture = fc
  .array(fc.constantFrom(0, 0, 0, 0, 1), { minLength: 72, maxLength: 72 })
  .map((values): Pixels => ({ pixels: Float32Array.from(values), shape: [8, 9, 1] }));

describe('nearPictures', () => {
  it('finds what a comparison of every pair finds: up to four, the nearest first', () => {
    fc.assert(
      fc.property(
        fc.array(picture, { maxLength: 8 }),
        fc.array(picture, { maxLength: 8 }),
        (known, asked) => {
          // Some that differ in one pixel, in two bits of the hash at most.
          const twins = known.map(({ pixels, shape }) => ({ shape, pixels: pixels.with(40, 0.5) }));
          const questions = [...asked, ...twins];
          const near = nearPictures(known.length + questions.length);
          for (const [index, one] of known.entries()) near.add(index, one, 'known');
          for (const [i, one] of questions.entries()) near.add(known.length + i, one, 'asked');
          const found = new Map(near.pairs());
          for (const [i, one] of questions.entries()) {
            const distances = known.map((other) => distanceOf(pictureHash(one), pictureHash(other)));
            const expected = distances.filter((distance) => distance <= 3).sort((a, b) => a - b);
            const own = found.get(known.length + i) ?? [];
            expect(own.map((index) => distances[index])).toEqual(expected.slice(0, 4));
            expect(new Set(own).size).toBe(own.length);
          }
        },
      ),
    );
  });
});

describe('sameBytes', () => {
  it('groups the indices of equal bytes, ordered by the first of each', () => {
    const bytes = fc.uint8Array({ maxLength: 2, max: 1 });
    fc.assert(
      fc.property(fc.array(fc.option(bytes)), (things) => {
        const same = sameBytes(things.length);
        const byText = new Map<string, number[]>();
        for (const [index, thing] of things.entries()) {
          if (thing === null) continue;
          same.add(index, thing);
          const text = `[${thing}]`;
          byText.set(text, [...(byText.get(text) ?? []), index]);
        }
        expect(same.groups()).toEqual([...byText.values()].filter((indexs) => indexs.length > 1));
      }),
    );
  });
});
