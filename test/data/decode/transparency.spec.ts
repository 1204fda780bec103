import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import type { Background } from '../../../src/core/background.js';
import { javascriptDecoder } from '../../../src/data/decode/decoder.js';
import { decodePng } from '../../../src/data/decode/png.js';
import { laidOver } from '../../../src/data/decode/transparency.js';
import { chunk, pngOf } from './pngFiles.js';

/** Black ink on transparency, as icons are drawn: opaque, half, and two clear pixels of which one has a color. */
const ink = pngOf({ width: 4, height: 1, depth: 8, colorType: 6 }, [
  [0, 0, 0, 255, 0, 0, 0, 128, 0, 0, 0, 0, 9, 99, 200, 0],
]);
const grayInk = pngOf({ width: 3, height: 1, depth: 8, colorType: 4 }, [[0, 255, 0, 51, 77, 0]]);
const shades = (bytes: Uint8Array, background?: Background) => {
  const { pixels, shape } = decodePng(bytes, 'a.png', { background });
  return { shape: shape.join('×'), values: Array.from(pixels, (value) => Math.round(value * 255)) };
};

describe('transparency', () => {
  it('is laid over black unless another background is asked for', () => {
    expect(shades(ink).values).toEqual(Array(12).fill(0));
    expect(shades(ink, 'black')).toEqual(shades(ink));
    expect(shades(ink, 'white').values).toEqual([0, 0, 0, 127, 127, 127, ...Array(6).fill(255)]);
    expect(shades(ink, '#ff8000').values).toEqual([0, 0, 0, 127, 64, 0, 255, 128, 0, 255, 128, 0]);
  });

  it('of gray stays gray, but over a color', () => {
    expect(shades(grayInk, 'white')).toEqual({ shape: '1×3×1', values: [0, 204, 255] });
    expect(shades(grayInk, '#808080')).toEqual({ shape: '1×3×1', values: [0, 102, 128] });
    expect(shades(grayInk, '#ff0000')).toEqual({
      shape: '1×3×3',
      values: [0, 0, 0, 204, 0, 0, 255, 0, 0],
    });
    const opaque = pngOf({ width: 2, height: 1, depth: 8, colorType: 4 }, [[9, 255, 7, 255]]);
    expect(shades(opaque, '#ff0000')).toEqual({ shape: '1×2×1', values: [9, 7] });
  });

  it('of one shade or color has the background, too', () => {
    const gray = pngOf(
      { width: 3, height: 1, depth: 8, colorType: 0 },
      [[9, 77, 78]],
      chunk('tRNS', [0, 77]),
    );
    expect(shades(gray, 'white').values).toEqual([9, 255, 78]);
    const palette = pngOf(
      { width: 2, height: 1, depth: 8, colorType: 3 },
      [[0, 1]],
      chunk('PLTE', [10, 20, 30, 40, 50, 60]),
      chunk('tRNS', [0]),
    );
    expect(shades(palette, 'white').values).toEqual([255, 255, 255, 40, 50, 60]);
  });

  it('has behind it at the edge what differs more from what is visible', () => {
    expect(shades(ink, 'edge')).toEqual(shades(ink, 'white'));
    const light = ink.slice();
    expect(shades(light, 'edge')).toEqual(shades(light, 'white'));
    const white = pngOf({ width: 2, height: 1, depth: 8, colorType: 6 }, [[255, 255, 255, 255, 0, 0, 0, 0]]);
    expect(shades(white, 'edge')).toEqual(shades(white, 'black'));
    // Luma, not the mean of the channels: pure green is light, pure blue is dark.
    const green = pngOf({ width: 2, height: 1, depth: 8, colorType: 6 }, [[0, 255, 0, 255, 0, 0, 0, 0]]);
    expect(shades(green, 'edge')).toEqual(shades(green, 'black'));
    const blue = pngOf({ width: 2, height: 1, depth: 8, colorType: 6 }, [[0, 0, 255, 255, 0, 0, 0, 0]]);
    expect(shades(blue, 'edge')).toEqual(shades(blue, 'white'));
  });

  it('is told: its share, and the luma of what is visible', () => {
    expect(decodePng(grayInk, 'a.png').alpha).toEqual({ clear: expect.closeTo(1.8 / 3, 6), luma: 0 });
    const half = pngOf({ width: 2, height: 1, depth: 8, colorType: 4 }, [[255, 51, 0, 204]]);
    expect(decodePng(half, 'a.png').alpha).toEqual({
      clear: expect.closeTo(0.5, 6),
      luma: expect.closeTo(0.2, 6),
    });
    const opaque = pngOf({ width: 1, height: 1, depth: 8, colorType: 6 }, [[1, 2, 3, 255]]);
    expect(decodePng(opaque, 'a.png')).not.toHaveProperty('alpha');
  });

  it('gives values between those of picture and background, whatever they are', () => {
    const pictures = fc.tuple(
      fc.constantFrom(2, 4),
      fc.constantFrom<Background>('black', 'white', 'edge', '#123456', '#fedcba'),
      fc.constantFrom(255, 65535),
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 8, maxLength: 8 }),
    );
    fc.assert(
      fc.property(pictures, ([channels, background, most, shares]) => {
        const values = Uint16Array.from(shares, (share) => Math.round(share * most));
        const stored = { values, width: 8 / channels, height: 1, channels, most };
        const { pixels, shape } = laidOver(stored, { background });
        expect(pixels).toHaveLength(shape[0] * shape[1] * shape[2]);
        for (const value of pixels) {
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeLessThanOrEqual(1);
        }
        // Over black and over white differ by what shines through.
        const [dark, light] = (['black', 'white'] as const).map((one) =>
          laidOver(stored, { background: one }),
        );
        for (let i = 0; i < stored.width; i++) {
          const alpha = values[(i + 1) * channels - 1]! / most;
          const at = i * dark!.shape[2];
          expect(light!.pixels[at]! - dark!.pixels[at]!).toBeCloseTo(1 - alpha, 5);
        }
      }),
    );
  });
});

describe('transparency of other formats', () => {
  const raw = Uint8Array.from({ length: 8 * 8 * 4 }, (_, i) =>
    i % 4 === 3 ? (i < 128 ? 255 : 0) : 10 + (i % 4),
  );

  it.each(['webp', 'tiff', 'gif', 'avif', 'png'] as const)('%s has the background, too', async (format) => {
    const image = sharp(raw, { raw: { width: 8, height: 8, channels: 4 } });
    const file = await image
      .toFormat(format, { lossless: true, compression: format === 'tiff' ? 'lzw' : 'av1' })
      .toBuffer();
    const { pixels, alpha } = await javascriptDecoder.decode(file, `a.${format}`, { background: 'white' });
    expect(alpha!.clear).toBeCloseTo(0.5, 2);
    expect(alpha!.luma).toBeCloseTo(11 / 255, 1);
    expect(pixels[0]).toBeCloseTo(10 / 255, 1);
    expect(pixels.at(-1)).toBeCloseTo(1, 2);
  });
});
