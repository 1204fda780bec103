import { DataError } from '../../core/errors.js';
import type { ImageDecoder } from '../../data/decode/decoder.js';
import { type ImageHeader, imageHeader } from '../../data/decode/imageHeader.js';
import type { Pixels } from '../../data/decode/pixels.js';
import { isFolderName, type SplitName } from './imageFolder.js';

/** An image of one's own data, not yet read. */
export interface CatalogImage {
  /** Where it is: a path below the root such as `cat/001.png`, or `train/12` in an array. */
  readonly name: string;
  readonly label: string;
  /** Absent where the data are not split. */
  readonly split?: SplitName;
}

/** An image that was read but not unpacked. */
export interface StoredImage {
  /** What a SHA-256 of the image is made of: the bytes of its file, or of its values. */
  readonly bytes: Uint8Array;
  /** Its size and channels, without unpacking it. Throws a `DataError` when it is broken. */
  header(): Omit<ImageHeader, 'format'> & { readonly format: ImageHeader['format'] | 'array' };
  /** Its pixels. Throws a `DataError` when it is broken. */
  decode(decoder: ImageDecoder): Promise<Pixels>;
}

/** Images in a fixed order: an array, or something that needs less room and makes each as it is come to. */
export interface CatalogImages extends Iterable<CatalogImage> {
  readonly length: number;
}

/** Somebody's images in whatever form they came: what there is, and a way to read each. */
export interface Catalog {
  /** As the user named it. */
  readonly root: string;
  /** In a fixed order: splits, then classes, then images. */
  readonly images: CatalogImages;
  /** Reads one image. Throws a `DataError` naming it when it is missing or may not be read. */
  read(name: string): Promise<StoredImage>;
}

/** Throws a `DataError` when a label could not be the name of a class's folder in what is written from it. */
export function assertLabel(label: string, where: string): void {
  if (isFolderName(label)) return;
  throw new DataError(`${where}: ${JSON.stringify(label).slice(0, 80)} cannot be the name of a class`, {
    hint: 'A class’s name becomes a folder: no slash, no dot at its start, at most 200 characters.',
  });
}

/** A complaint about an image, with the other way to go on; any other error is left as it is. */
export function withSkipHint(error: unknown): unknown {
  if (!(error instanceof DataError)) return error;
  return new DataError(error.message, {
    hint: `${error.hint ?? ''} Or pass over what cannot be read with --skip-bad.`.trim(),
    cause: error,
  });
}

/** The bytes of a PNG or JPEG file as an image that can be unpacked. `name` stands in the errors. */
export function storedFile(bytes: Uint8Array, name: string): StoredImage {
  return {
    bytes,
    header: () => imageHeader(bytes, name),
    decode: (decoder) => decoder.decode(bytes, name),
  };
}
