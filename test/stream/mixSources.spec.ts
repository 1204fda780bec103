import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/core/errors.js';
import type { LabeledImage } from '../../src/core/image.js';
import { type MixOptions, type MixSource, mixSources } from '../../src/stream/mixSources.js';
import { pool } from './images.js';

function take(count: number, sources: readonly MixSource[], options: MixOptions): LabeledImage[] {
  const images = mixSources(sources, options);
  return Array.from({ length: count }, () => images.next().value);
}

/** Sources labeled by their number, with random sizes and shares that add up to 1. */
const sources = (count: { min: number; max: number }) =>
  fc
    .array(fc.record({ size: fc.integer({ min: 1, max: 12 }), weight: fc.integer({ min: 1, max: 20 }) }), {
      minLength: count.min,
      maxLength: count.max,
    })
    .map((parts) => {
      const total = parts.reduce((sum, { weight }) => sum + weight, 0);
      return parts.map(({ size, weight }, i) => ({ images: pool(i, size), share: weight / total }));
    });
const options = fc.record({ batchSize: fc.integer({ min: 1, max: 30 }), seed: fc.nat() });

const countOf = (images: readonly LabeledImage[], source: number) =>
  images.filter(({ label }) => label === source).length;

describe('mixSources', () => {
  it('holds the shares of two sources in every batch, to the nearest image', () => {
    fc.assert(
      fc.property(sources({ min: 2, max: 2 }), options, (list, { batchSize, seed }) => {
        const images = take(4 * batchSize, list, { batchSize, seed });
        for (let start = 0; start < images.length; start += batchSize) {
          const batch = images.slice(start, start + batchSize);
          for (const [i, { share }] of list.entries()) {
            expect(Math.abs(countOf(batch, i) - share * batchSize)).toBeLessThanOrEqual(0.5 + 1e-9);
          }
        }
      }),
    );
  });

  it('is never a whole image off, however many sources', () => {
    fc.assert(
      fc.property(sources({ min: 1, max: 5 }), options, (list, { batchSize, seed }) => {
        const batch = take(batchSize, list, { batchSize, seed });
        for (const [i, { share }] of list.entries()) {
          expect(Math.abs(countOf(batch, i) - share * batchSize)).toBeLessThan(1 + 1e-9);
        }
      }),
    );
  });

  it('draws every image of a source before any of them again', () => {
    fc.assert(
      fc.property(sources({ min: 1, max: 3 }), options, (list, { batchSize, seed }) => {
        const images = take(60, list, { batchSize, seed });
        for (const [source, { images: own }] of list.entries()) {
          const drawn = images.filter(({ label }) => label === source);
          for (let start = 0; start + own.length <= drawn.length; start += own.length) {
            expect(new Set(drawn.slice(start, start + own.length)).size).toBe(own.length);
          }
        }
      }),
    );
  });

  it('is the same for the same seed, and orders each round anew', () => {
    const list = [
      { images: pool('real', 9), share: 0.5 },
      { images: pool('made', 40), share: 0.5 },
    ];
    const first = take(200, list, { batchSize: 10, seed: 4 });
    expect(take(200, list, { batchSize: 10, seed: 4 })).toEqual(first);
    expect(take(200, list, { batchSize: 10, seed: 5 })).not.toEqual(first);
    const rounds = first.filter(({ label }) => label === 'real');
    expect(rounds.slice(0, 9)).not.toEqual(rounds.slice(9, 18));
  });

  it('orders each source on its own', () => {
    const list = [0, 1].map((label) => ({ images: pool(label, 20), share: 0.5 }));
    const images = take(40, list, { batchSize: 10, seed: 4 });
    const order = (source: number) =>
      images.filter(({ label }) => label === source).map(({ pixels }) => pixels[0]);
    expect(order(0)).not.toEqual(order(1));
  });

  it('passes the images themselves, without copies', () => {
    const images = pool('real', 3);
    for (const image of take(6, [{ images, share: 1 }], { batchSize: 2, seed: 1 })) {
      expect(images).toContain(image);
    }
  });

  it('gives the share of a source without images to the others', () => {
    const list = [
      { images: [], share: 0.5 },
      { images: pool(0, 3), share: 0.25 },
      { images: pool(1, 3), share: 0.25 },
    ];
    const batch = take(8, list, { batchSize: 8, seed: 1 });
    expect([countOf(batch, 0), countOf(batch, 1)]).toEqual([4, 4]);
  });

  it('draws nothing from a source without a share', () => {
    const list = [
      { images: pool(0, 3), share: 0 },
      { images: pool(1, 3), share: 1 },
    ];
    expect(countOf(take(30, list, { batchSize: 5, seed: 1 }), 0)).toBe(0);
  });

  it.each<[string, MixSource[]]>([
    ['no source', []],
    ['no images', [{ images: [], share: 1 }]],
    [
      'no share for the images there are',
      [
        { images: [], share: 1 },
        { images: pool(0, 3), share: 0 },
      ],
    ],
  ])('refuses %s', (_, list) => {
    expect(() => take(1, list, { batchSize: 5, seed: 1 })).toThrow(UsageError);
  });
});
