import { describe, expect, it } from 'vitest';
import { DataError } from '../../src/core/errors.js';
import { assertUsableImage, type ImageShape, type LabeledImage } from '../../src/core/image.js';

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
