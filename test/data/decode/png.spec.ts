import fc from 'fast-check';
import { encode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { DataError } from '../../../src/core/errors.js';
import type { ImageShape } from '../../../src/core/image.js';
import { decodePng, encodePng } from '../../../src/data/decode/png.js';
import { chunk, pngOf } from './pngFiles.js';

/** What a decoded image holds, at a precision beyond that of the values given here. */
const decoded = (bytes: Uint8Array) => {
  const { pixels, shape } = decodePng(bytes, 'file');
  return { pixels: Array.from(pixels, (value) => Number(value.toFixed(5))), shape };
};
const shades = (most: number, ...values: number[]) =>
  values.map((value) => Number((value / most).toFixed(5)));

describe('decodePng', () => {
  it.each([
    [1, [0b1011_0000, 0b0100_0000], [1, 0, 1, 1, 0, 1, 0, 0]],
    [2, [0b1101_1000, 0b0001_1011], [3, 1, 2, 0, 0, 1, 2, 3]],
    [4, [0x1f, 0x20, 0x9a, 0xbc], [1, 15, 2, 0, 9, 10, 11, 12]],
  ])('spreads gray values of %i bits over [0, 1]', (depth, packed, values) => {
    const half = packed.length / 2;
    const rows = [packed.slice(0, half), packed.slice(half)];
    const bytes = pngOf({ width: 4, height: 2, depth, colorType: 0 }, rows);
    expect(decoded(bytes)).toEqual({ pixels: shades(2 ** depth - 1, ...values), shape: [2, 4, 1] });
  });

  it('begins each row with a new byte', () => {
    const bytes = pngOf({ width: 3, height: 2, depth: 4, colorType: 0 }, [
      [0x12, 0x3f],
      [0x45, 0x6f],
    ]);
    expect(decoded(bytes).pixels).toEqual(shades(15, 1, 2, 3, 4, 5, 6));
  });

  it.each<[string, number, number, number[], ImageShape, number[]]>([
    ['gray of 8 bits', 0, 8, [0, 51, 255], [1, 3, 1], shades(255, 0, 51, 255)],
    ['gray of 16 bits', 0, 16, [0x01, 0x02, 0xff, 0xff], [1, 2, 1], shades(65535, 0x0102, 0xffff)],
    ['RGB', 2, 8, [1, 2, 3, 4, 5, 6], [1, 2, 3], shades(255, 1, 2, 3, 4, 5, 6)],
    ['RGB of 16 bits', 2, 16, [1, 0, 2, 0, 3, 0], [1, 1, 3], shades(65535, 256, 512, 768)],
    ['gray with alpha, over black', 4, 8, [200, 255, 200, 51, 200, 0], [1, 3, 1], shades(255, 200, 40, 0)],
    ['RGBA, over black', 6, 8, [100, 200, 50, 51, 9, 8, 7, 0], [1, 2, 3], shades(255, 20, 40, 10, 0, 0, 0)],
  ])('reads %s', (_, colorType, depth, row, shape, pixels) => {
    expect(decoded(pngOf({ width: shape[1], height: 1, depth, colorType }, [row]))).toEqual({
      pixels,
      shape,
    });
  });

  it('looks colors up in a palette, with its alpha', () => {
    const header = { width: 3, height: 1, depth: 2, colorType: 3 };
    const palette = chunk('PLTE', [10, 20, 30, 40, 50, 60, 70, 80, 90]);
    const row = [[0b0001_1000]];
    expect(decoded(pngOf(header, row, palette)).pixels).toEqual(
      shades(255, 10, 20, 30, 40, 50, 60, 70, 80, 90),
    );
    const clear = pngOf(header, row, palette, chunk('tRNS', [255, 0]));
    expect(decoded(clear)).toEqual({
      pixels: shades(255, 10, 20, 30, 0, 0, 0, 70, 80, 90),
      shape: [1, 3, 3],
    });
  });

  it('makes the transparent shade or color black, and no other', () => {
    const gray = { width: 3, height: 1, depth: 8, colorType: 0 };
    expect(decoded(pngOf(gray, [[9, 77, 78]], chunk('tRNS', [0, 77]))).pixels).toEqual(shades(255, 9, 0, 78));
    const rgb = { width: 3, height: 1, depth: 8, colorType: 2 };
    const bytes = pngOf(rgb, [[1, 2, 3, 1, 2, 4, 9, 9, 9]], chunk('tRNS', [0, 1, 0, 2, 0, 3]));
    expect(decoded(bytes).pixels).toEqual(shades(255, 0, 0, 0, 1, 2, 4, 9, 9, 9));
  });

  const whole = encode({ width: 5, height: 4, channels: 1, depth: 8, data: new Uint8Array(20).fill(7) });
  const altered = (index: number) => whole.with(index, whole[index]! ^ 1);
  it.each<[string, Uint8Array, RegExp]>([
    ['an empty file', new Uint8Array(), /file is no PNG: it is empty/],
    ['text', new TextEncoder().encode('hello, this is a long text'), /file is no PNG$/],
    ['a JPEG', Uint8Array.of(0xff, 0xd8, 0xff, ...new Uint8Array(40)), /file is no PNG$/],
    ['half a file', whole.subarray(0, 45), /file is damaged/],
    ['no end', whole.subarray(0, whole.length - 12), /file is damaged/],
    ['an altered width', altered(19), /file is damaged: CRC mismatch/],
    ['altered data', altered(46), /file is damaged/],
    [
      'an unknown color type',
      pngOf({ width: 1, height: 1, depth: 8, colorType: 5 }, [[1]]),
      /damaged: .*color type/,
    ],
    ['too few rows', pngOf({ width: 2, height: 3, depth: 8, colorType: 0 }, [[1, 2]]), /file is damaged/],
    ['no width', pngOf({ width: 0, height: 3, depth: 8, colorType: 0 }, [[]]), /0×3 pixels/],
    [
      'a bomb',
      pngOf({ width: 100_000, height: 100_000, depth: 1, colorType: 0 }, [[0]]),
      /100000×100000 pixels, but from 1 to 67108864/,
    ],
    [
      'a palette that lacks a color',
      pngOf({ width: 1, height: 1, depth: 8, colorType: 3 }, [[4]], chunk('PLTE', [1, 2, 3])),
      /file is damaged: Incorrect index/,
    ],
    ['no palette', pngOf({ width: 1, height: 1, depth: 8, colorType: 3 }, [[4]]), /file is damaged.*palette/],
  ])('refuses %s by name', (_, bytes, says) => {
    expect(() => decodePng(bytes, 'file')).toThrow(DataError);
    expect(() => decodePng(bytes, 'file')).toThrow(says);
  });

  it('never fails otherwise, whatever bytes are changed', () => {
    const change = fc.tuple(fc.nat(whole.length - 1), fc.nat(255));
    fc.assert(
      fc.property(
        fc.array(change, { minLength: 1, maxLength: 4 }),
        fc.nat(whole.length),
        (changes, length) => {
          const bytes = whole.slice(0, length);
          for (const [index, value] of changes) if (index < length) bytes[index] = value;
          try {
            expect(decodePng(bytes, 'file').pixels).toHaveLength(20);
          } catch (error) {
            expect(error).toBeInstanceOf(DataError);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe('encodePng', () => {
  it('keeps each value within half a shade, and a second round loses nothing', () => {
    const images = fc
      .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }), fc.constantFrom(1, 3))
      .chain(([height, width, channels]) => {
        const length = height * width * channels;
        const values = fc.float32Array({ minLength: length, maxLength: length, min: 0, max: 1, noNaN: true });
        return fc.tuple(fc.constant([height, width, channels] as const), values);
      });
    fc.assert(
      fc.property(images, ([shape, pixels]) => {
        const once = decodePng(encodePng(pixels, shape), 'file');
        expect(once.shape).toEqual(shape);
        for (const [i, value] of once.pixels.entries())
          expect(Math.abs(value - pixels[i]!)).toBeLessThanOrEqual(0.5 / 255 + 1e-7);
        expect(decodePng(encodePng(once.pixels, shape), 'file')).toEqual(once);
      }),
    );
  });

  it('clips what lies outside of [0, 1], and refuses what no PNG can hold', () => {
    expect(decoded(encodePng(Float32Array.of(-1, 2), [1, 2, 1])).pixels).toEqual([0, 1]);
    expect(() => encodePng(new Float32Array(5), [1, 1, 5])).toThrow(DataError);
    expect(() => encodePng(new Float32Array(3), [1, 2, 1])).toThrow(/3 values of 1×2×1/);
  });
});
