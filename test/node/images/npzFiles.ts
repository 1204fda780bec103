import { crc32, deflateRawSync } from 'node:zlib';

/** An array in the NPY format, version 1. `descr` such as `|u1` or `<U3`. */
export function npyOf(
  descr: string,
  shape: readonly number[],
  data: Uint8Array,
  fortran = 'False',
): Uint8Array {
  const sides = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const text = `{'descr': '${descr}', 'fortran_order': ${fortran}, 'shape': (${sides}), }`;
  const header = Buffer.from(`${text.padEnd(117)}\n`, 'latin1');
  const length = Buffer.alloc(2);
  length.writeUInt16LE(header.length);
  return Buffer.concat([Buffer.from('\x93NUMPY\x01\x00', 'latin1'), length, header, data]);
}

export const float32 = (...values: number[]) => new Uint8Array(Float32Array.from(values).buffer);
export const int64 = (...values: number[]) => new Uint8Array(BigInt64Array.from(values, BigInt).buffer);

/** Texts as NumPy holds them, four bytes a character. */
export function texts(width: number, ...values: string[]): Uint8Array {
  const points = values.flatMap((text) =>
    Array.from({ length: width }, (_, i) => [...text][i]?.codePointAt(0) ?? 0),
  );
  return new Uint8Array(Uint32Array.from(points).buffer);
}

/** A ZIP archive by the book of its format: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT. */
export function zipOf(files: Readonly<Record<string, Uint8Array>>, packed = true): Uint8Array {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(files)) {
    const data = packed ? deflateRawSync(content) : Buffer.from(content);
    const shared = Buffer.alloc(26);
    shared.writeUInt16LE(20, 0);
    shared.writeUInt16LE(packed ? 8 : 0, 4);
    shared.writeUInt32LE(crc32(content), 10);
    shared.writeUInt32LE(data.length, 14);
    shared.writeUInt32LE(content.length, 18);
    shared.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), shared, Buffer.from(name), data]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    directory.push(
      Buffer.concat([Buffer.from('PK\x01\x02\x14\x00', 'latin1'), shared, rest, Buffer.from(name)]),
    );
    parts.push(local);
    offset += local.length;
  }
  const list = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(directory.length, 4);
  end.writeUInt16LE(directory.length, 6);
  end.writeUInt32LE(list.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...parts, list, Buffer.from('PK\x05\x06', 'latin1'), end]);
}

/** An archive by NumPy and Python, with all sizes and the directory in ZIP64: images 1 and 2 of one pixel, labels 0 and 1. */
export const zip64: Uint8Array = Buffer.from(
  [
    'UEsDBC0AAAAIAAAAIQAsaAOc//////////8KABQAaW1hZ2VzLm5weQEAEACCAAAAAAAAAEoAAAAAAAAAm+wX6hsQychQxlCtnpJa',
    'nFykbqWgXlNqqK6joJ6WX1RSlJgXn1+UkgoSd0vMKU4FihdnJBakAvkaRjoKhkCkqaNQq0Ae4GJkAgBQSwMELQAAAAgAAAAhAJli',
    'd9///////////woAFABsYWJlbHMubnB5AQAQAIIAAAAAAAAARgAAAAAAAACb7BfqGxDJyFDGUK2eklqcXKRupaBeU2qorqOgnpZf',
    'VFKUmBefX5SSChJ3S8wpTgWKF2ckFqQC+RpGOpo6CrUKFAAuBkYAUEsBAi0DLQAAAAgAAAAhACxoA5z//////////woAFAAAAAAA',
    'AAAAAIABAAAAAGltYWdlcy5ucHkBABAAggAAAAAAAABKAAAAAAAAAFBLAQItAy0AAAAIAAAAIQCZYnff//////////8KABwAAAAA',
    'AAAAAACAAf////9sYWJlbHMubnB5AQAYAIIAAAAAAAAARgAAAAAAAACGAAAAAAAAAFBLBgYsAAAAAAAAAC0ALQAAAAAAAAAAAAIA',
    'AAAAAAAAAgAAAAAAAACgAAAAAAAAAAgBAAAAAAAAUEsGBwAAAACoAQAAAAAAAAEAAABQSwUGAAAAAP///////////////wAA',
  ].join(''),
  'base64',
);
