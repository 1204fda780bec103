import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DataError } from '../../src/core/errors.js';
import {
  assertUsableImage,
  countOf,
  type ImageShape,
  imagesOf,
  type LabeledImage,
  packImages,
  select,
} from '../../src/core/image.js';

const good: LabeledImage = { pixels: new Float32Array(12), shape: [2, 3, 2], label: 'cat' };

function messageOf(image: LabeledImage, expected?: ImageShape): string {
  try {
    assertUsableImage(image, 17, expected);
  } catch (error) {
    expect(error).toBeInstanceOf(DataError);
    expect((error as DataError).hint).toBeDefined();
    return (error as DataError).message;
  }
  throw new Error('the image was accepted');
}

describe('assertUsableImage', () => {
  it('accepts an image that fits, the label 0 included', () => {
    expect(() => assertUsableImage(good, 0)).not.toThrow();
    expect(() => assertUsableImage({ ...good, label: 0 }, 0, [2, 3, 2])).not.toThrow();
  });

  it.each([undefined, null, ''])('names an image with the label %s', (label) => {
    expect(messageOf({ ...good, label: label as unknown as string })).toMatch(/^image 17 has no label/);
  });

  it('names an image whose pixels do not fill its shape', () => {
    expect(messageOf({ ...good, pixels: new Float32Array(11) })).toMatch(
      /^image 17 \(class cat\) has 11 values.*2×3×2 needs 12/,
    );
  });

  it('names an image of another shape, even one of as many values', () => {
    expect(messageOf(good, [3, 2, 2])).toBe('image 17 (class cat) is 2×3×2, but 3×2×2 is expected');
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'names an image that holds %s, and where',
    (value) => {
      const pixels = Float32Array.from({ length: 12 }, (_, i) => (i === 5 ? value : 0.5));
      expect(messageOf({ ...good, pixels })).toBe(`image 17 (class cat) holds ${value} at value 5`);
    },
  );
});

describe('assertUsableImage on pixels of another scale', () => {
  const hintOf = (pixels: unknown): string | undefined => {
    try {
      assertUsableImage({ ...good, pixels: pixels as Float32Array }, 3);
    } catch (error) {
      expect(error).toBeInstanceOf(DataError);
      expect((error as DataError).message).toMatch(/^image 3 \(class cat\) /);
      return (error as DataError).hint;
    }
    return undefined;
  };
  const filled = (...values: number[]) =>
    Float32Array.from({ length: 12 }, (_, i) => values[i % values.length]!);

  it.each([
    ['0 to 255', filled(0, 17, 254.5), /Divide by 255/],
    ['0 to 65535', filled(0, 300, 65535), /65535/],
    ['−1 to 1', filled(-1, 0, 0.7), /\(value \+ 1\) \/ 2/],
    ['mean 0 and deviation 1', filled(-2.1, 0, 2.6), /normalized/],
    ['bytes of a canvas', new Uint8ClampedArray(12), /Divide by 255/],
    ['bytes', new Uint8Array(12), /Divide by 255/],
    ['double precision', new Float64Array(12), /Float32Array/],
    ['a list', Array(12).fill(0.5), /Float32Array/],
    ['nothing', undefined, /Float32Array/],
  ])('says what to do with %s', (_, pixels, hint) => {
    expect(hintOf(pixels)).toMatch(hint);
  });

  it('names the first value that is out of range', () => {
    const pixels = filled(0.5);
    [pixels[4], pixels[7]] = [200, 300];
    expect(messageOf({ ...good, pixels })).toMatch(/holds 200 at value 4,/);
  });

  it('takes what rounding may make of 0 and 1', () => {
    expect(hintOf(filled(1.0000001, -0.0000001))).toBeUndefined();
  });
});

describe('assertUsableImage on what is no image', () => {
  it.each([
    ['null', null],
    ['undefined', undefined],
    ['a text', 'cat.png'],
    ['a list', [good]],
    ['a promise', Promise.resolve(good)],
    ['pixels alone', good.pixels],
  ])('names %s by its position', (_, image) => {
    expect(messageOf(image as unknown as LabeledImage)).toMatch(/^image 17 is /);
  });

  it.each([
    ['of two sides', [12, 1]],
    ['with a fraction', [2.5, 3, 2]],
    ['with NaN', [Number.NaN, 3, 2]],
    ['of 0', [0, 3, 2]],
    ['below 0', [-2, -3, 2]],
    ['of texts', ['2', '3', '2']],
    ['that is missing', undefined],
  ])('names an image with a shape %s', (_, shape) => {
    expect(messageOf({ ...good, shape: shape as unknown as ImageShape })).toMatch(
      /^image 17 \(class cat\) has the shape /,
    );
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, true, {}, ['cat'], Symbol('cat'), () => 'cat'])(
    'names an image with the label %s',
    (label) => {
      expect(messageOf({ ...good, label: label as string })).toMatch(/^image 17 has the label /);
    },
  );

  it.each([
    ['an object', {}],
    ['none', []],
    ['null', [null]],
    ['without a label', [{ weight: 1 }]],
    ['of weight NaN', [{ label: 'cat', weight: Number.NaN }]],
  ])('names an image with soft labels: %s', (_, labels) => {
    expect(messageOf({ ...good, labels: labels as unknown as [] })).toMatch(/image 17/);
  });
});

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
  it('yield the images that were packed', () => {
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

  it('yield views of their pixels, not copies', () => {
    const set = packImages([{ pixels: new Float32Array(6), shape, label: 7 }], shape, classes);
    expect([...imagesOf(set)][0]!.pixels.buffer).toBe(set.pixels.buffer);
  });

  it('refuse a label outside the classes, and name the classes', () => {
    const unknown = { pixels: new Float32Array(6), shape, label: '7' };
    expect(() => packImages([unknown], shape, classes)).toThrow(
      expect.objectContaining({
        constructor: DataError,
        message: expect.stringMatching(/^image 0 has the label '7'/),
        hint: expect.stringMatching(/'cat', 7, 'dog'.*string/),
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
