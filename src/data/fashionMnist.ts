import { stat } from 'node:fs/promises';
import { DataError } from '../core/index.js';
import { type IdxSet, readIdxSet } from './idxSet.js';
import type { ImageSource } from './imageSource.js';

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
