import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { DataError, type Label } from '../core/index.js';
import { type IdxArray, parseIdx } from './idx.js';
import { byteSource, type ImageSource } from './imageSource.js';

/** One split of a published set: how many images, and what its two files are. */
export interface IdxSplit {
  readonly count: number;
  /** SHA-256 of the unpacked file of images. */
  readonly images: string;
  /** SHA-256 of the unpacked file of labels. */
  readonly labels: string;
}

/** A data set that is published as MNIST is: 28×28 gray images in four IDX files. */
export interface IdxSet {
  /** Its name, for messages. */
  readonly name: string;
  /** The class of each label in the files, from 0 on. */
  readonly classes: readonly Label[];
  readonly train: IdxSplit;
  readonly test: IdxSplit;
  /** Where its files are to be had, for messages. */
  readonly source: string;
}

const stems = { train: 'train', test: 't10k' } as const;
const inflate = promisify(gunzip);

/**
 * Reads the four files of a set, unpacked or as `.gz`, from one folder.
 *
 * @throws DataError naming the file when one is missing, truncated or, with `verify`, altered
 */
export async function readIdxSet(
  set: IdxSet,
  folder: string,
  verify: boolean,
): Promise<{ readonly train: ImageSource; readonly test: ImageSource }> {
  const [train, test] = await Promise.all(
    (['train', 'test'] as const).map((split) => readSplit(set, split, folder, verify)),
  );
  return { train: train!, test: test! };
}

async function readSplit(
  set: IdxSet,
  split: keyof typeof stems,
  folder: string,
  verify: boolean,
): Promise<ImageSource> {
  const { count, ...digests } = set[split];
  const [images, labels] = await Promise.all([
    readIdx(
      set,
      join(folder, `${stems[split]}-images-idx3-ubyte`),
      [count, 28, 28],
      verify && digests.images,
    ),
    readIdx(set, join(folder, `${stems[split]}-labels-idx1-ubyte`), [count], verify && digests.labels),
  ]);
  const { classes } = set;
  const stray = labels.values.findIndex((label) => label >= classes.length);
  if (stray >= 0) {
    throw new DataError(
      `${labels.file} gives image ${stray} the label ${labels.values[stray]}, but labels are 0 … ${classes.length - 1}`,
    );
  }
  return byteSource(images.values, [28, 28, 1], Int32Array.from(labels.values), classes);
}

async function readIdx(
  { name, source }: IdxSet,
  path: string,
  dimensions: readonly number[],
  digest: string | false,
): Promise<IdxArray & { readonly file: string }> {
  const { file, bytes } = await readUnpacked(path, source);
  const array = parseIdx(bytes, file, dimensions.length);
  if (array.dimensions.join() !== dimensions.join()) {
    throw new DataError(
      `${file} holds ${array.dimensions.join('×')} values, but ${dimensions.join('×')} are expected`,
      { hint: 'Check that images and labels, train and test files are not mixed up.' },
    );
  }
  const found = digest && createHash('sha256').update(bytes).digest('hex');
  if (found !== digest) {
    throw new DataError(`${file} is not ${name}'s: expected SHA-256 ${digest}, found ${found}`, {
      hint: `${source}; for other data in the same format, turn verification off.`,
    });
  }
  return { ...array, file };
}

/** The bytes of a file, or of the one beside it that ends in `.gz`, unpacked, with the name of the one that was read. */
async function readUnpacked(
  path: string,
  source: string,
): Promise<{ readonly file: string; readonly bytes: Uint8Array }> {
  const packed = `${path}.gz`;
  const absent = (error: NodeJS.ErrnoException) => error.code === 'ENOENT';
  const unreadable = (cause: unknown): never => {
    throw new DataError(`cannot read ${path}`, {
      hint: `${source}, or name the folder that holds the IDX files.`,
      cause,
    });
  };
  const read = await readFile(path).then(
    (bytes) => ({ file: path, bytes }),
    (plain: NodeJS.ErrnoException) =>
      absent(plain)
        ? readFile(packed).then((bytes) => ({ file: packed, bytes }), unreadable)
        : unreadable(plain),
  );
  if (read.file === path) return read;
  const bytes = await inflate(read.bytes).catch((cause: unknown) => {
    throw new DataError(`${packed} cannot be unpacked`, { hint: `${source}.`, cause });
  });
  return { file: packed, bytes };
}
