import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  affine,
  brightness,
  compose,
  crop,
  flip,
  type ImageTransform,
  transformed,
} from '../../src/augment/index.js';
import { type LabeledImage, randomStream } from '../../src/core/index.js';
import { noise } from '../models/tiny.js';
import { queued } from './fakeRandom.js';

/** Two rows of three pixels with two channels, each value telling where it stands. */
const original: LabeledImage = {
  pixels: Float32Array.of(0, 1, 2, 3, 4, 5, 10, 11, 12, 13, 14, 15).map((value) => value / 16),
  shape: [2, 3, 2],
  label: 'a',
};
const sixteenths = (pixels: Float32Array) => [...pixels].map((value) => value * 16);

describe('flip', () => {
  it('mirrors left and right, channels kept together, for the upper half of chances', () => {
    expect(sixteenths(flip.apply(original, queued(0.5)))).toEqual([4, 5, 2, 3, 0, 1, 14, 15, 12, 13, 10, 11]);
    expect(flip.apply(original, queued(0.49))).toEqual(original.pixels);
  });

  it('gives a copy either way', () => {
    for (const chance of [0.1, 0.9]) expect(flip.apply(original, queued(chance))).not.toBe(original.pixels);
  });
});

describe('crop', () => {
  it('moves the image down and right by what is drawn above the margin; black comes in', () => {
    expect(sixteenths(crop(2).apply(original, queued(3, 1)))).toEqual([0, 0, 0, 0, 0, 0, 2, 3, 4, 5, 0, 0]);
    expect(sixteenths(crop(2).apply(original, queued(2, 2)))).toEqual(sixteenths(original.pixels));
  });

  it('draws each place up to its margin either way', () => {
    const asked: number[] = [];
    const integer = (below: number) => {
      asked.push(below);
      return 0;
    };
    crop(3).apply(original, { ...queued(), integer });
    expect(asked).toEqual([7, 7]);
  });
});

describe('brightness', () => {
  it('multiplies by one factor and stays in [0, 1]', () => {
    const pixels = Float32Array.of(0, 0.25, 0.5, 1);
    const image: LabeledImage = { pixels, shape: [2, 2, 1], label: 'a' };
    expect([...brightness(0.5).apply(image, queued(0.5))]).toEqual([0, 0.375, 0.75, 1]);
    expect([...brightness(0.5).apply(image, queued(-0.5))]).toEqual([0, 0.125, 0.25, 0.5]);
    expect([...brightness(3).apply(image, queued(-2))].every((value) => value === 0)).toBe(true);
    expect([...pixels]).toEqual([0, 0.25, 0.5, 1]);
  });
});

describe('compose', () => {
  it('applies one after another, in order, from one stream', () => {
    const add: ImageTransform = {
      name: 'add',
      apply: ({ pixels }, random) => pixels.map((v) => v + random.uniform()),
    };
    const double: ImageTransform = { name: 'double', apply: ({ pixels }) => pixels.map((v) => 2 * v) };
    const image: LabeledImage = { pixels: Float32Array.of(1), shape: [1, 1, 1], label: 'a' };
    const both = compose('both', add, double, add);
    expect(both.name).toBe('both');
    expect([...both.apply(image, queued(10, 100))]).toEqual([122]);
  });
});

describe('transformed', () => {
  const image: LabeledImage = { pixels: noise([6, 5, 1], 1), shape: [6, 5, 1], label: 'a' };

  it('depends on the seed, the index, the label and the transform alone', () => {
    const turn = affine();
    fc.assert(
      fc.property(fc.nat(), fc.nat(1000), (seed, index) => {
        const once = transformed(image, turn, { seed, index });
        expect(transformed(image, turn, { seed, index })).toEqual(once);
        expect(once.pixels).toEqual(turn.apply(image, randomStream(seed, 'affine', 'a', index)));
      }),
    );
    const pixels = (change: { seed?: number; index?: number; label?: string }) =>
      transformed({ ...image, label: change.label ?? 'a' }, turn, { seed: 1, index: 1, ...change }).pixels;
    for (const change of [{ seed: 2 }, { index: 2 }, { label: 'b' }]) {
      expect(pixels(change)).not.toEqual(pixels({}));
    }
  });

  it('tells where an image came from', () => {
    const { shape, label, provenance } = transformed(image, affine(), { seed: 3, index: 8 });
    expect({ shape, label }).toEqual({ shape: image.shape, label: 'a' });
    expect(provenance).toEqual({ parents: [], path: 'affine', index: 8, seed: 3 });
  });

  it('adds to what is known of a hallucinated image', () => {
    const provenance = {
      parents: [2, 0],
      path: 'slerp',
      omega: 0.25,
      angle: 1,
      index: 5,
      seed: 1,
      model: 'f00',
    };
    const found = transformed({ ...image, provenance }, affine(), { seed: 3, index: 8 }).provenance;
    expect(found).toEqual({ ...provenance, path: 'slerp+affine', index: 8, seed: 3 });
  });

  it('leaves the image as it was', () => {
    const before = image.pixels.slice();
    for (const transform of [affine(), flip, crop(), brightness()]) {
      for (let index = 0; index < 4; index++) transformed(image, transform, { seed: 1, index });
    }
    expect(image.pixels).toEqual(before);
  });
});
