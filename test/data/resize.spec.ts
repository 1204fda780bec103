import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ImageShape, sizeOf } from '../../src/core/image.js';
import type { Pixels } from '../../src/data/decode/pixels.js';
import { resample } from '../../src/data/resample.js';
import { fitTo } from '../../src/data/resize.js';
import { pixelsOf, references } from './decode/references.js';

const plain = (shape: ImageShape, value: number): Pixels => ({
  pixels: new Float32Array(sizeOf(shape)).fill(value),
  shape,
});

describe('resample', () => {
  const { resized } = references;
  it.each(resized.to)('gives what Pillow gives: $size of $box', ({ size: [width, height], box, values }) => {
    const [left, top, right, bottom] = box;
    const image = pixelsOf(resized.pixels, resized.shape);
    const ours = resample(image, { left, top, width: right - left, height: bottom - top }, height, width);
    expect(ours.shape).toEqual([height, width, 1]);
    for (const [i, value] of values.entries()) expect(ours.pixels[i]! * 255).toBeCloseTo(value, 2);
  });

  it('keeps a plain picture plain and every value within those of the old picture', () => {
    const side = fc.integer({ min: 1, max: 20 });
    fc.assert(
      fc.property(side, side, side, side, fc.integer(), (rows, columns, height, width, seed) => {
        const values = Float32Array.from({ length: rows * columns }, (_, i) => ((seed + i * 7919) % 97) / 97);
        const shape: ImageShape = [rows, columns, 1];
        const box = { top: 0, left: 0, height: rows, width: columns };
        const { pixels } = resample({ pixels: values, shape }, box, height, width);
        for (const value of pixels) {
          expect(value).toBeGreaterThanOrEqual(Math.min(...values) - 1e-6);
          expect(value).toBeLessThanOrEqual(Math.max(...values) + 1e-6);
        }
        for (const value of resample(plain(shape, 0.25), box, height, width).pixels)
          expect(value).toBeCloseTo(0.25, 6);
      }),
    );
  });
});

describe('fitTo', () => {
  it('leaves what fits as it is', () => {
    const image = plain([4, 5, 3], 0.5);
    expect(fitTo(image, [4, 5, 3], 'crop')).toBe(image);
  });

  it('keeps all of a wide picture between black bars, in the middle', () => {
    const { pixels, shape } = fitTo(plain([10, 20, 1], 1), [8, 8, 1], 'letterbox');
    expect(shape).toEqual([8, 8, 1]);
    const rows = Array.from({ length: 8 }, (_, y) => pixels[y * 8 + 3]);
    expect(rows).toEqual([0, 0, 1, 1, 1, 1, 0, 0]);
  });

  it('puts a gray picture between colored bars when colors are asked for, and gray ones otherwise', () => {
    const bar = (shape: ImageShape) => [
      ...fitTo(plain([10, 20, 1], 1), shape, 'letterbox', '#ff0000').pixels.subarray(0, shape[2]),
    ];
    expect(bar([8, 8, 3])).toEqual([1, 0, 0]);
    expect(bar([8, 8, 1])[0]).toBeCloseTo(0.299, 6);
  });

  it('fills the shape with the middle of a wide picture', () => {
    const image = plain([2, 6, 1], 0);
    image.pixels.set([1, 0, 0.5, 0.5, 0, 1]);
    image.pixels.set([1, 0, 0.5, 0.5, 0, 1], 6);
    expect([...fitTo(image, [2, 2, 1], 'crop').pixels]).toEqual([0.5, 0.5, 0.5, 0.5]);
  });

  it('turns color to gray by luma, and gray to color by repeating it', () => {
    const color = { pixels: Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 1), shape: [2, 2, 3] as const };
    const gray = fitTo(color, [2, 2, 1], 'crop');
    expect([...gray.pixels].map((value) => Number(value.toFixed(3)))).toEqual([0.299, 0.587, 0.114, 1]);
    expect([...fitTo(gray, [2, 2, 3], 'crop').pixels.subarray(0, 3)]).toEqual(Array(3).fill(gray.pixels[0]));
  });

  it('brings any picture to any shape', () => {
    const side = fc.integer({ min: 1, max: 60 });
    const channels = fc.constantFrom(1, 3);
    fc.assert(
      fc.property(
        side,
        side,
        channels,
        side,
        side,
        channels,
        fc.constantFrom('letterbox', 'crop'),
        (...of) => {
          const [rows, columns, from, height, width, to, fit] = of;
          const made = fitTo(plain([rows, columns, from], 0.5), [height, width, to], fit as 'crop');
          expect(made.shape).toEqual([height, width, to]);
          expect(made.pixels).toHaveLength(height * width * to);
          expect(made.pixels.every((value) => value >= 0 && value <= 0.5001)).toBe(true);
        },
      ),
    );
  });

  it('refuses other channels', () => {
    expect(() => fitTo(plain([2, 2, 1], 0), [2, 2, 4], 'crop')).toThrow(/cannot have 4 channels/);
  });
});
