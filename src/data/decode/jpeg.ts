import jpeg from 'jpeg-js';
import { DataError } from '../../core/errors.js';
import { resample } from '../resize.js';
import { assertPixelCount, type ExifOrientation, orient, orientationIn, type Pixels } from './pixels.js';

/** Width and height of a picture as multiples of those of one of its planes: 1 × 1 without subsampling. */
export interface Subsampling {
  readonly across: number;
  readonly down: number;
}

/**
 * Converts YCbCr, as JPEGs hold it (JFIF, section 7), to RGB. If a chroma plane is smaller than the picture, its values are
 * interpolated and not repeated in blocks, as libjpeg does.
 *
 * @param data Y, Cb, Cr of each pixel, 0 … 255, the latter two repeated over the pixels that share them
 */
export function fromYcc(
  data: Uint8Array,
  width: number,
  height: number,
  planes: readonly [Subsampling, Subsampling],
): Pixels {
  const [blue, red] = planes.map((plane, i) => chroma(data, width, height, i + 1, plane)) as [
    Float32Array,
    Float32Array,
  ];
  const pixels = new Float32Array(width * height * 3);
  const limited = (value: number) => Math.min(255, Math.max(0, value)) / 255;
  for (let i = 0; i < width * height; i++) {
    const [y, cb, cr] = [data[i * 3]!, blue[i]! - 128, red[i]! - 128];
    pixels[i * 3] = limited(y + 1.402 * cr);
    pixels[i * 3 + 1] = limited(y - 0.344136 * cb - 0.714136 * cr);
    pixels[i * 3 + 2] = limited(y + 1.772 * cb);
  }
  return { pixels, shape: [height, width, 3] };
}

function chroma(
  data: Uint8Array,
  width: number,
  height: number,
  channel: number,
  { across, down }: Subsampling,
): Float32Array {
  const [columns, rows] = [Math.ceil(width / across), Math.ceil(height / down)];
  const plane = new Float32Array(columns * rows);
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      plane[y * columns + x] = data[(y * down * width + x * across) * 3 + channel]!;
    }
  }
  if (across === 1 && down === 1) return plane;
  const box = { top: 0, left: 0, height: height / down, width: width / across };
  return resample({ pixels: plane, shape: [rows, columns, 1] }, box, height, width).pixels;
}

/** The header of a JPEG. */
export interface JpegHeader {
  /** As stored, before the orientation is applied. */
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly orientation: ExifOrientation;
  /** Subsampling of the two chroma planes, if colors are stored as YCbCr. */
  readonly ycc?: readonly [Subsampling, Subsampling];
  /** Offset of the marker of Adobe's segment, which says how colors are stored. */
  readonly adobe?: number;
}

const hint = 'Save it again as a JPEG or PNG, or take it out of the folder.';
const [SOI, APP1, APP14, SOS, EOI] = [0xd8, 0xe1, 0xee, 0xda, 0xd9];
/** Markers of frames that are decoded: baseline, extended, progressive. The others are lossless, hierarchical or arithmetic. */
const known = [0xc0, 0xc1, 0xc2];
/** Markers from 0xc0 to 0xcf that begin no frame: Huffman tables, an extension, arithmetic conditions. */
const noFrames = [0xc4, 0xc8, 0xcc];

/** The error for a JPEG that cannot be decoded. */
export const damaged = (name: string, cause: unknown): DataError =>
  new DataError(`${name} is damaged: ${(cause as Error).message}`, { hint, cause });

/** True for bytes that begin as a JPEG does. */
export const isJpeg = (bytes: Uint8Array): boolean =>
  bytes[0] === 0xff && bytes[1] === SOI && bytes[2] === 0xff;

/**
 * Reads the segments of a JPEG up to its pixels: https://www.w3.org/Graphics/JPEG/itu-t81.pdf, annex B.
 *
 * @throws DataError naming the file when it is no JPEG, is cut short, of a kind that is not read, or too large
 */
export function jpegHeader(bytes: Uint8Array, name: string): JpegHeader {
  if (!isJpeg(bytes)) throw new DataError(`${name} is no JPEG`, { hint });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let orientation: ExifOrientation = 1;
  let adobe: number | undefined;
  let at = 2;
  while (at + 4 <= bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1]!;
    // Any number of 0xff may stand before a marker.
    if (marker === 0xff) {
      at++;
      continue;
    }
    const length = view.getUint16(at + 2);
    const end = at + 2 + length;
    if (marker === SOS || marker === EOI || length < 2 || end > bytes.length) break;
    if (marker === APP1) orientation = orientationIn(bytes.subarray(at + 4, end)) ?? orientation;
    if (marker === APP14 && isAdobe(bytes.subarray(at + 4, end))) adobe = at + 1;
    if (marker >= 0xc0 && marker <= 0xcf && !noFrames.includes(marker)) {
      if (!known.includes(marker) || length < 8 || view.getUint8(at + 4) !== 8) {
        throw new DataError(`${name} is a JPEG of a kind that is not read`, {
          hint: 'Save it as a baseline or progressive JPEG of 8 bits, or as a PNG.',
        });
      }
      const [height, width] = [view.getUint16(at + 5), view.getUint16(at + 7)];
      assertPixelCount(width, height, name);
      assertPlausible(width * height, bytes.length, name);
      const components = bytes.subarray(at + 10, end);
      const ycc = planesOf(components, adobe === undefined ? undefined : bytes[adobe + 14]);
      return {
        ...{ width, height, orientation },
        channels: view.getUint8(at + 9) === 1 ? 1 : 3,
        ...(ycc === undefined ? {} : { ycc }),
        ...(adobe === undefined ? {} : { adobe }),
      };
    }
    at = end;
  }
  throw new DataError(`${name} is damaged: it ends or breaks before its pixels`, { hint });
}

const isAdobe = (segment: Uint8Array) =>
  segment.length >= 12 && String.fromCharCode(...segment.subarray(0, 5)) === 'Adobe';

/**
 * Subsampling of the chroma planes in a frame of three components; `undefined` if Adobe's segment says that they are RGB
 * (`transform` 0), or if the planes do not divide the picture evenly.
 */
function planesOf(
  components: Uint8Array,
  transform: number | undefined,
): readonly [Subsampling, Subsampling] | undefined {
  if (components.length !== 9 || transform === 0) return undefined;
  const [y, ...chroma] = [1, 4, 7].map((at) => ({
    across: components[at]! >> 4,
    down: components[at]! & 15,
  }));
  const planes = chroma.map(({ across, down }) => ({
    across: y!.across / across,
    down: y!.down / down,
  }));
  const whole = (ratio: number) => Number.isInteger(ratio) && ratio >= 1;
  if (!planes.every(({ across, down }) => whole(across) && whole(down))) return undefined;
  return [planes[0]!, planes[1]!];
}

/** Each block of 64 pixels takes at least one bit, so a few bytes cannot hold a huge picture. */
function assertPlausible(pixels: number, bytes: number, name: string): void {
  if (bytes * 8 * 64 >= pixels) return;
  throw new DataError(`${name} is damaged: ${bytes} bytes cannot hold ${pixels} pixels`, { hint });
}

/** Memory limit of the decoder. The number of pixels is checked before. */
const MOST_MEGABYTES = 2048;
const APP13 = 0xed;

/**
 * Decodes a baseline or progressive JPEG and applies its EXIF orientation. Gray files have 1 channel and all others 3; color
 * profiles are ignored.
 *
 * @param name the file, for messages
 * @throws DataError naming the file when it is no JPEG, is damaged, or has more than 2²⁶ pixels
 */
export function decodeJpeg(bytes: Uint8Array, name: string): Pixels {
  const header = jpegHeader(bytes, name);
  try {
    return orient(unpacked(bytes, header), header.orientation);
  } catch (cause) {
    throw damaged(name, cause);
  }
}

function unpacked(bytes: Uint8Array, { width, height, channels, ycc, adobe }: JpegHeader): Pixels {
  let file = bytes;
  if (ycc !== undefined && adobe !== undefined) {
    // Without Adobe's segment, the decoder leaves the conversion to RGB to fromYcc.
    file = bytes.slice();
    file[adobe] = APP13;
  }
  const image = jpeg.decode(file, {
    ...{ useTArray: true, formatAsRGBA: false, tolerantDecoding: false },
    ...(ycc === undefined ? {} : { colorTransform: false }),
    maxMemoryUsageInMB: MOST_MEGABYTES,
  });
  if (image.width !== width || image.height !== height) throw new Error('it has two sizes');
  return ycc === undefined
    ? bytePixels(image.data, width, height, 3, channels)
    : fromYcc(image.data, width, height, ycc);
}

/** Converts 8-bit values to floats. Of the `stored` channels, the first `channels` are kept. */
export function bytePixels(
  data: Uint8Array,
  width: number,
  height: number,
  stored: number,
  channels: 1 | 3,
): Pixels {
  const pixels = new Float32Array(width * height * channels);
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < channels; c++) pixels[i * channels + c] = data[i * stored + c]! / 255;
  }
  return { pixels, shape: [height, width, channels] };
}
