import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { crc32, inflateRaw } from 'node:zlib';
import type { Entry } from '@zip.js/zip.js';
import { DataError } from '../../core/errors.js';
import { assertPixelCount } from '../../data/decode/pixels.js';
import { type ArrayPart, arrayCatalog } from './arrayCatalog.js';
import { assertLabel, type Catalog, type CatalogOptions } from './catalog.js';
import { type SplitName, splitNames } from './splits.js';

const NPZ_HINT =
  'Save it with numpy.savez(file, images=…, labels=…), or with train_images, train_labels, test_images, test_labels.';

/** Names of a pair of arrays, before which or behind which a split may stand. */
const pairs: readonly (readonly [images: string, labels: string])[] = [
  ['images', 'labels'],
  ['x', 'y'],
];

/**
 * Opens a NumPy archive: an array of images `[n, h, w]` or `[n, h, w, c]` and one of labels `[n]` or `[n, 1]`,
 * numbers or texts. They are called `images` and `labels` or `x` and `y`; with splits, `train_images` or `x_train`, and so on for
 * `val` and `test`. The archive is held in memory.
 *
 * @throws DataError naming file and array when it is damaged, or holds no such pair
 */
export async function npzCatalog(
  file: string,
  _options: Pick<CatalogOptions, 'layout'> = {},
): Promise<Catalog> {
  const bytes = await readFile(file).catch((cause: Error) => {
    throw new DataError(`cannot read ${file}: ${cause.message}`, {
      hint: 'Name an archive of NumPy.',
      cause,
    });
  });
  const zip = await openZip(bytes, file);
  const parts: ArrayPart[] = [];
  for (const split of [undefined, ...splitNames]) {
    const part = await readPart(zip, file, split);
    if (part !== undefined) parts.push(part);
  }
  if (parts.length === 0) {
    const known = zip.names.slice(0, 20).join(', ');
    throw new DataError(`${file} holds no images with labels, but ${known || 'nothing'}`, { hint: NPZ_HINT });
  }
  if (parts[0]!.split === undefined && parts.length > 1) {
    throw new DataError(`${file} holds images both with and without a split`, { hint: NPZ_HINT });
  }
  if (parts[0]!.split !== undefined && parts[0]!.split !== 'train') {
    throw new DataError(`${file} holds no images of the split train`, { hint: NPZ_HINT });
  }
  return arrayCatalog(file, parts);
}

async function readPart(
  zip: Zip,
  file: string,
  split: SplitName | undefined,
): Promise<ArrayPart | undefined> {
  for (const pair of pairs) {
    const spellings =
      split === undefined
        ? [pair]
        : [pair.map((name) => `${split}_${name}`), pair.map((name) => `${name}_${split}`)];
    for (const [images, labels] of spellings) {
      if (!zip.names.includes(`${images}.npy`)) continue;
      const array = async (name: string) =>
        parseNpy(await zip.read(`${name}.npy`), `${file}, array ${name},`);
      const pixels = await array(images!);
      return {
        ...pixelsOf(pixels, `${file}, array ${images},`),
        labels: labelsOf(await array(labels!), pixels.shape[0]!, `${file}, array ${labels},`),
        ...(split === undefined ? {} : { split }),
      };
    }
  }
  return undefined;
}

function pixelsOf({ shape, values }: NpyArray, name: string): Pick<ArrayPart, 'shape' | 'values'> {
  const [count = 0, height = 0, width = 0, channels = 1] = shape;
  const usable = shape.length === 3 || (shape.length === 4 && (channels === 1 || channels === 3));
  if (!usable || count === 0 || !ArrayBuffer.isView(values)) {
    throw new DataError(`${name} is ${shape.join('×')}, but images are n×h×w, n×h×w×1 or n×h×w×3 numbers`, {
      hint: NPZ_HINT,
    });
  }
  assertPixelCount(width, height, name);
  return { shape: [height, width, channels], values };
}

function labelsOf({ shape, values }: NpyArray, count: number, name: string): string[] {
  if (values.length !== count || shape[0] !== count) {
    throw new DataError(`${name} is ${shape.join('×')}, but there are ${count} images`, { hint: NPZ_HINT });
  }
  const labels = Array.from(values, String);
  for (const [i, label] of labels.entries()) assertLabel(label, `${name} label ${i}`);
  return labels;
}

/** A NumPy array of numbers or texts. */
interface NpyArray {
  /** Length of each axis, outermost first. */
  readonly shape: readonly number[];
  /** Row by row. */
  readonly values: Uint8Array | Float32Array | Float64Array | readonly string[];
}

const NPY_HINT = 'Save it with numpy.save or numpy.savez: numbers or texts, not objects.';

/** Readers of one value, by NumPy's name of its type: kind and size in bytes. */
const readers: Readonly<Record<string, (view: DataView, at: number, little: boolean) => number>> = {
  b1: (view, at) => view.getUint8(at),
  u1: (view, at) => view.getUint8(at),
  i1: (view, at) => view.getInt8(at),
  u2: (view, at, little) => view.getUint16(at, little),
  i2: (view, at, little) => view.getInt16(at, little),
  u4: (view, at, little) => view.getUint32(at, little),
  i4: (view, at, little) => view.getInt32(at, little),
  u8: (view, at, little) => Number(view.getBigUint64(at, little)),
  i8: (view, at, little) => Number(view.getBigInt64(at, little)),
  f4: (view, at, little) => view.getFloat32(at, little),
  f8: (view, at, little) => view.getFloat64(at, little),
};

/**
 * Parses an array in the NPY format, versions 1 to 3: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html.
 * Arrays of Python objects are refused.
 *
 * @param name the array, for messages
 * @throws DataError naming it when it is no such array, has another type or Fortran order, or is truncated
 */
function parseNpy(bytes: Uint8Array, name: string): NpyArray {
  const refuse = (what: string) => new DataError(`${name} ${what}`, { hint: NPY_HINT });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = String.fromCharCode(...bytes.subarray(0, 6));
  if (bytes.length < 12 || magic !== '\x93NUMPY') throw refuse('is no array in the NPY format');
  const version = view.getUint8(6);
  if (version < 1 || version > 3)
    throw refuse(`is of version ${version} of the NPY format, which is not read`);
  const start = version === 1 ? 10 : 12;
  const end = start + (version === 1 ? view.getUint16(8, true) : view.getUint32(8, true));
  if (end > bytes.length) throw refuse('is cut short in its header');
  const header = new TextDecoder('latin1').decode(bytes.subarray(start, Math.min(end, start + 10_000)));
  const [, order, kind, size] = /'descr':\s*'([<>|=])([a-zA-Z])(\d+)'/.exec(header) ?? [];
  const fortran = /'fortran_order':\s*(True|False)/.exec(header)?.[1];
  const sides = /'shape':\s*\(([\d,\sL]*)\)/.exec(header)?.[1];
  if (kind === undefined || fortran === undefined || sides === undefined)
    throw refuse('has a header that is not read');
  const shape = (sides.match(/\d+/g) ?? []).map(Number);
  const count = shape.reduce((product, side) => product * side, 1);
  if (fortran === 'True' && shape.length > 1) throw refuse('is in Fortran’s order, which is not read');
  const width = kind === 'U' ? Number(size) * 4 : Number(size);
  const data = bytes.subarray(end);
  if (!Number.isSafeInteger(count * width) || data.length !== count * width) {
    throw refuse(
      `holds ${data.length} bytes of values, but ${shape.join('×')} of ${width} bytes are announced`,
    );
  }
  const little = order !== '>';
  const values = new DataView(data.buffer, data.byteOffset, data.byteLength);
  if (kind === 'U') {
    return {
      shape,
      values: Array.from({ length: count }, (_, i) => textAt(values, i * width, width, little)),
    };
  }
  const reader = readers[`${kind}${size}`];
  if (reader === undefined) throw refuse(`holds values of the type ${kind}${size}, which is not read`);
  if (kind === 'u' && width === 1) return { shape, values: data };
  const numbers = kind === 'f' && width === 4 ? new Float32Array(count) : new Float64Array(count);
  for (let i = 0; i < count; i++) numbers[i] = reader(values, i * width, little);
  return { shape, values: numbers };
}

/** A NumPy text: four bytes a character, padded with zeros. */
function textAt(view: DataView, at: number, width: number, little: boolean): string {
  let text = '';
  for (let i = 0; i < width; i += 4) {
    const point = view.getUint32(at + i, little);
    if (point === 0 || point > 0x10ffff) break;
    text += String.fromCodePoint(point);
  }
  return text;
}

const inflate = promisify(inflateRaw);

/** Most bytes of a file when unpacked. */
const MOST_BYTES = 2 ** 31;
/** Most files in an archive. */
const MOST_FILES = 1000;

/** Methods of compression that NumPy uses. */
const [STORED, DEFLATED] = [0, 8];

/** An archive in memory. */
interface Zip {
  readonly names: readonly string[];
  /** Unpacks one file. Throws a `DataError` naming it when it is damaged, encrypted or too large. */
  read(name: string): Promise<Uint8Array>;
}

/**
 * Opens a ZIP archive as NumPy writes it, stored or deflated, with or without ZIP64. zip.js reads the
 * directory and finds the data of a file. Node's zlib inflates and checks them: the streams of zip.js are slower, and copy.
 *
 * @param file its name, for messages
 * @throws DataError naming the file when it is no archive, its list of files is broken, or two files share a name
 */
async function openZip(bytes: Uint8Array, file: string): Promise<Zip> {
  const { Uint8ArrayReader, ZipReader } = await import('@zip.js/zip.js');
  const refuse = (what: string, cause?: unknown) =>
    new DataError(`${file} ${what}`, { hint: 'Save it again with numpy.savez.', cause });
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
