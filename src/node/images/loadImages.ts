import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { DataError } from '../../core/errors.js';
import { formatShape, type ImageSet, type ImageShape, type Label, sizeOf } from '../../core/image.js';
import { fastestDecoder, type ImageDecoder } from '../../data/decode/decoder.js';
import type { Pixels } from '../../data/decode/pixels.js';
import type { ImageSource } from '../../data/imageSource.js';
import { type Fit, fitTo } from '../../data/resize.js';
import { type Catalog, type CatalogImage, type StoredImage, withSkipHint } from './catalog.js';
import { cutToLearn } from './cut.js';
import { decodeCache } from './decodeCache.js';

/** Files that are being read while one before them is unpacked: as many as Node reads at a time. */
const AHEAD = 4;

/** Items in order with what their work comes to, which begins some items before it is waited for. */
export function* begunAhead<Item, Result>(
  items: Iterable<Item>,
  work: (item: Item) => Promise<Result>,
): Generator<readonly [Item, Promise<Result>], void, undefined> {
  const begun: [Item, Promise<Result>][] = [];
  for (const item of items) {
    const result = work(item);
    // A failure is for whoever waits for it, perhaps nobody: then it is no crash.
    result.catch(() => undefined);
    begun.push([item, result]);
    if (begun.length > AHEAD) yield begun.shift()!;
  }
  yield* begun;
}

/** Images of one size as bytes, which may be more than memory holds. */
export interface PixelStore {
  /** Puts an image at the end. */
  add(bytes: Uint8Array): void;
  /** Image `place`; the bytes may change with the next call. */
  read(place: number): Uint8Array;
  /** Frees what the store holds. */
  close(): void;
}

/** Above this the bytes lie in a file: 512 MiB. */
const MOST_IN_MEMORY = 2 ** 29;

let made = 0;

/**
 * Room for `count` images of `size` bytes: in memory, or where that would be much, in a file among the system's temporary
 * ones. The file has no name while it is open, so it is gone when the process is, however that ends.
 *
 * @throws DataError when that file cannot be written
 */
export function pixelStore(count: number, size: number, mostInMemory = MOST_IN_MEMORY): PixelStore {
  return count * size <= mostInMemory ? memoryStore(count, size) : fileStore(size);
}

function memoryStore(count: number, size: number): PixelStore {
  const all = new Uint8Array(count * size);
  let end = 0;
  return {
    add(bytes) {
      all.set(bytes, end);
      end += size;
    },
    read: (place) => all.subarray(place * size, (place + 1) * size),
    close() {},
  };
}

function fileStore(size: number): PixelStore {
  const path = join(tmpdir(), `fewshot-${process.pid}-${made++}.pixels`);
  const attempt = <Value>(work: () => Value): Value => {
    try {
      return work();
    } catch (cause) {
      throw new DataError(`cannot keep decoded images in ${path}: ${(cause as Error).message}`, {
        hint: 'Make room there, name another place by TMPDIR, or choose a smaller --size.',
        cause,
      });
    }
  };
  const file = attempt(() => openSync(path, 'wx+', 0o600));
  // Where an open file keeps its name, it stays until the system tidies up.
  try {
    rmSync(path);
  } catch {}
  const one = new Uint8Array(size);
  let end = 0;
  return {
    add(bytes) {
      attempt(() => writeSync(file, bytes, 0, size, end));
      end += size;
    },
    read(place) {
      attempt(() => readSync(file, one, 0, size, place * size));
      return one;
    },
    close: () => closeSync(file),
  };
}

/** An image that could not be read, and why. */
export interface BadImage {
  readonly name: string;
  readonly reason: string;
}

export interface ReadOwnOptions {
  /** Pass over images that cannot be read, and list them. Default: the first one is an error. */
  readonly skipBad?: boolean;
  /** Default: sharp where it is installed, else JavaScript. */
  readonly decoder?: ImageDecoder;
  /** Is told how many images are done, after each. */
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

export interface LoadOwnOptions extends ReadOwnOptions {
  readonly shape: ImageShape;
  /** How images of another size or number of channels come into the shape. Default: they are refused. */
  readonly fit?: Fit;
}

/** Somebody's images in one shape, ready to learn from. Pixels are kept as bytes, in a file where they are many. */
export interface OwnImages {
  /** Name of the folder or file, without its ending. */
  readonly name: string;
  readonly train: ImageSource;
  /** Absent where the data name none. */
  readonly validation?: ImageSource;
  readonly test: ImageSource;
  /** All of them, in the order of the catalogue. */
  readonly all: ImageSource;
  /** Whether the test images were held out of data that name none. */
  readonly heldOut: boolean;
  readonly bad: readonly BadImage[];
  /** SHA-256 of all pixels and labels. */
  readonly digest: string;
  readonly decoder: ImageDecoder['name'];
  /** Frees the pixels. */
  dispose(): void;
}

/** What data are called on cards and in protocols: the folder or file, without its ending. */
export function nameOfData(path: string): string {
  return basename(resolve(path)).replace(/\.(csv|jsonl|ndjson|npz)$/i, '');
}

/**
 * Reads images one after another, and brings each to a shape. Memory does not grow with their number beyond 512 MiB.
 *
 * @throws DataError naming an image that cannot be read, unless `skipBad`, or is not of the shape, without a `fit`; and
 *   when there are too few to learn from
 */
export async function loadOwnImages(
  catalog: Catalog,
  { shape, fit, ...options }: LoadOwnOptions,
): Promise<OwnImages> {
  const decoder = options.decoder ?? (await fastestDecoder());
  const store = pixelStore(catalog.images.length, sizeOf(shape));
  const cache = decodeCache(process.env.FEWSHOT_CACHE || undefined, { decoder: decoder.name, shape, fit });
  const unpack = async (stored: StoredImage): Promise<Uint8Array | Pixels> => {
    const found = await stored.decode(decoder);
    const image = fit === undefined ? found : fitTo(found, shape, fit);
    if (formatShape(image.shape) !== formatShape(shape)) return image;
    return Uint8Array.from(image.pixels, (value) => Math.round(255 * value));
  };
  try {
    const hash = createHash('sha256');
    const bad: BadImage[] = [];
    const good: CatalogImage[] = [];
    const fitted = eachImage(catalog, options, (stored) => cache.bytesOf(stored, () => unpack(stored)));
    for await (const { image, read, reason } of fitted) {
      if (read === undefined) {
        bad.push({ name: image.name, reason: reason! });
        continue;
      }
      if (!(read instanceof Uint8Array)) throw misfit(catalog, image, read.shape, shape);
      store.add(read);
      hash.update(`${image.split ?? ''}/${image.label}/`).update(read);
      good.push(image);
    }
    await cache.tidy();
    const sources = sourcesOf(good, store, shape, catalog.root);
    const name = nameOfData(catalog.root);
    const digest = hash.digest('hex');
    return { ...{ name, ...sources, bad, digest }, decoder: decoder.name, dispose: () => store.close() };
  } catch (error) {
    store.close();
    throw error;
  }
}

/** What came of an image, or the reason why it could not be read. */
interface Outcome<Read> {
  readonly image: CatalogImage;
  readonly read?: Read;
  readonly reason?: string;
}

/** An image that was read, or the reason why it could not be. */
export interface ReadImage {
  readonly image: CatalogImage;
  readonly read?: { readonly pixels: Pixels /** See `StoredImage`. */; readonly bytes: Uint8Array };
  readonly reason?: string;
}

/** Unpacks the images of a catalogue one by one. */
export function readImages(
  catalog: Catalog,
  { decoder, ...options }: ReadOwnOptions & { readonly decoder: ImageDecoder },
): AsyncGenerator<ReadImage, void, undefined> {
  return eachImage(catalog, options, async (stored) => ({
    pixels: await stored.decode(decoder),
    bytes: stored.bytes,
  }));
}

async function* eachImage<Read>(
  catalog: Catalog,
  { skipBad = false, onProgress, signal }: ReadOwnOptions,
  work: (stored: StoredImage) => Promise<Read>,
): AsyncGenerator<Outcome<Read>, void, undefined> {
  let done = 0;
  for (const [image, reading] of begunAhead(catalog.images, ({ name }) => catalog.read(name))) {
    signal?.throwIfAborted();
    let found: Outcome<Read>;
    try {
      found = { image, read: await work(await reading) };
    } catch (error) {
      if (!(skipBad && error instanceof DataError)) throw withSkipHint(error);
      found = { image, reason: error.message };
    }
    yield found;
    onProgress?.(++done, catalog.images.length);
  }
}

/** The complaint about data of which no image can be read. */
export const noneToRead = (root: string, bad: readonly BadImage[]): DataError =>
  new DataError(`${root} holds no image that can be read`, {
    hint: `For one: ${bad[0]?.reason ?? 'there are none'}.`,
  });

function misfit({ root }: Catalog, { name }: CatalogImage, found: ImageShape, shape: ImageShape): DataError {
  return new DataError(`${name} in ${root} is ${formatShape(found)}, but ${formatShape(shape)} is needed`, {
    hint: 'Have images resized with --fit letterbox or --fit crop, or choose a model for their size.',
  });
}

function sourcesOf(images: readonly CatalogImage[], store: PixelStore, shape: ImageShape, root: string) {
  const classes = [...new Set(images.map(({ label }) => label))].sort((a, b) => (a < b ? -1 : 1));
  const { train, val, test, heldOut } = cutToLearn(images, root);
  const placeOf = new Map(images.map((image, place) => [image, place]));
  const source = (part: readonly CatalogImage[]) => storedSource(part, placeOf, store, shape, classes);
  return {
    ...{ train: source(train), test: source(test), all: source(images), heldOut },
    ...(val.length === 0 ? {} : { validation: source(val) }),
  };
}

function storedSource(
  part: readonly CatalogImage[],
  placeOf: ReadonlyMap<CatalogImage, number>,
  store: PixelStore,
  shape: ImageShape,
  classes: readonly Label[],
): ImageSource {
  const places = Int32Array.from(part, (image) => placeOf.get(image)!);
  const labels = Int32Array.from(part, ({ label }) => classes.indexOf(label));
  const size = sizeOf(shape);
  const images = (indices: ArrayLike<number> = places.map((_, i) => i)): ImageSet => {
    const pixels = new Float32Array(indices.length * size);
    for (let i = 0; i < indices.length; i++) {
      const bytes = store.read(places[indices[i]!]!);
      for (let j = 0; j < size; j++) pixels[i * size + j] = bytes[j]! / 255;
    }
    return { pixels, shape, labels: Int32Array.from(indices, (index) => labels[index]!), classes };
  };
  return { shape, labels, classes, images };
}
