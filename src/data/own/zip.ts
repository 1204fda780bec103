import { promisify } from 'node:util';
import { crc32, inflateRaw } from 'node:zlib';
import { DataError } from '../../core/index.js';

const inflate = promisify(inflateRaw);

/** Most bytes of a file once it is unpacked. */
const MOST_BYTES = 2 ** 31;
/** Most files of an archive. */
const MOST_FILES = 1000;

const [END, CENTRAL, LOCAL, END_64, EXTRA_64] = [0x06054b50, 0x02014b50, 0x04034b50, 0x06064b50, 1];
const FULL = 0xffffffff;

/** A file of an archive, still packed. */
interface ZipEntry {
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  readonly offset: number;
}

/** An archive: the names in it, and the bytes of each. Nothing is written to a disk. */
export interface Zip {
  readonly names: readonly string[];
  /** Unpacks one file. Throws a `DataError` naming it when it is damaged or too large. */
  read(name: string): Promise<Uint8Array>;
}

/**
 * Opens a ZIP archive as NumPy writes it, stored or deflated, with or without ZIP64.
 *
 * @param file its name, for messages
 * @throws DataError naming the file when it is no archive or its list of files is broken
 */
export function openZip(bytes: Uint8Array, file: string): Zip {
  const refuse = (what: string, cause?: unknown) =>
    new DataError(`${file} ${what}`, { hint: 'Save it again with numpy.savez.', cause });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries = new Map<string, ZipEntry>();
  try {
    let { count, at } = directoryOf(view);
    if (count > MOST_FILES) throw refuse(`holds ${count} files, but up to ${MOST_FILES} are read`);
    for (; count > 0; count--) {
      if (view.getUint32(at, true) !== CENTRAL) throw new RangeError('no entry');
      const [name, extra, comment] = [28, 30, 32].map((field) => view.getUint16(at + field, true));
      const wide = wideSizes(view, at + 46 + name!, extra!);
      const sized = (field: number) => {
        const value = view.getUint32(at + field, true);
        return value === FULL ? wide() : value;
      };
      // ZIP64 lists those that are too large for their field in this order.
      const [size, packed, offset] = [sized(24), sized(20), sized(42)];
      const known = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + name!));
      const [method, crc] = [view.getUint16(at + 10, true), view.getUint32(at + 16, true)];
      entries.set(known, { method, crc, packed, size, offset });
      at += 46 + name! + extra! + comment!;
    }
  } catch (cause) {
    throw cause instanceof RangeError ? refuse('is no ZIP archive, or a damaged one', cause) : cause;
  }

  return {
    names: [...entries.keys()],
    async read(name) {
      const entry = entries.get(name);
      if (entry === undefined) throw refuse(`holds no ${name}`);
      const { method, crc, packed, size, offset } = entry;
      if (size > MOST_BYTES) throw refuse(`has ${size} bytes in ${name}, but up to ${MOST_BYTES} are read`);
      const inside = offset + 30 <= bytes.length && view.getUint32(offset, true) === LOCAL;
      const start = inside
        ? offset + 30 + view.getUint16(offset + 26, true) + view.getUint16(offset + 28, true)
        : bytes.length;
      const data = bytes.subarray(start, start + packed);
      let content: Uint8Array | undefined;
      if (inside && method === 0) content = data;
      if (inside && method === 8) {
        content = await inflate(data, { maxOutputLength: Math.max(1, size) }).catch(() => undefined);
      }
      if (content?.length !== size || crc32(content) !== crc) throw refuse(`is damaged at ${name}`);
      return content;
    },
  };
}

/** Where the list of files begins and how long it is: from the record at the end, which a comment may follow. */
function directoryOf(view: DataView): { count: number; at: number } {
  const last = view.byteLength - 22;
  for (let at = last; at >= Math.max(0, last - 0xffff); at--) {
    if (view.getUint32(at, true) !== END) continue;
    const [count, offset] = [view.getUint16(at + 10, true), view.getUint32(at + 16, true)];
    if (offset !== FULL && count !== 0xffff) return { count, at: offset };
    const record = Number(view.getBigUint64(at - 20 + 8, true));
    if (view.getUint32(record, true) !== END_64) break;
    return {
      count: Number(view.getBigUint64(record + 32, true)),
      at: Number(view.getBigUint64(record + 48, true)),
    };
  }
  throw new RangeError('no end');
}

/** Reads the sizes of ZIP64 from an entry's extra fields one after another. */
function wideSizes(view: DataView, start: number, length: number): () => number {
  let next = start;
  const end = start + length;
  while (next + 4 <= end && view.getUint16(next, true) !== EXTRA_64)
    next += 4 + view.getUint16(next + 2, true);
  next += 4;
  return () => {
    const value = Number(view.getBigUint64(next, true));
    next += 8;
    return value;
  };
}
