import { describe, expect, it } from 'vitest';
import { imageHeader } from '../../../src/data/decode/imageHeader.js';
import { decodeJpeg } from '../../../src/data/decode/jpeg.js';
import { decodePng, encodePng } from '../../../src/data/decode/png.js';
import { chunk } from './pngFiles.js';
import { bytesOf, farthest, references } from './references.js';

/** Two rows of three shades, as they are stored. */
const stored = encodePng(
  Float32Array.from([0, 51, 102, 153, 204, 255], (value) => value / 255),
  [2, 3, 1],
);
const SIGNATURE_AND_HEADER = 33;
const END = 12;

/** EXIF that says an orientation and nothing else, in the byte order of Motorola. */
const exif = (orientation: number) => {
  const bytes = new Uint8Array(26);
  bytes.set([0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation]);
  return bytes;
};

function withChunk(png: Uint8Array, content: Uint8Array, at = SIGNATURE_AND_HEADER): Uint8Array {
  return Buffer.concat([png.subarray(0, at), chunk('eXIf', content), png.subarray(at)]);
}

const shades = (png: Uint8Array) => {
  const { pixels, shape } = decodePng(png, 'a.png');
  return { shape, rows: Array.from(pixels, (value) => Math.round(value * 5)).join('') };
};

describe('an orientation in a PNG', () => {
  // Row 0 and column 0 of what is stored, as CIPA DC-008 names their sides of the picture.
  it.each([
    [1, [2, 3, 1], '012345'],
    [2, [2, 3, 1], '210543'],
    [3, [2, 3, 1], '543210'],
    [4, [2, 3, 1], '345012'],
    [5, [3, 2, 1], '031425'],
    [6, [3, 2, 1], '304152'],
    [7, [3, 2, 1], '524130'],
    [8, [3, 2, 1], '251403'],
  ])('of %i turns it', (orientation, shape, rows) => {
    for (const at of [SIGNATURE_AND_HEADER, stored.length - END]) {
      const png = withChunk(stored, exif(orientation), at);
      expect(shades(png)).toEqual({ shape, rows });
      expect(imageHeader(png, 'a.png')).toMatchObject({ height: shape[0], width: shape[1], format: 'png' });
    }
  });

  it('turns it as the same orientation turns a JPEG', () => {
    for (const orientation of [1, 2, 3, 4, 5, 6, 7, 8]) {
      const file = bytesOf(references.turned[orientation - 1]!);
      // Without its EXIF a JPEG is as it is stored.
      const exifAt = file.findIndex((byte, i) => byte === 0xff && file[i + 1] === 0xe1);
      const plain = file.slice();
      plain[exifAt + 1] = 0xec;
      const { pixels, shape } = decodeJpeg(plain, 'a.jpg');
      // A PNG holds the nearest of 256 shades.
      const png = withChunk(encodePng(pixels, shape), exif(orientation));
      expect(farthest(decodePng(png, 'a.png'), decodeJpeg(file, 'a.jpg'))).toBeLessThan(0.51);
    }
  });

  it('is left alone where it is broken or none', () => {
    for (const content of [exif(9), exif(6).subarray(0, 12), new Uint8Array(0)]) {
      expect(shades(withChunk(stored, content))).toEqual(shades(stored));
    }
  });
});
