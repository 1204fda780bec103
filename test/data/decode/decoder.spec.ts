import fc from 'fast-check';
import sharp from 'sharp';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { DataError } from '../../../src/core/errors.js';
import { sizeOf } from '../../../src/core/image.js';
import { fastestDecoder, type ImageDecoder, javascriptDecoder } from '../../../src/data/decode/decoder.js';
import { UnsupportedFormatError } from '../../../src/data/decode/formats.js';
import { imageHeader } from '../../../src/data/decode/imageHeader.js';
import { orient } from '../../../src/data/decode/pixels.js';
import { encodePng } from '../../../src/data/decode/png.js';
import { fitTo } from '../../../src/data/resize.js';
import { damage, damaged, fuzzRuns } from '../../damage.js';
import { bytesOf, farthest, pixelsOf, references } from './references.js';

describe('decoders', () => {
  it('tell files apart by their bytes, not by their names', async () => {
    const png = encodePng(Float32Array.of(0, 1, 0.2, 0.4), [2, 2, 1]);
    expect((await javascriptDecoder.decode(png, 'cat.jpg')).shape).toEqual([2, 2, 1]);
    expect(imageHeader(png, 'cat.jpg')).toEqual({ format: 'png', width: 2, height: 2, channels: 1 });
    const jpeg = bytesOf(references.turned[5]!);
    expect((await javascriptDecoder.decode(jpeg, 'cat.png')).shape).toEqual([...references.shape, 3]);
    const [height, width] = references.shape;
    expect(imageHeader(jpeg, 'cat.png')).toEqual({ format: 'jpeg', width, height, channels: 3 });
  });

  it('name what is no picture', async () => {
    const text = new TextEncoder().encode('<svg/>');
    await expect(javascriptDecoder.decode(text, 'a/b.png')).rejects.toThrow(
      /^a\/b\.png is neither PNG nor JPEG$/,
    );
    await expect(javascriptDecoder.decode(text, 'a/b.png')).rejects.not.toBeInstanceOf(
      UnsupportedFormatError,
    );
    expect(() => imageHeader(new Uint8Array(), 'c.jpg')).toThrow(
      /c\.jpg is neither PNG nor JPEG: it is empty/,
    );
  });

  it('give the same pixels within 2/255, whether sharp is installed or not', async () => {
    const fast = await fastestDecoder();
    const to = [48, 48, 3] as const;
    for (const { name, jpeg, pixels } of references.decoded) {
      const ours = await fast.decode(bytesOf(jpeg), name);
      const theirs = fitTo(pixelsOf(pixels, references.shape), to, 'letterbox');
      expect(farthest(fitTo(ours, to, 'letterbox'), theirs), `${fast.name} ${name}`).toBeLessThanOrEqual(2);
    }
    await expect(fast.decode(bytesOf(references.turned[0]!).subarray(0, 900), 'cut.jpg')).rejects.toThrow(
      /^cut\.jpg is damaged/,
    );
  });
});

const latin = (text: string) =>
  Uint8Array.from(text.padEnd(64, '\0'), (character) => character.charCodeAt(0));

describe('a format that is not read', () => {
  it.each([
    ['BMP', 'BM\x36\x10\0\0\0\0\0\0'],
    ['Photoshop', '8BPS\0\x01'],
    ['ICO', '\0\0\x01\0\x01\0'],
    ['SVG', '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>'],
    ['SVG', '\xef\xbb\xbf<!-- drawn --><svg width="4"/>'],
    ['PDF', '%PDF-1.7'],
    ['JPEG XL', '\xff\x0a\xfa'],
    ['JPEG XL', '\0\0\0\x0cJXL \r\n\x87\n'],
    ['JPEG 2000', '\0\0\0\x0cjP  \r\n\x87\n'],
    ['MOV', '\0\0\0\x14ftypqt  \0\0\0\0qt  '],
    ['MP4', '\0\0\0\x18ftypisom\0\0\x02\0isomiso2'],
    ['CR2', 'II*\0\x10\0\0\0CR\x02'],
    ['CR3', '\0\0\0\x18ftypcrx \0\0\0\x01crx isom'],
    ['DNG', 'II*\0\x08\0\0\0\x01\0\x12\xc6\x01\0\x04\0\0\0\x01\x04\0\0'],
    ['AVI', 'RIFF\x10\0\0\0AVI LIST'],
    ['RIFF', 'RIFF\x10\0\0\0WAVEfmt '],
    ['PNM', 'P6 2 2 255\n'],
    ['HEIC', '\0\0\0\x18ftypheic\0\0\0\0mif1heic'],
    ['HEIC', '\0\0\0\x18ftypmif1\0\0\0\0mif1heix'],
  ])('is named: %s', async (title, start) => {
    for (const decoder of [javascriptDecoder, await fastestDecoder()]) {
      const error = await decoder.decode(latin(start), 'photos/a.jpg').catch((cause: unknown) => cause);
      expect(error).toBeInstanceOf(UnsupportedFormatError);
      expect(error).toBeInstanceOf(DataError);
      const { message, reason, hint } = error as UnsupportedFormatError;
      expect(message).toMatch(/^photos\/a\.jpg is /);
      expect(reason).toContain(title);
      expect(reason).not.toContain('photos');
      expect(hint).toBeTruthy();
    }
    await expect((async () => imageHeader(latin(start), 'a.jpg'))()).rejects.toThrow(UnsupportedFormatError);
  });

  it('is told from one that is damaged', async () => {
    for (const start of [
      'RIFF\x10\0\0\0WEBPVP8 ',
      'GIF89a\x02\0',
      'II*\0\x08\0\0\0',
      '\0\0\0\x18ftypavif\0\0\0\0mif1avif',
    ]) {
      const error = await javascriptDecoder.decode(latin(start), 'a.png').catch((cause: unknown) => cause);
      expect(error).toBeInstanceOf(DataError);
      expect(error).not.toBeInstanceOf(UnsupportedFormatError);
      expect((error as DataError).message).toMatch(/^a\.png is damaged/);
    }
  });
});

describe('other formats', () => {
  const raw = Uint8Array.from({ length: 12 * 8 * 3 }, (_, i) => (i * 37) % 256);
  const picture = () => sharp(raw, { raw: { width: 12, height: 8, channels: 3 } });

  it.each(['webp', 'tiff'] as const)('are turned as EXIF says: %s', async (format) => {
    const options = format === 'webp' ? { lossless: true } : { compression: 'lzw' };
    const upright = await javascriptDecoder.decode(await picture().toFormat(format, options).toBuffer(), 'a');
    for (const orientation of [1, 2, 3, 4, 5, 6, 7, 8] as const) {
      const file = await picture().withMetadata({ orientation }).toFormat(format, options).toBuffer();
      const turned = await javascriptDecoder.decode(file, 'a');
      expect(turned).toEqual(orient(upright, orientation));
      const [height, width, channels] = turned.shape;
      expect(await imageHeader(file, 'a')).toEqual({ format, height, width, channels });
    }
  });

  it.each(['webp', 'tiff', 'gif', 'avif'] as const)(
    'give whole pictures or an error when damaged: %s',
    async (format) => {
      const file = new Uint8Array(await picture().toFormat(format).toBuffer());
      await fc.assert(
        fc.asyncProperty(damage, async (how) => {
          try {
            const { pixels, shape } = await javascriptDecoder.decode(damaged(file, how), 'a/b.img');
            expect(pixels).toHaveLength(sizeOf(shape));
            expect(pixels.every((value) => value >= 0 && value <= 1)).toBe(true);
          } catch (error) {
            expect(error).toBeInstanceOf(DataError);
            expect((error as DataError).message).toContain('a/b.img');
            expect((error as DataError).hint).toBeTruthy();
          }
        }),
        { numRuns: fuzzRuns(60) },
      );
    },
  );

  it('are refused, not black, where sharp lacks what packed them', async () => {
    const file = Buffer.from(await picture().tiff({ compression: 'lzw' }).toBuffer());
    const [COMPRESSION, SHORT, LZW, LZMA] = [0x0103, 3, 5, 34925];
    const entry = Buffer.alloc(10);
    entry.writeUInt16LE(COMPRESSION);
    entry.writeUInt16LE(SHORT, 2);
    entry.writeUInt32LE(1, 4);
    entry.writeUInt16LE(LZW, 8);
    file.writeUInt16LE(LZMA, file.indexOf(entry) + 8);
    await expect(javascriptDecoder.decode(file, 'a.tif')).rejects.toThrow(UnsupportedFormatError);
  });

  it('keep the precision of 16 bits', async () => {
    const deep = Uint16Array.from({ length: 6 }, (_, i) => 1000 * i + 1);
    const image = sharp(deep, { raw: { width: 2, height: 1, channels: 3, depth: 'ushort' } as never });
    const file = await image.toColourspace('rgb16').tiff({ compression: 'lzw' }).toBuffer();
    const { pixels } = await javascriptDecoder.decode(file, 'a.tiff');
    expect(Array.from(pixels, (value) => Math.round(value * 65535))).toEqual([...deep]);
  });
});

describe('without the package sharp', () => {
  afterEach(() => {
    vi.doUnmock('sharp');
    vi.resetModules();
  });

  async function withoutSharp(): Promise<ImageDecoder> {
    vi.resetModules();
    vi.doMock('sharp', () => {
      throw new Error('Cannot find package');
    });
    return (await import('../../../src/data/decode/decoder.js')).fastestDecoder();
  }

  it.each([
    ['WebP', 'RIFF\x10\0\0\0WEBPVP8 '],
    ['GIF', 'GIF89a'],
    ['TIFF', 'MM\0*\0\0\0\x08'],
    ['AVIF', '\0\0\0\x18ftypmif1\0\0\0\0mif1avif'],
  ])('%s says what to install', async (title, start) => {
    const decoder = await withoutSharp();
    expect(decoder.name).toBe('javascript');
    await expect(decoder.decode(latin(start), 'a.webp')).rejects.toMatchObject({
      reason: expect.stringMatching(new RegExp(`^${title}.*sharp: run npm install sharp$`)),
      hint: expect.stringContaining('npm install sharp'),
    });
  });

  it('HEIC says so, too, but not to install what could not read it', async () => {
    const decoder = await withoutSharp();
    await expect(decoder.decode(latin('\0\0\0\x18ftypheic\0\0\0\0mif1heic'), 'a.heic')).rejects.toMatchObject(
      {
        reason: expect.not.stringContaining('npm install'),
        hint: expect.stringContaining('JPEG'),
      },
    );
  });
});
