import { refuse } from '../../core/checks.js';
import { DataError } from '../../core/errors.js';
import { cleanName } from '../../core/names.js';
import { isPromise } from '../../core/shown.js';
import type { ImageDecoder } from '../../data/decode/decoder.js';
import { type ImageHeader, imageHeader } from '../../data/decode/imageHeader.js';
import type { Pixels } from '../../data/decode/pixels.js';
import type { DecodeOptions } from '../../data/decode/transparency.js';
import type { PassedOver } from './findings.js';
import { isFolderName } from './insidePath.js';
import type { SplitName } from './splits.js';

/** An image of your own, not yet read. */
export interface CatalogImage {
  /** A path below the root such as `cat/001.png`, or `train/12` in an array. */
  readonly name: string;
  readonly label: string;
  /** Absent if the data are not split. */
  readonly split?: SplitName;
  /** Images of one group, such as frames of one scene, are never cut apart. */
  readonly group?: string;
}

/** Ways to find images in data of your own. */
export interface CatalogOptions {
  /** Read pictures in folders within a class, too. Default: they are passed over. */
  readonly nested?: boolean;
  /**
   * Number of folders, one within the other, whose names make a label: 2 for `Greek/alpha`, classes in folders of alphabets.
   * Default: 1.
   */
  readonly levels?: number;
  /**
   * Regular expression for the names of images. Those for which it matches the same text are one group: its first capture
   * group, or the whole match. Default: no groups but those of a table's column `group`.
   */
  readonly groupBy?: string;
  /** Order of the axes in an array of images `[n, h, w, c]` (`nhwc`) or `[n, c, h, w]` (`nchw`). Default: by its shape. */
  readonly layout?: 'nhwc' | 'nchw';
  /** Classes to read. Default: all. */
  readonly include?: readonly string[];
  /** Classes to leave out. Default: none. */
  readonly exclude?: readonly string[];
}

/** Orders of the axes in an array of images. */
export const layouts = ['nhwc', 'nchw'] as const;

/** An image that is read but not decoded. */
export interface StoredImage {
  /** The bytes of its file, or of its values in an array. */
  readonly bytes: Uint8Array;
  /** Its size and channels, without decoding it. Throws a `DataError` when it is broken. */
  header(): StoredHeader | Promise<StoredHeader>;
  /** Its pixels. Throws a `DataError` when it is broken. */
  decode(decoder: ImageDecoder, options?: DecodeOptions): Promise<Pixels>;
}

/** Size and channels of an image, and the format of its file. */
export interface StoredHeader extends Omit<ImageHeader, 'format'> {
  readonly format: ImageHeader['format'] | 'array';
}

/** Images in a fixed order: an array, or something that takes less memory and makes each when it is reached. */
export interface CatalogImages extends Iterable<CatalogImage> {
  readonly length: number;
}

/** Images of your own in any form: a list of them, and a way to read each. */
export interface Catalog {
  /** As the user named it. */
  readonly root: string;
  /** In a fixed order: splits, then classes, then images. */
  readonly images: CatalogImages;
  /** Files of the data that are no images to learn from. */
  readonly passedOver: readonly PassedOver[];
  /** Sentences on how data were read that could mean several things, such as arrays of numbers. */
  readonly notes?: readonly string[];
  /** Reads one image. Throws a `DataError` naming it when it is missing or may not be read. */
  read(name: string): Promise<StoredImage>;
}

/**
 * The label that a value of a table or an array means: its text in one Unicode form, without what is not seen.
 *
 * @throws DataError for a value that is missing, no text or number, or cannot be the name of a class's folder
 */
export function labelOf(value: unknown, where: string): string {
  const missing = value === undefined || value === null || Number.isNaN(value);
  const text = missing ? 'nan' : cleanName(String(value));
  if (/^(|nan|NaN)$/.test(text) || (typeof value === 'number' && !Number.isFinite(value))) {
    const found = { '': 'empty', nan: 'missing (NaN)', NaN: 'missing (NaN)' }[text] ?? text;
    throw new DataError(`${where}: the label is ${found}`, {
      hint: 'Name the class of every image, or take the image out.',
    });
  }
  if (!['string', 'number', 'boolean', 'bigint'].includes(typeof value)) {
    throw new DataError(
      `${where}: a label is a text or a number, not ${JSON.stringify(value).slice(0, 80)}`,
      {
        hint: 'Name one class for every image.',
      },
    );
  }
  assertLabel(text, where);
  return text;
}

/** For each label the shortest text of its number, so that `1` and `1.0` are one class; `undefined` unless all are numbers. */
export function sameNumbers(labels: Iterable<string>): ReadonlyMap<string, string> | undefined {
  const same = new Map<string, string>();
  for (const label of labels) {
    if (same.has(label)) continue;
    if (!/^[+-]?\d+(\.\d*)?$/.test(label)) return undefined;
    const plain = label
      .replace(/^\+/, '')
      .replace(/(\.\d*?)0*$/, '$1')
      .replace(/\.$/, '');
    same.set(label, plain === '-0' ? '0' : plain);
  }
  return same;
}

/** Throws a `DataError` unless a label can be the name of a class's folder, as each class has one in what is written. */
export function assertLabel(label: string, where: string): void {
  if (isFolderName(label)) return;
  throw new DataError(`${where}: ${JSON.stringify(label).slice(0, 80)} cannot be the name of a class`, {
    hint: 'A class’s name becomes a folder: no slash, no dot at its start, at most 200 characters.',
  });
}

/** Adds to the error for an image that it can be skipped. Any other error stays as it is. */
export function withSkipHint(error: unknown): unknown {
  if (!(error instanceof DataError)) return error;
  return new DataError(error.message, {
    hint: `${error.hint ?? ''} Or set skipBad to skip images that cannot be read.`.trim(),
    option: ['skipBad', ...error.options],
    cause: error,
  });
}

/** A picture's file as a stored image. `name` is for errors. */
export function storedFile(bytes: Uint8Array, name: string): StoredImage {
  return {
    bytes,
    header: () => imageHeader(bytes, name),
    decode: (decoder, options) => decoder.decode(bytes, name, options),
  };
}

/** Throws a `UsageError` unless a value is a catalog. */
export function checkCatalog(value: unknown, of: string): asserts value is Catalog {
  const { read, images } = (value ?? {}) as Partial<Catalog>;
  if (typeof read === 'function' && typeof images?.length === 'number') return;
  const hint = isPromise(value) ? 'Await it: await openCatalog(path).' : 'Open one: await openCatalog(path).';
  refuse('the catalog', value, 'a catalog', of, hint);
}
