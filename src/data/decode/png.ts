import { convertIndexedToRgb, type DecodedPng, decode, encode } from 'fast-png';
import { DataError } from '../../core/errors.js';
import { formatShape, type ImageShape, sizeOf } from '../../core/image.js';
import { assertPixelCount, type ExifOrientation, orient, orientationInTiff, type Pixels } from './pixels.js';

const [EXIF, END] = [0x65584966, 0x49454e44];
const SIGNATURE = 8;
/** Bytes of a chunk before its data (length and type) and behind them (checksum). */
const [HEAD, TAIL] = [8, 4];

/** The orientation in a PNG's chunk `eXIf`; 1 without one: https://www.w3.org/TR/png-3/#eXIf. */
export function pngOrientation(bytes: Uint8Array): ExifOrientation {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = SIGNATURE; at + HEAD + TAIL <= bytes.length; ) {
    const [length, type] = [view.getUint32(at), view.getUint32(at + 4)];
    const end = at + HEAD + length;
    if (type === END || end + TAIL > bytes.length) return 1;
    if (type === EXIF) return orientationInTiff(bytes.subarray(at + HEAD, end)) ?? 1;
    at = end + TAIL;
  }
  return 1;
}

const INDEXED = 3;
const hint = 'Save it again as a PNG, or take it out of the folder.';

/**
 * Decodes a PNG of 1, 2, 4, 8 or 16 bits a value. Gray images have 1 channel and all others 3; palettes become colors.
 * Values are divided by the largest that their depth can hold; gamma and color profiles are ignored. The orientation in a
 * chunk `eXIf` is applied.
 *
 * **Alpha:** the picture is laid over black, so each value is multiplied by its alpha. A transparent pixel is 0, whatever
 * color a drawing program left there.
 *
 * @param name the file, for messages
 * @throws DataError naming the file when it is no PNG, is damaged, or has more than 2²⁶ pixels
 */
export function decodePng(bytes: Uint8Array, name: string): Pixels {
  const { colorType, depth, interlaced } = pngHeader(bytes, name);
  if (interlaced && depth < 8) {
    throw new DataError(`${name} is interlaced and has ${depth} bits a value, which is not supported`, {
      hint: 'Save it without interlacing.',
    });
  }
  let png: DecodedPng;
  try {
    png = decode(bytes, { checkCrc: true });
    if (colorType === INDEXED) png = withoutPalette(png);
  } catch (cause) {
    throw new DataError(`${name} is damaged: ${(cause as Error).message}`, { hint, cause });
  }
  return orient(overBlack(unpacked(png), png), pngOrientation(bytes));
}

/** Encodes values in [0, 1] as a PNG of 8 bits a value. Channels: 1, 2 (with alpha), 3 or 4. */
export function encodePng(pixels: Float32Array, shape: ImageShape): Uint8Array {
  const [height, width, channels] = shape;
  if (channels > 4 || pixels.length !== sizeOf(shape)) {
    throw new DataError(`${pixels.length} values of ${formatShape(shape)} cannot be drawn as a PNG`, {
      hint: 'Use 1 or 3 channels, and as many values as the shape needs.',
    });
  }
  const data = Uint8Array.from(pixels, (value) => Math.round(255 * Math.min(1, Math.max(0, value))));
  return encode({ width, height, channels, depth: 8, data });
}

/**
 * Reads the header of a PNG, which is its first chunk: https://www.w3.org/TR/png-3/#11IHDR.
 *
 * @throws DataError naming the file when it is no PNG or has too many pixels
 */
export function pngHeader(bytes: Uint8Array, name: string) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [signature, chunk] = [0x89504e47, 0x49484452];
  if (bytes.length < 29 || view.getUint32(0) !== signature || view.getUint32(12) !== chunk) {
    throw new DataError(`${name} is no PNG${bytes.length === 0 ? ': it is empty' : ''}`, { hint });
  }
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  assertPixelCount(width, height, name);
  return { width, height, depth: bytes[24]!, colorType: bytes[25]!, interlaced: bytes[28] !== 0 };
}

/** Replaces the indices into a palette by its colors. */
function withoutPalette(png: DecodedPng): DecodedPng {
  const { palette, ...rest } = png;
  return { ...rest, data: convertIndexedToRgb(png), depth: 8, channels: palette![0]!.length };
}

/** One element a value: below 8 bits, several values share a byte, and each row begins a new one. */
function unpacked({ data, width, height, depth }: DecodedPng): DecodedPng['data'] {
  if (depth >= 8) return data;
  const rowBytes = Math.ceil((width * depth) / 8);
  const values = new Uint8Array(width * height);
  for (let i = 0; i < values.length; i++) {
    const bit = (i % width) * depth;
    const byte = data[Math.floor(i / width) * rowBytes + (bit >> 3)]!;
    values[i] = (byte >> (8 - depth - (bit & 7))) & (2 ** depth - 1);
  }
  return values;
}

/** Values in [0, 1] without alpha, over black. `transparency` is a color that is transparent everywhere. */
function overBlack(
  values: DecodedPng['data'],
  { width, height, depth, channels, transparency }: DecodedPng,
): Pixels {
  const colors = channels < 3 ? 1 : 3;
  const most = 2 ** depth - 1;
  const pixels = new Float32Array(width * height * colors);
  const clear = transparency?.length === colors ? transparency : undefined;
  for (let i = 0; i < width * height; i++) {
    const at = i * channels;
    let alpha = channels > colors ? values[at + colors]! / most : 1;
    if (clear?.every((value, c) => value === values[at + c])) alpha = 0;
    for (let c = 0; c < colors; c++) pixels[i * colors + c] = (values[at + c]! / most) * alpha;
  }
  return { pixels, shape: [height, width, colors] };
}
