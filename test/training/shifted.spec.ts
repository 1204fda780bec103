import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ImageShape, imagesOf, type LabeledImage } from '../../src/core/image.js';
import { shifted } from '../../src/training/shifted.js';
import { dataOf, tinyImages } from './tiny.js';

const shape: ImageShape = [5, 4, 2];
const set = tinyImages(9, shape);
const data = dataOf(set);
const originals = [...imagesOf(set)];
const all = Int32Array.from(set.labels, (_, i) => i);

/** An image moved by whole pixels, read off pixel by pixel. */
function moved({ pixels }: LabeledImage, down: number, right: number): Float32Array {
  const [height, width, channels] = shape;
  return pixels.map((_, i) => {
    const channel = i % channels;
    const column = (Math.floor(i / channels) % width) - right;
    const row = Math.floor(i / channels / width) - down;
    const inside = row >= 0 && row < height && column >= 0 && column < width;
    return inside ? pixels[(row * width + column) * channels + channel]! : 0;
  });
}

/** All places that an image may be moved to, in reading order. */
function places(pixels: number): [number, number][] {
  const range = Array.from({ length: 2 * pixels + 1 }, (_, i) => i - pixels);
  return range.flatMap((down) => range.map((right): [number, number] => [down, right]));
}

describe('shifted', () => {
  it('by 0 pixels is the data itself', () => {
    expect(shifted(data, 0, 1)).toBe(data);
  });

  it.each([1, 2, 7])('moves each image by at most %d whole pixels, 0 coming in', (pixels) => {
    for (let epoch = 0; epoch < 5; epoch++) {
      const images = [...imagesOf(shifted(data, pixels, 3).images(all, epoch))];
      for (const [i, image] of images.entries()) {
        const candidates = places(pixels).map(([down, right]) => moved(originals[i]!, down, right));
        expect(candidates).toContainEqual(image.pixels);
        expect(image.label).toBe(originals[i]!.label);
      }
    }
  });

  it('reaches every place', () => {
    const seen = new Set<string>();
    const first = Int32Array.of(0);
    for (let epoch = 0; epoch < 200; epoch++) {
      seen.add(String(shifted(data, 1, 3).images(first, epoch).pixels));
    }
    expect(seen).toEqual(
      new Set(places(1).map(([down, right]) => String(moved(originals[0]!, down, right)))),
    );
  });

  it('depends on the seed, the epoch and the image alone, not on the batch', () => {
    const moving = shifted(data, 2, 3);
    fc.assert(
      fc.property(fc.array(fc.nat(8), { minLength: 1, maxLength: 9 }), fc.nat(3), (indices, epoch) => {
        const whole = [...imagesOf(moving.images(all, epoch))];
        const part = [...imagesOf(moving.images(Int32Array.from(indices), epoch))];
        expect(part).toEqual(indices.map((i) => whole[i]));
      }),
    );
    const pixels = (seed: number, epoch: number) => shifted(data, 2, seed).images(all, epoch).pixels;
    expect(pixels(3, 0)).toEqual(pixels(3, 0));
    expect(pixels(4, 0)).not.toEqual(pixels(3, 0));
    expect(pixels(3, 1)).not.toEqual(pixels(3, 0));
  });

  it('leaves the data as they were', () => {
    const before = set.pixels.slice();
    shifted(data, 2, 3).images(all, 0);
    expect(set.pixels).toEqual(before);
  });
});
