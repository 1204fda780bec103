import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../src/core/errors.js';
import { type ImageSource, setSource } from '../../../src/data/imageSource.js';
import { choosePairs, imagePairs } from '../../../src/evaluate/interpolation/latentInterpolation.js';

/** Images of one pixel, which holds their number. */
function source(labels: readonly number[], classes = ['a', 'b', 'c', 'd']): ImageSource {
  return setSource({
    pixels: Float32Array.from(labels.keys()),
    shape: [1, 1, 1],
    labels: Int32Array.from(labels),
    classes,
  });
}

const mixed = source([0, 1, 2, 0, 1, 0, 2, 2, 2, 3]);

describe('choosePairs', () => {
  it.each(['class', 'any'] as const)(
    'chooses two different images, fewer pairs being a beginning of more: %s',
    (within) => {
      fc.assert(
        fc.property(fc.nat(), fc.integer({ min: 1, max: 30 }), (seed, count) => {
          const pairs = choosePairs(mixed, { count, within, seed });
          expect(pairs).toHaveLength(count);
          expect(choosePairs(mixed, { count: count + 9, within, seed }).slice(0, count)).toEqual(pairs);
          for (const [from, to] of pairs) {
            expect(from).not.toBe(to);
            if (within === 'class') expect(mixed.labels[from]).toBe(mixed.labels[to]);
          }
        }),
      );
    },
  );

  it('lets the classes that have two images take turns', () => {
    const labels = choosePairs(mixed, { count: 9, within: 'class', seed: 3 }).map(
      ([from]) => mixed.labels[from]!,
    );
    expect([...labels.slice(0, 3)].sort()).toEqual([0, 1, 2]);
    expect(labels.slice(3, 6)).toEqual(labels.slice(0, 3));
    expect(labels.slice(6)).toEqual(labels.slice(0, 3));
    const first = (seed: number) =>
      mixed.labels[choosePairs(mixed, { count: 1, within: 'class', seed })[0]![0]];
    expect(new Set([...Array(40).keys()].map(first)).size).toBe(3);
  });

  it('reaches every ordered pair about as often', () => {
    const counts = new Map<string, number>();
    for (const pair of choosePairs(source([0, 0, 0]), { count: 6_000, within: 'any', seed: 1 }))
      counts.set(pair.join(), (counts.get(pair.join()) ?? 0) + 1);
    expect([...counts.keys()].sort()).toEqual(['0,1', '0,2', '1,0', '1,2', '2,0', '2,1']);
    for (const count of counts.values()) expect(Math.abs(count - 1_000)).toBeLessThan(150);
  });

  it('refuses when there is nothing to choose', () => {
    const choose =
      (labels: readonly number[], within: 'class' | 'any', count = 1) =>
      () =>
        choosePairs(source(labels), { count, within, seed: 1 });
    expect(choose([0, 1], 'class')).toThrow(UsageError);
    expect(choose([0, 1], 'class')).toThrow(/no class has two images/);
    expect(choose([0, 1], 'any')).not.toThrow();
    expect(choose([0], 'any')).toThrow(/no two images/);
    for (const count of [0, 1.5, Number.NaN])
      expect(choose([0, 0], 'any', count)).toThrow(/count is .*, but must be a whole number/);
  });
});

it('imagePairs gives the images at those places, with their labels', () => {
  const [first, second] = imagePairs(mixed, [
    [4, 0],
    [9, 4],
  ]);
  expect([...first!, ...second!].map(({ pixels, label }) => [pixels[0], label])).toEqual([
    [4, 'b'],
    [0, 'a'],
    [9, 'd'],
    [4, 'b'],
  ]);
});
