import { promisify } from 'node:util';
import { crc32, inflateRaw } from 'node:zlib';
import type { Entry } from '@zip.js/zip.js';
import { DataError } from '../core/errors.js';

const inflate = promisify(inflateRaw);

/** Most bytes of a file when unpacked. */
const MOST_BYTES = 2 ** 31;
/** Most files in an archive. */
const MOST_FILES = 1000;

/** Methods of compression that NumPy uses. */
const [STORED, DEFLATED] = [0, 8];

/** An archive in memory. */
export interface Zip {
  readonly names: readonly string[];
  /** Unpacks one file. Throws a `DataError` naming it when it is damaged, encrypted or too large. */
  read(name: string): Promise<Uint8Array>;
}

/**
 * Opens a ZIP archive as NumPy writes it, stored or deflated, with or without ZIP64. zip.js reads the
 * directory and finds the data of a file. Node's zlib inflates and checks them: the streams of zip.js are slower, and copy.
 *
 * @param file its name, for messages
 * @param hint what to do about a damaged one
 * @throws DataError naming the file when it is no archive, its list of files is broken, or two files share a name
 */
export async function openZip(
  bytes: Uint8Array,
  file: string,
  hint = 'Save it again with numpy.savez.',
): Promise<Zip> {
  const { Uint8ArrayReader, ZipReader } = await import('@zip.js/zip.js');
  const refuse = (what: string, cause?: unknown) => new DataError(`${file} ${what}`, { hint, cause });
  const reader = new ZipReader(new Uint8ArrayReader(bytes), {
    checkLocalFilename: true,
    filenameValidation: 'tolerant',
  });
  const entries = new Map<string, Entry>();
  try {
    for await (const entry of reader.getEntriesGenerator()) {
      if (entries.has(entry.filename)) throw refuse(`holds several files named ${entry.filename}`);
      if (entries.size === MOST_FILES) throw refuse(`holds more than ${MOST_FILES} files`);
      entries.set(entry.filename, entry);
    }
  } catch (cause) {
    throw cause instanceof DataError ? cause : refuse('is no ZIP archive, or a damaged one', cause);
  }

  const packedData = async (entry: Entry) => {
    if (entry.directory) throw new Error('the entry is a folder');
    // Reads the header before the data and checks it against the directory; the data are not read.
    await entry.getData(new WritableStream(), { checkOverlappingEntryOnly: true });
    const start = entry.localDirectory!.dataOffset;
    return bytes.subarray(start, start + entry.compressedSize);
  };

  return {
    names: [...entries.keys()],
    async read(name) {
      const entry = entries.get(name);
      if (entry === undefined) throw refuse(`holds no ${name}`);
      const { uncompressedSize: size, compressionMethod: method } = entry;
      if (size > MOST_BYTES) throw refuse(`has ${size} bytes in ${name}, but up to ${MOST_BYTES} are read`);
      if (entry.encrypted) throw refuse(`holds ${name} encrypted, which is not read`);
      if (method !== STORED && method !== DEFLATED) {
        throw refuse(`holds ${name} compressed by method ${method}, not deflate`);
      }
      try {
        const packed = await packedData(entry);
        const content =
          method === STORED ? packed : await inflate(packed, { maxOutputLength: Math.max(1, size) });
        if (content.length !== size || crc32(content) !== entry.crc32)
          throw new Error('the size or CRC differs');
        return content;
      } catch (cause) {
        throw refuse(`is damaged at ${name}`, cause);
      }
    },
  };
}
