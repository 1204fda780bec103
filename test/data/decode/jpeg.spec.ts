import { describe, expect, it } from 'vitest';
import { DataError } from '../../../src/core/errors.js';
import { decodeJpeg, jpegHeader } from '../../../src/data/decode/jpeg.js';
import { fitTo } from '../../../src/data/resize.js';
import { bytesOf, farthest, pixelsOf, references } from './references.js';

const { shape, decoded, upright, turned } = references;
const [height, width] = shape;
const fileOf = (name: string) => bytesOf(decoded.find((one) => one.name === name)!.jpeg);

describe('decodeJpeg', () => {
  it.each(decoded)(
    'decodes $name as libjpeg does: within 2/255 at half its size or less',
    ({ jpeg, pixels }) => {
      const ours = decodeJpeg(bytesOf(jpeg), 'a.jpg');
      const theirs = pixelsOf(pixels, shape);
      expect(ours.shape).toEqual(theirs.shape);
      for (const size of [28, 32, 48, 55]) {
        for (const fit of ['letterbox', 'crop'] as const) {
          const to = [size, size, theirs.shape[2]] as const;
          expect(
            farthest(fitTo(ours, to, fit), fitTo(theirs, to, fit)),
            `${size} ${fit}`,
          ).toBeLessThanOrEqual(2);
        }
      }
    },
  );

  it.each(decoded)('decodes $name at full size as libjpeg does, but for rounding', ({ jpeg, pixels }) => {
    expect(farthest(decodeJpeg(bytesOf(jpeg), 'a.jpg'), pixelsOf(pixels, shape))).toBeLessThan(4.5);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('turns orientation %i upright', (orientation) => {
    const file = bytesOf(turned[orientation - 1]!);
    expect(jpegHeader(file, 'a.jpg').orientation).toBe(orientation);
    const ours = decodeJpeg(file, 'a.jpg');
    expect(ours.shape).toEqual([height, width, 3]);
    // Blocks lie elsewhere in a turned picture, so it is not compressed to the same values.
    const to = [32, 32, 3] as const;
    const theirs = fitTo(pixelsOf(upright, shape), to, 'letterbox');
    expect(farthest(fitTo(ours, to, 'letterbox'), theirs)).toBeLessThanOrEqual(2);
  });

  it('names a file that is truncated anywhere', () => {
    const file = fileOf('baseline 4:2:0');
    for (const length of [0, 1, 2, 3, 20, 200, 600, 700, Math.floor(file.length / 2), file.length - 40]) {
      const cut = () => decodeJpeg(file.subarray(0, length), 'photos/a.jpg');
      expect(cut, String(length)).toThrow(DataError);
      expect(cut, String(length)).toThrow(/^photos\/a\.jpg is (no JPEG|damaged)/);
    }
  });

  it('refuses bombs by their header: too many pixels, or more than the bytes can hold', () => {
    const file = fileOf('gray').slice();
    const frame = file.findIndex((byte, i) => byte === 0xff && file[i + 1] === 0xc0);
    file.set([0xff, 0xff, 0xff, 0xff], frame + 5);
    expect(() => decodeJpeg(file, 'bomb.jpg')).toThrow(/bomb\.jpg has 65535×65535 pixels/);
    file.set([0x20, 0x00, 0x20, 0x00], frame + 5);
    expect(() => decodeJpeg(file, 'bomb.jpg')).toThrow(/bytes cannot hold 67108864 pixels/);
  });

  it('refuses kinds that are not read', () => {
    const file = fileOf('gray').slice();
    const frame = file.findIndex((byte, i) => byte === 0xff && file[i + 1] === 0xc0);
    file[frame + 1] = 0xc3;
    expect(() => decodeJpeg(file, 'lossless.jpg')).toThrow(/lossless\.jpg is a JPEG of a kind/);
  });
});
