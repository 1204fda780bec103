import { describe, expect, it } from 'vitest';
import { type ContactSheetOptions, contactSheet } from '../../../src/cli/report/contactSheet.js';
import { DataError } from '../../../src/core/errors.js';
import type { ImageShape, LabeledImage } from '../../../src/core/image.js';

const image = (shape: ImageShape, ...values: number[]): LabeledImage => ({
  pixels: Float32Array.from(values),
  shape,
  label: 'a',
});

/** A grey sheet as text: `.` for white, else the level in tenths. */
function greys(rows: LabeledImage[][][], shape: ImageShape, options: ContactSheetOptions): string[] {
  const { width, height, data } = contactSheet(rows, shape, options);
  expect(data.length).toBe(width * height * 3);
  return Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (_, x) => {
      const [r, g, b] = data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3);
      expect([g, b]).toEqual([r, r]);
      return r === 255 ? '.' : String(Math.round(r! / 25.5));
    }).join(''),
  );
}

describe('contactSheet', () => {
  it('puts every image in its place: rows, groups, gaps', () => {
    const pair: ImageShape = [1, 2, 1];
    const one = (tenths: number) => image(pair, tenths / 10, (tenths + 1) / 10);
    const rows = [
      [[one(0), one(2)], [one(4)]],
      [[one(6)], [one(7), one(8)]],
    ];
    expect(greys(rows, pair, { zoom: 1, gap: 1, groupGap: 2 })).toEqual([
      '...............',
      '.01.23...45....',
      '...............',
      '.67......78.89.',
      '...............',
    ]);
  });

  it('draws each pixel as a square of the zoom', () => {
    const square: ImageShape = [2, 2, 1];
    expect(greys([[[image(square, 0, 0.1, 0.2, 0.3)]]], square, { zoom: 3, gap: 0 })).toEqual([
      '000111',
      '000111',
      '000111',
      '222333',
      '222333',
      '222333',
    ]);
  });

  it('has its documented measures by default', () => {
    const shape: ImageShape = [28, 28, 1];
    const blank = image(shape, ...Array<number>(784).fill(0));
    const { width, height } = contactSheet([[[blank, blank], [blank]]], shape);
    expect([width, height]).toEqual([3 * (2 * 28 + 3) + 3 + 15, 2 * 28 + 2 * 3]);
  });

  it('draws colors, and 255 for 1', () => {
    const shape: ImageShape = [1, 2, 3];
    const { data } = contactSheet([[[image(shape, 1, 0, 0.5, 0, 1, 0.2)]]], shape, { zoom: 1, gap: 0 });
    expect([...data]).toEqual([255, 0, 128, 0, 255, 51]);
  });

  it.each([2, 4])('refuses images of %d channels', (channels) => {
    expect(() => contactSheet([], [3, 3, channels])).toThrow(DataError);
  });
});
