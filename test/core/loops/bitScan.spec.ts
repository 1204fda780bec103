import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstNonFinite, firstNoPixel } from '../../../src/core/checks.js';
import { anyAbove } from '../../../src/core/loops/bitScan.js';
import { plainWorkspace, vectorWorkspace } from '../../../src/core/loops/workspace.js';

describe('anyAbove', () => {
  const [vectors, plain] = [vectorWorkspace(), plainWorkspace()];
  const lengths = fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 4000, max: 9000 }));

  it('sees one value above the limit wherever it is, and none below, with vectors and without', () => {
    fc.assert(
      fc.property(
        lengths,
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        fc.integer({ min: 1 }),
        (length, place, most) => {
          const bits = new Int32Array(length).fill(most);
          const values = new Float32Array(bits.buffer);
          const above = (mask: number) =>
            [vectors, plain].map((workspace) => anyAbove(values, mask, most, workspace));
          expect(above(-1)).toEqual([false, false]);
          bits[Math.floor(place * length)] = most < 2 ** 31 - 1 ? most + 1 : -1;
          expect(above(-1)).toEqual([true, true]);
          bits[Math.floor(place * length)] = most | (1 << 31);
          expect(above(-1)).toEqual([true, true]);
          expect(above(2 ** 31 - 1)).toEqual([false, false]);
        },
      ),
    );
  });

  it('finds the one bad value of a long array', () => {
    for (const at of [0, 511, 4095, 4096, 8191, 9999]) {
      const values = new Float32Array(10_000).fill(0.5);
      values[at] = Number.NaN;
      expect([firstNoPixel(values), firstNonFinite(values)]).toEqual([at, at]);
      values[at] = 2;
      expect([firstNoPixel(values), firstNonFinite(values)]).toEqual([at, -1]);
    }
  });
});
