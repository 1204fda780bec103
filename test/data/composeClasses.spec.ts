import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DataError, UsageError } from '../../src/core/errors.js';
import type { ImageShape } from '../../src/core/image.js';
import { composeClasses, compositions, orientations, oriented } from '../../src/data/composeClasses.js';
import { byteSource, type ImageSource } from '../../src/data/imageSource.js';
import { noise } from '../models/tiny.js';

/** Images of one shade a class: 50 for class 0, 100 for class 1, … */
function flat(classes: number, each: number, shape: ImageShape = [6, 6, 1]): ImageSource {
  const size = shape[0] * shape[1] * shape[2];
  const labels = Int32Array.from({ length: classes * each }, (_, i) => i % classes);
  const bytes = new Uint8Array(labels.length * size).map((_, i) => 50 * (1 + labels[Math.floor(i / size)]!));
  return byteSource(bytes, shape, labels, [...Array(classes).keys()]);
}

describe('composed classes', () => {
  it('are as many as asked for, of images of the source’s shape', () => {
    const source = composeClasses(flat(3, 4), { classes: 7, images: 5, seed: 1 });
    expect(source.shape).toEqual([6, 6, 1]);
    expect(source.classes).toHaveLength(7);
    expect(source.labels).toHaveLength(35);
    expect(source.labels[34]).toBe(6);
  });

  it('put every image of a class together alike: of shades alone, all its images are one', () => {
    const { pixels } = composeClasses(flat(3, 4), { classes: 30, images: 3, seed: 2 }).images();
    for (let own = 0; own < 30; own++) {
      const [a, b, c] = [0, 1, 2].map((i) => pixels.subarray((own * 3 + i) * 36, (own * 3 + i + 1) * 36));
      expect(a).toEqual(b);
      expect(a).toEqual(c);
    }
    expect(
      new Set(Array.from({ length: 30 }, (_, own) => pixels.subarray(own * 108, own * 108 + 36).join())).size,
    ).toBeGreaterThan(5);
  });

  it('draw other images for other images of a class, by the seed alone', () => {
    const labels = Int32Array.from({ length: 20 }, (_, i) => i % 2);
    const bytes = Uint8Array.from({ length: 20 * 16 }, (_, i) => (i * 37) % 256);
    const source = byteSource(bytes, [4, 4, 1], labels, ['a', 'b']);
    const once = composeClasses(source, { classes: 4, images: 6, seed: 5 });
    expect(composeClasses(source, { classes: 6, images: 6, seed: 5 }).images([13]).pixels).toEqual(
      once.images([13]).pixels,
    );
    expect(once.images([0]).pixels).not.toEqual(once.images([1]).pixels);
  });

  it('use only classes that have images', () => {
    const source = { ...flat(2, 3), classes: ['zero', 'one', 'none'] };
    expect(composeClasses(source, { classes: 20, images: 1, seed: 1 }).labels).toHaveLength(20);
  });

  it('refuses counts that are none, and images that are not square', () => {
    expect(() => composeClasses(flat(2, 2), { classes: 0, images: 1, seed: 1 })).toThrow(UsageError);
    expect(() => composeClasses(flat(2, 2), { classes: 1, images: 0.5, seed: 1 })).toThrow(/images is 0.5/);
    expect(() => composeClasses(flat(2, 2, [4, 6, 1]), { classes: 1, images: 1, seed: 1 })).toThrow(
      DataError,
    );
  });
});

describe('compositions', () => {
  const shape: ImageShape = [8, 8, 2];
  it.each(compositions.map(({ name }) => name))('%s: values stay in [0, 1], shapes are kept', (name) => {
    const { join, parts } = compositions.find((composition) => composition.name === name)!;
    const joined = join(
      Array.from({ length: parts }, (_, i) => noise(shape, name, i)),
      shape,
    );
    expect(joined).toHaveLength(128);
    expect(joined.every((value) => value >= 0 && value <= 1)).toBe(true);
  });

  it('halves are the upper half of one image and the lower half of the other', () => {
    const [a, b] = [noise(shape, 'a'), noise(shape, 'b')];
    const joined = compositions.find(({ name }) => name === 'halves')!.join([a, b], shape);
    expect(joined.subarray(0, 64)).toEqual(a.subarray(0, 64));
    expect(joined.subarray(64)).toEqual(b.subarray(64));
  });

  it('squeezing keeps the mean of the rows between the margins', () => {
    const a = noise([14, 4, 1], 'squeezed');
    const stacked = compositions.find(({ name }) => name === 'stacked')!.join([a, a], [14, 4, 1]);
    const mean = (values: Float32Array) => values.reduce((s, value) => s + value, 0) / values.length;
    expect(mean(stacked)).toBeCloseTo(mean(a.subarray(2 * 4, 12 * 4)), 5);
  });
});

describe('orientations', () => {
  it('are the eight ways to lay a square down: all different, each undone by one of them', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 6 }), fc.integer({ min: 1, max: 3 }), (side, channels) => {
        const shape: ImageShape = [side, side, channels];
        const image = noise(shape, side, channels);
        const laid = orientations.map((orientation) => oriented(image, shape, orientation));
        expect(new Set(laid.map((pixels) => pixels.join())).size).toBe(8);
        for (const pixels of laid) {
          expect(orientations.some((back) => oriented(pixels, shape, back).join() === image.join())).toBe(
            true,
          );
        }
      }),
      { numRuns: 20 },
    );
  });
});
