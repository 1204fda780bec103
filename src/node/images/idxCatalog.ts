import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { DataError } from '../../core/errors.js';
import type { ImageReader } from '../../data/arrayImages.js';
import { assertPixelCount } from '../../data/decode/pixels.js';
import { parseIdx } from '../../data/idx.js';
import { type ArrayPart, arrayCatalog } from './arrayCatalog.js';
import type { Catalog } from './catalog.js';
import type { SplitName } from './splits.js';

const unzip = promisify(gunzip);
/** Most bytes of a file when unpacked. */
const MOST_BYTES = 2 ** 31;

/** Name of a file of images. */
const imagesFile = /images[-.]idx[34]-ubyte(\.gz)?$/i;
const splits: readonly (readonly [RegExp, SplitName])[] = [
  [/^train\b/i, 'train'],
  [/^(val|valid|validation)\b/i, 'val'],
  [/^(test|t10k)\b/i, 'test'],
];

/** True for the name of a file of images in the IDX format, `train-images-idx3-ubyte` or one like it. */
export const isIdxImages = (name: string): boolean => imagesFile.test(name);

/**
 * Opens files in the IDX format, as MNIST and its relatives are published: each file of images has one of labels beside
 * it, whose name has `labels` and `idx1` instead of `images` and `idx3` (gray) or `idx4` (with channels). Files may end
 * in `.gz`. Names that begin with `train`, `val`, `test` or `t10k` are splits. All is held in memory.
 *
 * @param files files of images in one folder
 * @throws DataError naming the file that is missing or broken, or does not fit the file beside it
 */
export async function idxCatalog(root: string, files: readonly string[]): Promise<Catalog> {
  const parts = await Promise.all(files.map(readPart));
  const found = parts.map(({ split }) => split);
  if (
    parts.length > 1 &&
    (found.includes(undefined) || new Set(found).size < found.length || !found.includes('train'))
  ) {
    throw new DataError(
      `${root} holds several files of images, but not one for each of train, val and test`,
      { hint: 'Name one file, or call them train-images-idx3-ubyte and t10k-images-idx3-ubyte.' },
    );
  }
  if (parts.length === 1) return arrayCatalog(root, parts.map(withoutSplit));
  const order = ['train', 'val', 'test'];
  return arrayCatalog(
    root,
    parts.sort((a, b) => order.indexOf(a.split!) - order.indexOf(b.split!)),
  );
}

/** A single file is not split, whatever its name. */
const withoutSplit = ({ split: _, ...part }: ArrayPart): ArrayPart => part;

async function readPart(file: string): Promise<ArrayPart> {
  const name = basename(file);
  const split = splits.find(([pattern]) => pattern.test(name))?.[1];
  const labelsFile = join(dirname(file), name.replace(/images([-.])idx[34]/i, 'labels$1idx1'));
  const axes = /idx4/i.test(name) ? 4 : 3;
  const images = parseIdx(await readUnpacked(file), file, axes);
  const labels = parseIdx(await readUnpacked(labelsFile), labelsFile, 1);
  const [count = 0, height = 0, width = 0, channels = 1] = images.dimensions;
  assertPixelCount(width, height, file);
  if (count === 0 || (channels !== 1 && channels !== 3)) {
    throw new DataError(`${file} holds ${images.dimensions.join('×')} values`, {
      hint: 'Images have 1 or 3 channels, and there must be some.',
    });
  }
  if (labels.dimensions[0] !== count) {
    throw new DataError(`${labelsFile} holds ${labels.dimensions[0]} labels, but ${file} ${count} images`, {
      hint: 'Check that the files belong together.',
    });
  }
  return {
    shape: [height, width, channels],
    ...byteReader(images.values, height * width * channels),
    labels: Array.from(labels.values, String),
    ...(split === undefined ? {} : { split }),
  };
}

/** Reads images of `size` bytes, one after another. */
function byteReader(values: Uint8Array, size: number): ImageReader {
  const bytesOf = (index: number) => values.subarray(index * size, (index + 1) * size);
  return { bytesOf, valuesOf: (index) => ({ values: bytesOf(index), most: 255 }) };
}

async function readUnpacked(file: string): Promise<Uint8Array> {
  try {
    const bytes = await readFile(file);
    return file.endsWith('.gz') ? await unzip(bytes, { maxOutputLength: MOST_BYTES }) : bytes;
  } catch (cause) {
    throw new DataError(`cannot read ${file}: ${(cause as Error).message}`, {
      hint: 'Images and labels lie side by side: …images-idx3-ubyte and …labels-idx1-ubyte.',
      cause,
    });
  }
}
