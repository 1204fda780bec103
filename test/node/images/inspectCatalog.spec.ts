import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sameBytes } from '../../../src/node/images/inspectCatalog.js';

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
