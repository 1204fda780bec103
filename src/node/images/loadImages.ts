import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { DataError } from '../../core/errors.js';
import { checkShape, formatShape, type ImageShape, sizeOf } from '../../core/image.js';
import { checkFields, checkText, oneAmong, optional } from '../../core/kindChecks.js';
import { compareNames } from '../../core/names.js';
import { fastestDecoder, type ImageDecoder } from '../../data/decode/decoder.js';
import type { Pixels } from '../../data/decode/pixels.js';
import { type ImageSource, storedSource, toBytes } from '../../data/imageSource.js';
import { backgroundFor, type Fit, fits, fitTo } from '../../data/resize.js';
import { type Catalog, type CatalogImage, checkCatalog, type StoredImage } from './catalog.js';
import { type CutImages, cutToLearn } from './cut.js';
import { decodeCache } from './decodeCache.js';
import type { Findings } from './findings.js';
import { collectFacts, FACT_BYTES, factsOf } from './imageFacts.js';
import { listUnread, noneToRead, type ReadOwnOptions, readChecks, readEach } from './readImages.js';

export interface LoadOwnOptions extends ReadOwnOptions {
  readonly shape: ImageShape;
  /** Resizing of images that have another size or number of channels. Default: they are refused. */
  readonly fit?: Fit;
}

/** Images of your own in one shape, ready to learn from. Pixels are kept as bytes, in a temporary file if they are many. */
export interface OwnImages {
  /** Name of the folder or file, without its ending. */
  readonly name: string;
  /** Without the classes that are left out; so are the images to be tested on. */
  readonly train: ImageSource;
  /** Absent if the data name none. */
  readonly validation?: ImageSource;
  readonly test: ImageSource;
  /** All images, in the order of the catalog. */
  readonly all: ImageSource;
  /** True if the test images were held out, because the data name none. */
  readonly heldOut: boolean;
  readonly findings: Findings;
  /** SHA-256 of all pixels and labels. */
  readonly digest: string;
  readonly decoder: ImageDecoder['name'];
  /** Frees the pixels. */
  dispose(): void;
}

/** Name of data on cards and in protocols: the folder or file, without its ending. */
export function nameOfData(path: string): string {
  checkText('the path', path, 'nameOfData');
  return basename(resolve(path)).replace(/\.(csv|tsv|tab|jsonl|ndjson|npz)$/i, '');
}

/**
 * Reads images one after another, and brings each to a shape. Their pixels take up to 512 MiB of memory, then a file.
 *
 * @throws DataError naming an image that cannot be read, unless `skipBad`, or is not of the shape, without a `fit`; and
 *   when there are too few to learn from
 */
export async function loadOwnImages(catalog: Catalog, given: LoadOwnOptions): Promise<OwnImages> {
  checkCatalog(catalog, 'loadOwnImages');
  const { shape, fit, ...options } = checkFields('loadOwnImages', given, {
    ...readChecks,
    shape: checkShape,
    fit: optional(oneAmong(fits)),
  });
  const decoder = options.decoder ?? (await fastestDecoder());
  const background = backgroundFor(fit, options.background);
  const size = sizeOf(shape);
  const store = pixelStore(catalog.images.length, size);
  const decoding = { decoder: decoder.name, shape, fit, background };
  const cache = decodeCache(process.env.FEWSHOT_CACHE || undefined, decoding);
  const decode = async (stored: StoredImage): Promise<Uint8Array | Pixels> => {
    const found = await stored.decode(decoder, { background });
    const image = fit === undefined ? found : fitTo(found, shape, fit, background);
    if (formatShape(image.shape) !== formatShape(shape)) return image;
    return Buffer.concat([toBytes(image.pixels), factsOf(found), Buffer.from(found.note ?? '')]);
  };
  try {
    const hash = createHash('sha256');
    const unread = listUnread(catalog);
    const good: CatalogImage[] = [];
    const facts = collectFacts(catalog.images.length);
    const fitted = readEach(catalog, options, (stored) => cache.bytesOf(stored, () => decode(stored)));
    for await (const reading of fitted) {
      const { image, read } = reading;
      if (read === undefined) {
        unread.add(reading);
        continue;
      }
      if (!(read instanceof Uint8Array)) throw misfit(catalog, image, read.shape, shape);
      const bytes = read.subarray(0, size);
      store.add(bytes);
      hash.update(`${image.split ?? ''}/${image.label}/`).update(bytes);
      good.push(image);
      const note = Buffer.from(read.subarray(size + FACT_BYTES)).toString();
      facts.add(image, read.subarray(size, size + FACT_BYTES), note || undefined);
    }
    await cache.tidy();
    const { passedOver, bad } = unread;
    if (good.length === 0) throw noneToRead(catalog.root, unread);
    const pictures = facts.findings();
    const { leftOut, tested, leaks, ...parts } = cutToLearn(good, catalog.root, pictures);
    const sources = sourcesOf(good, store, shape, parts);
    const name = nameOfData(catalog.root);
    const digest = hash.digest('hex');
    const findings = { passedOver, notes: catalog.notes ?? [], bad, leftOut, tested, leaks, ...pictures };
    return { ...{ name, ...sources, findings, digest }, decoder: decoder.name, dispose: () => store.close() };
  } catch (error) {
    store.close();
    throw error;
  }
}

function misfit({ root }: Catalog, { name }: CatalogImage, found: ImageShape, shape: ImageShape): DataError {
  return new DataError(`${name} in ${root} is ${formatShape(found)}, but ${formatShape(shape)} is needed`, {
    hint: 'Set fit to letterbox or crop to have images resized, or choose a model for their size.',
    option: 'fit',
  });
}

function sourcesOf(
  images: readonly CatalogImage[],
  store: PixelStore,
  shape: ImageShape,
  { train, val, test, heldOut }: Omit<CutImages, keyof Findings>,
) {
  const indexOf = new Map(images.map((image, index) => [image, index]));
  const classesOf = (part: readonly CatalogImage[]) =>
    [...new Set(part.map(({ label }) => label))].sort(compareNames);
  const source = (part: readonly CatalogImage[], classes: readonly string[]): ImageSource => {
    const indices = Int32Array.from(part, (image) => indexOf.get(image)!);
    const labels = Int32Array.from(part, ({ label }) => classes.indexOf(label));
    return storedSource((i) => store.read(indices[i]!), shape, labels, classes);
  };
  const known = classesOf([...train, ...val, ...test]);
  return {
    ...{
      train: source(train, known),
      test: source(test, known),
      all: source(images, classesOf(images)),
      heldOut,
    },
    ...(val.length === 0 ? {} : { validation: source(val, known) }),
  };
}

/** Images of one size as bytes, more than memory holds if need be. */
export interface PixelStore {
  /** Appends an image. */
  add(bytes: Uint8Array): void;
  /** The bytes of an image, which may change with the next call. */
  read(index: number): Uint8Array;
  /** Frees the images. */
  close(): void;
}

/** More bytes than these, 512 MiB, are kept in a file. */
const MOST_IN_MEMORY = 2 ** 29;

/**
 * Makes room for `count` images of `size` bytes: in memory, or if that would be much, in a temporary file. The file has no
 * name while it is open, so it is gone when the process is, however that ends.
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
    read: (index) => all.subarray(index * size, (index + 1) * size),
    close() {},
  };
}

let stores = 0;

function fileStore(size: number): PixelStore {
  const path = join(tmpdir(), `fewshot-${process.pid}-${stores++}.pixels`);
  const attempt = <Value>(work: () => Value): Value => {
    try {
      return work();
    } catch (cause) {
      throw new DataError(`cannot keep decoded images in ${path}: ${(cause as Error).message}`, {
        hint: 'Make room there, set TMPDIR to another folder, or choose a smaller shape.',
        option: 'size',
        cause,
      });
    }
  };
  const file = attempt(() => openSync(path, 'wx+', 0o600));
  // On a system that keeps the name of an open file, it stays until temporary files are deleted.
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
    read(index) {
      attempt(() => readSync(file, one, 0, size, index * size));
      return one;
    },
    close: () => closeSync(file),
  };
}
