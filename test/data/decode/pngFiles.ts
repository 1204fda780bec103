import { crc32, deflateSync } from 'node:zlib';

export interface PngHeader {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  /** 0 gray, 2 RGB, 3 palette, 4 gray with alpha, 6 RGBA. */
  readonly colorType: number;
  readonly interlace?: number;
}

/** One chunk of a PNG: https://www.w3.org/TR/png-3/#5Chunk-layout. */
export function chunk(type: string, data: ArrayLike<number>): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), Uint8Array.from(data)]);
  return Buffer.concat([word(data.length), body, word(crc32(body))]);
}

/** A PNG by the book of its format, from rows of packed bytes. `before` goes between its header and its data. */
export function pngOf(
  { width, height, depth, colorType, interlace = 0 }: PngHeader,
  rows: readonly (readonly number[])[],
  ...before: readonly Buffer[]
): Uint8Array {
  const header = [...word(width), ...word(height), depth, colorType, 0, 0, interlace];
  const data = deflateSync(Uint8Array.from(rows.flatMap((row) => [0, ...row])));
  const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
  const chunks = [chunk('IHDR', header), ...before, chunk('IDAT', data), chunk('IEND', [])];
  return Uint8Array.from(Buffer.concat([signature, ...chunks]));
}

function word(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
}
