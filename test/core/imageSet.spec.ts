import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DataError } from '../../src/core/errors.js';
import {
  countOf,
  type ImageShape,
  imagesOf,
  type LabeledImage,
  packImages,
  select,
} from '../../src/core/image.js';

const classes = ['cat', 7, 'dog'];
const shape: ImageShape = [2, 3, 1];

const image: fc.Arbitrary<LabeledImage> = fc.record({
  pixels: fc
    .array(fc.float({ min: 0, max: 1, noNaN: true }), { minLength: 6, maxLength: 6 })
    .map((values) => Float32Array.from(values)),
  shape: fc.constant(shape),
  label: fc.constantFrom(...classes),
});
const images = fc.array(image, { maxLength: 12 });

describe('image sets', () => {
  it('give back the images that were packed', () => {
    fc.assert(
      fc.property(images, (list) => {
        const set = packImages(list, shape, classes);
        expect(countOf(set)).toBe(list.length);
        expect([...imagesOf(set)]).toEqual(list);
      }),
    );
  });

  it('select images in the order given, repeats included', () => {
    const withIndices = fc
      .array(image, { minLength: 1, maxLength: 12 })
      .chain((list) => fc.tuple(fc.constant(list), fc.array(fc.nat(list.length - 1), { maxLength: 20 })));
    fc.assert(
      fc.property(withIndices, ([list, indices]) => {
        const chosen = select(packImages(list, shape, classes), indices);
        expect([...imagesOf(chosen)]).toEqual(indices.map((i) => list[i]));
      }),
    );
  });

  it('select copies: the new set shares no memory with the old', () => {
    const set = packImages([{ pixels: new Float32Array(6), shape, label: 7 }], shape, classes);
    const chosen = select(set, [0]);
    chosen.pixels.fill(1);
    expect(set.pixels.every((value) => value === 0)).toBe(true);
  });

  it('show their own memory, without a copy', () => {
    const set = packImages([{ pixels: new Float32Array(6), shape, label: 7 }], shape, classes);
    expect([...imagesOf(set)][0]!.pixels.buffer).toBe(set.pixels.buffer);
  });

  it('refuse a label outside the classes, and say which there are', () => {
    const stranger = { pixels: new Float32Array(6), shape, label: '7' };
    expect(() => packImages([stranger], shape, classes)).toThrow(
      expect.objectContaining({
        constructor: DataError,
        message: expect.stringMatching(/^image 0 has the label 7/),
        hint: expect.stringContaining('cat, 7, dog'),
      }),
    );
  });

  it.each([
    ['of another size', [4, 3, 1]],
    ['of another shape with as many values', [3, 2, 1]],
  ] as const)('refuse an image %s', (_, other) => {
    const fits = { pixels: new Float32Array(6), shape, label: 7 };
    const odd = { pixels: new Float32Array(other[0] * other[1]), shape: other, label: 7 };
    expect(() => packImages([fits, odd], shape, classes)).toThrow(DataError);
    expect(() => packImages([fits, odd], shape, classes)).toThrow(/^image 1 .*2×3×1 is expected/);
  });

  it('refuse an image whose pixels do not fill its shape', () => {
    const short = { pixels: new Float32Array(5), shape, label: 7 };
    expect(() => packImages([short], shape, classes)).toThrow(/image 0 .*5 values/);
  });
});
