import { encode } from 'fast-png';
import { inflateSync } from 'fflate';
import { firstNonFinite } from '../../core/checks.js';
import { DataError } from '../../core/errors.js';
import { badPixel, checkShape, formatShape, type ImageShape, sizeOf } from '../../core/image.js';
import { checkFloats } from '../../core/kindChecks.js';
import {
  assertPixelCount,
  checkFile,
  type ExifOrientation,
  orient,
  orientationInTiff,
  type Pixels,
} from './pixels.js';
import { type DecodeOptions, laidOver, type StoredValues } from './transparency.js';

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

const hint = 'Save it again as a PNG, or take it out of the folder.';

/**
 * Decodes a PNG of 1, 2, 4, 8 or 16 bits a value. Gray images have 1 channel and all others 3; palettes become colors.
 * Values are divided by the largest that their depth can hold; gamma and color profiles are ignored. The orientation in a
 * chunk `eXIf` is applied. Damage that costs no pixel is tolerated, as libpng does; the note says so.
 *
 * **Alpha:** the picture is laid over black, or another background. A transparent pixel has its color, whatever a drawing
 * program left there.
 *
 * @param name the file, for messages
 * @throws DataError naming the file when it is no PNG, is damaged, or has more than 2²⁶ pixels
 */
export function decodePng(bytes: Uint8Array, name: string, options?: DecodeOptions): Pixels {
  checkFile(bytes, name, 'decodePng');
  const header = pngHeader(bytes, name);
  const orientation = pngOrientation(bytes);
  let found: ReturnType<typeof storedValues>;
  try {
    found = storedValues(bytes, header);
  } catch (cause) {
    throw new DataError(`${name} is damaged: ${(cause as Error).message}`, { hint, cause });
  }
  const image = orient(laidOver(found.stored, options), orientation);
  return found.note === undefined ? image : { ...image, note: found.note };
}

/** Encodes values in [0, 1] as a PNG of 8 bits a value. Channels: 1, 2 (with alpha), 3 or 4. */
export function encodePng(pixels: Float32Array, shape: ImageShape): Uint8Array {
  checkFloats('pixels', pixels, 'encodePng');
  checkShape('shape', shape, 'encodePng');
  const bad = firstNonFinite(pixels);
  if (bad >= 0) throw badPixel('the image', pixels, bad);
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
  return {
    ...{ width, height, depth: bytes[24]!, colorType: bytes[25]! },
    ...{ compression: bytes[26]!, filter: bytes[27]!, interlace: bytes[28]! },
  };
}

interface Chunks {
  readonly palette?: Uint8Array;
  readonly transparency?: Uint8Array;
  readonly data: Uint8Array;
  /** False if a sum of the data is wrong. */
  readonly sound: boolean;
  readonly note?: string;
}

/** Gathers the chunks that pixels depend on. Of others nothing is read, so that what is in them does not matter. */
function chunksOf(bytes: Uint8Array): Chunks {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const data: Uint8Array[] = [];
  let palette: Uint8Array | undefined;
  let transparency: Uint8Array | undefined;
  let note: string | undefined;
  let sound = true;
  for (let at = SIGNATURE; ; ) {
    if (at + HEAD > bytes.length) throw new Error('it ends early');
    const [length, type] = [view.getUint32(at), String.fromCharCode(...bytes.subarray(at + 4, at + HEAD))];
    if (type === 'IEND') break;
    const end = at + HEAD + length;
    if (end + TAIL > bytes.length) throw new Error('it ends early');
    const content = bytes.subarray(at + HEAD, end);
    const right = crc32(bytes.subarray(at + 4, end)) === view.getUint32(end);
    // Small first letters are of chunks that a reader may pass over.
    const needed = (type.charCodeAt(0) & 0x20) === 0;
    if (!right) {
      if (needed && type !== 'IDAT') throw new Error(`CRC mismatch for chunk ${type}`);
      note = `has a wrong checksum in its chunk ${type}`;
    }
    if (type === 'PLTE') palette = content;
    else if (type === 'tRNS' && right) transparency = content;
    else if (type === 'IDAT') {
      data.push(content);
      sound &&= right;
    } else if (type === 'IHDR' && at !== SIGNATURE) throw new Error('it has two headers');
    at = end + TAIL;
  }
  return {
    ...{ data: joined(data), sound },
    ...(palette === undefined ? {} : { palette }),
    ...(transparency === undefined ? {} : { transparency }),
    ...(note === undefined ? {} : { note }),
  };
}

const [INDEXED, RGB] = [3, 2];
/** Values of a pixel by color type: gray, RGB, palette, gray with alpha, RGBA. */
const channelsOf: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
const depths = [1, 2, 4, 8, 16];

/** Passes of an interlaced picture (Adam7): first column and row, columns and rows from one pixel to the next. */
const adam7 = [
  ...[[0, 0, 8, 8] as const, [4, 0, 8, 8] as const, [0, 4, 4, 8] as const, [2, 0, 4, 4] as const],
  ...[[0, 2, 2, 4] as const, [1, 0, 2, 2] as const, [0, 1, 1, 2] as const],
];

function storedValues(
  bytes: Uint8Array,
  { width, height, depth, colorType, compression, filter, interlace }: ReturnType<typeof pngHeader>,
): { readonly stored: StoredValues; readonly note?: string } {
  const channels = channelsOf[colorType];
  if (channels === undefined) throw new Error(`Unknown color type: ${colorType}`);
  if (!depths.includes(depth) || (depth < 8 && channels > 1) || (depth === 16 && colorType === INDEXED)) {
    throw new Error(`invalid bit depth: ${depth}`);
  }
  if (compression !== 0 || filter !== 0 || interlace > 1) throw new Error('it is of an unknown kind');
  const { data, sound, palette, transparency, note } = chunksOf(bytes);
  const passes = (interlace === 1 ? adam7 : [[0, 0, 1, 1] as const]).map(([left, top, right, down]) => ({
    ...{ left, top, right, down },
    columns: Math.ceil((width - left) / right),
    rows: Math.ceil((height - top) / down),
  }));
  const lineBytes = (columns: number) => Math.ceil((columns * channels * depth) / 8);
  const present = passes.filter(({ columns, rows }) => columns > 0 && rows > 0);
  const size = present.reduce((sum, { columns, rows }) => sum + rows * (1 + lineBytes(columns)), 0);
  const lines = inflated(data, size, sound);
  const values = new (depth === 16 ? Uint16Array : Uint8Array)(width * height * channels);
  const near = Math.max(1, (depth * channels) >> 3);
  let at = 0;
  for (const { left, top, right, down, columns, rows } of present) {
    const length = lineBytes(columns);
    let above: Uint8Array = new Uint8Array(length);
    for (let row = 0; row < rows; row++) {
      const line = lines.subarray(at + 1, at + 1 + length);
      unfilter(lines[at]!, line, above, near);
      const first = ((top + row * down) * width + left) * channels;
      spread(line, depth, columns, channels, values, first, right * channels);
      above = line;
      at += 1 + length;
    }
  }
  const shades = { values, width, height, channels, most: 2 ** depth - 1 };
  const stored =
    colorType === INDEXED
      ? { ...shades, most: 255, ...looked(values, palette, transparency) }
      : { ...shades, clear: colorType <= RGB ? clearColor(transparency, channels, depth) : undefined };
  return note === undefined ? { stored } : { stored, note };
}

/** Unpacks `size` bytes: zlib's format, RFC 1950. If chunks' sums are wrong, the data's own has to be right. */
function inflated(data: Uint8Array, size: number, sound: boolean): Uint8Array {
  if ((data[0]! & 15) !== 8 || (data[1]! & 32) !== 0)
    throw new Error('its data are packed in an unknown way');
  let lines: Uint8Array;
  try {
    lines = inflateSync(data.subarray(2), { out: new Uint8Array(size) });
  } catch (cause) {
    throw new Error('Error while decompressing the data', { cause });
  }
  if (lines.length < size) throw new Error('it lacks a part of its data');
  if (!sound && !sumFollows(data, adler32(lines))) throw new Error('CRC mismatch for chunk IDAT');
  return lines;
}

/** True if data end with a sum. */
function sumFollows(data: Uint8Array, sum: number): boolean {
  const end = data.subarray(-4);
  return end.length === 4 && new DataView(end.buffer, end.byteOffset).getUint32(0) === sum;
}

/** Undoes a line's filter in place: https://www.w3.org/TR/png-3/#9Filters. `near` is the distance of a byte to that of the pixel before. */
function unfilter(kind: number, line: Uint8Array, above: Uint8Array, near: number): void {
  if (kind > 4) throw new Error(`Unsupported filter: ${kind}`);
  if (kind === 0) return;
  for (let i = 0; i < line.length; i++) {
    const before = i < near ? 0 : line[i - near]!;
    const up = above[i]!;
    if (kind === 1) line[i]! += before;
    else if (kind === 2) line[i]! += up;
    else if (kind === 3) line[i]! += (before + up) >> 1;
    else {
      const corner = i < near ? 0 : above[i - near]!;
      const [toBefore, toUp] = [Math.abs(up - corner), Math.abs(before - corner)];
      const toCorner = Math.abs(before + up - 2 * corner);
      line[i]! += toBefore <= toUp && toBefore <= toCorner ? before : toUp <= toCorner ? up : corner;
    }
  }
}

/** Puts the values of a line where they belong: pixel after pixel, `step` values apart. */
function spread(
  line: Uint8Array,
  depth: number,
  columns: number,
  channels: number,
  values: Uint8Array | Uint16Array,
  first: number,
  step: number,
): void {
  for (let column = 0; column < columns; column++) {
    for (let c = 0; c < channels; c++) {
      const i = column * channels + c;
      const to = first + column * step + c;
      if (depth === 8) values[to] = line[i]!;
      else if (depth === 16) values[to] = (line[2 * i]! << 8) | line[2 * i + 1]!;
      else values[to] = (line[(i * depth) >> 3]! >> (8 - depth - ((i * depth) & 7))) & (2 ** depth - 1);
    }
  }
}

/** Colors of a palette for its indices. */
function looked(
  indices: Uint8Array | Uint16Array,
  palette: Uint8Array | undefined,
  transparency: Uint8Array | undefined,
): Pick<StoredValues, 'values' | 'channels'> {
  if (palette === undefined || palette.length % 3 !== 0) throw new Error('it has no palette');
  const channels = transparency === undefined ? 3 : 4;
  const values = new Uint8Array(indices.length * channels);
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i]!;
    if (3 * index >= palette.length) throw new Error('Incorrect index of palette color');
    for (let c = 0; c < 3; c++) values[i * channels + c] = palette[3 * index + c]!;
    if (channels === 4) values[i * channels + 3] = transparency![index] ?? 255;
  }
  return { values, channels };
}

/** The shade or color that is transparent everywhere, if the chunk is whole. */
function clearColor(transparency: Uint8Array | undefined, channels: number, depth: number) {
  if (transparency?.length !== 2 * channels) return undefined;
  return Array.from(
    { length: channels },
    (_, c) => ((transparency[2 * c]! << 8) | transparency[2 * c + 1]!) & (2 ** depth - 1),
  );
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0]!;
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

const crcTable = Uint32Array.from({ length: 256 }, (_, value) => {
  let sum = value;
  for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? 0xedb88320 ^ (sum >>> 1) : sum >>> 1;
  return sum;
});

function crc32(bytes: Uint8Array): number {
  let sum = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) sum = crcTable[(sum ^ bytes[i]!) & 255]! ^ (sum >>> 8);
  return (sum ^ 0xffffffff) >>> 0;
}

function adler32(bytes: Uint8Array): number {
  let [a, b] = [1, 0];
  for (let i = 0; i < bytes.length; i++) {
    a = (a + bytes[i]!) % 65521;
    b = (b + a) % 65521;
  }
  return ((b << 16) | a) >>> 0;
}
