import { DataError } from '../../core/errors.js';
import type { ImageShape } from '../../core/image.js';
import { checkBytes, checkText } from '../../core/kindChecks.js';

/** An image's values in [0, 1], row by row, channels last. */
export interface Pixels {
  readonly pixels: Float32Array;
  readonly shape: ImageShape;
  /** Damage that was tolerated, in words; absent if there was none. */
  readonly note?: string;
  /** Transparency that the file had; absent if it is opaque. */
  readonly alpha?: Transparency;
}

/** Transparency of a picture before it was laid over a background. */
export interface Transparency {
  /** Share of it that is transparent, in [0, 1]. */
  readonly clear: number;
  /** Mean luma (Rec. 601) of what is visible, in [0, 1]. */
  readonly luma: number;
}

/** Orientation of a stored picture as EXIF numbers it; 1 is upright. */
export type ExifOrientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

const ORIENTATION = 0x0112;
const [SHORT, LONG] = [3, 4];
const ENTRY = 12;

/**
 * The orientation in an APP1 segment of a JPEG, if the segment is EXIF and has one.
 *
 * @param segment without its marker and length
 */
export function orientationIn(segment: Uint8Array): ExifOrientation | undefined {
  if (String.fromCharCode(...segment.subarray(0, 6)) !== 'Exif\0\0') return undefined;
  return orientationInTiff(segment.subarray(6));
}

/** The orientation in EXIF data, which are a TIFF in any file: CIPA DC-008, sections 4.5 and 4.6. Broken data have none. */
export function orientationInTiff(bytes: Uint8Array): ExifOrientation | undefined {
  const value = tiffTag(bytes, ORIENTATION);
  return value !== undefined && value >= 1 && value <= 8 ? (value as ExifOrientation) : undefined;
}

/**
 * The first number of a tag in the first directory of a TIFF: TIFF 6.0, section 2. `undefined` if there is none, or the data
 * are broken; NaN for a tag of something else than whole numbers.
 */
export function tiffTag(bytes: Uint8Array, tag: number): number | undefined {
  const tiff = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (tiff.byteLength < 8) return undefined;
  const order = tiff.getUint16(0);
  if (order !== 0x4949 && order !== 0x4d4d) return undefined;
  const little = order === 0x4949;
  const directory = tiff.getUint32(4, little);
  if (directory + 2 > tiff.byteLength) return undefined;
  const entries = tiff.getUint16(directory, little);
  for (let i = 0; i < entries; i++) {
    const at = directory + 2 + i * ENTRY;
    if (at + ENTRY > tiff.byteLength) return undefined;
    if (tiff.getUint16(at, little) !== tag) continue;
    const type = tiff.getUint16(at + 2, little);
    if (type === LONG) return tiff.getUint32(at + 8, little);
    return type === SHORT ? tiff.getUint16(at + 8, little) : Number.NaN;
  }
  return undefined;
}

/** True for an orientation that swaps width and height. */
export const swapsSides = (orientation: ExifOrientation): boolean => orientation >= 5;

/** Makes a picture upright: mirrors it and rotates it by quarter turns as its orientation says. */
export function orient(image: Pixels, orientation: ExifOrientation): Pixels {
  if (orientation === 1) return image;
  const [rows, columns, channels] = image.shape;
  const swapped = swapsSides(orientation);
  const [height, width] = swapped ? [columns, rows] : [rows, columns];
  const pixels = new Float32Array(image.pixels.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [row, column] = swapped ? [x, y] : [y, x];
      const from =
        ((flipsRows[orientation] ? rows - 1 - row : row) * columns +
          (flipsColumns[orientation] ? columns - 1 - column : column)) *
        channels;
      const to = (y * width + x) * channels;
      for (let c = 0; c < channels; c++) pixels[to + c] = image.pixels[from + c]!;
    }
  }
  return { ...image, pixels, shape: [height, width, channels] };
}

/** Orientations in which stored rows are read from the last to the first. */
const flipsRows: Readonly<Record<ExifOrientation, boolean>> = {
  ...{ 1: false, 2: false, 3: true, 4: true },
  ...{ 5: false, 6: true, 7: true, 8: false },
};

/** Orientations in which stored columns are read from the last to the first. */
const flipsColumns: Readonly<Record<ExifOrientation, boolean>> = {
  ...{ 1: false, 2: true, 3: true, 4: false },
  ...{ 5: false, 6: false, 7: true, 8: true },
};

/** Larger pictures are refused before they are decoded: 2²⁶ are 8192 × 8192. */
export const MOST_PIXELS = 2 ** 26;

/** Throws a `DataError` naming the file when a header announces no pixels or too many. */
export function assertPixelCount(width: number, height: number, name: string): void {
  if (width > 0 && height > 0 && width * height <= MOST_PIXELS) return;
  throw new DataError(`${name} has ${width}×${height} pixels, but from 1 to ${MOST_PIXELS} can be read`, {
    hint: 'Make it smaller.',
  });
}

/** Throws a `UsageError` unless values are the bytes of a file and its name. */
export function checkFile(bytes: unknown, name: unknown, of: string): void {
  checkBytes('bytes', bytes, of);
  checkText('name', name, of);
}
