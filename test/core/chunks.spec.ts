import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chunkRanges, chunksOf } from '../../src/core/chunks.js';

const sizes = fc.tuple(fc.nat(60), fc.integer({ min: 1, max: 20 }));

describe('chunksOf', () => {
  it('yields all items in order, `size` at a time', () => {
    fc.assert(
      fc.property(sizes, ([total, size]) => {
        const items = [...Array(total).keys()];
        const chunks = [...chunksOf(items, size)];
        expect(chunks.flat()).toEqual(items);
        for (const chunk of chunks.slice(0, -1)) expect(chunk).toHaveLength(size);
        for (const chunk of chunks.slice(-1)) expect(chunk.length).toBeGreaterThan(0);
      }),
    );
  });
});

describe('chunkRanges', () => {
  it('are the ranges of the same parts', () => {
    fc.assert(
      fc.property(sizes, ([total, size]) => {
        const items = [...Array(total).keys()];
        const parts = [...chunkRanges(total, size)].map(({ start, count }) =>
          items.slice(start, start + count),
        );
        expect(parts).toEqual([...chunksOf(items, size)]);
      }),
    );
  });
});
