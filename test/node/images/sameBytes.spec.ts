import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sameBytes } from '../../../src/node/images/inspectCatalog.js';

it('puts together the places of the same bytes, by their first', () => {
  const bytes = fc.uint8Array({ maxLength: 2, max: 1 });
  fc.assert(
    fc.property(fc.array(fc.option(bytes)), (things) => {
      const same = sameBytes(things.length);
      const byText = new Map<string, number[]>();
      for (const [place, thing] of things.entries()) {
        if (thing === null) continue;
        same.add(place, thing);
        const text = `[${thing}]`;
        byText.set(text, [...(byText.get(text) ?? []), place]);
      }
      expect(same.groups()).toEqual([...byText.values()].filter((places) => places.length > 1));
    }),
  );
});
