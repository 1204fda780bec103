import type { Background } from '../../core/background.js';
import { DataError } from '../../core/errors.js';
import type { ImageDecoder } from '../../data/decode/decoder.js';
import type { Pixels } from '../../data/decode/pixels.js';
import { type Catalog, type CatalogImage, type StoredImage, withSkipHint } from './catalog.js';
import type { BadImage } from './findings.js';

export interface ReadOwnOptions {
  /** Skip images that cannot be read, and list them. Default: the first one is an error. */
  readonly skipBad?: boolean;
  /** Color behind transparency. Default `black`. */
  readonly background?: Background;
  /** Default: sharp if it is installed, else JavaScript. */
  readonly decoder?: ImageDecoder;
  /** Called after each image. */
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/** An image with what was read of it, or the reason why it cannot be read. */
export interface Reading<Content> {
  readonly image: CatalogImage;
  readonly read?: Content;
  readonly reason?: string;
}

/** An image that was decoded, or the reason why it could not be. `bytes`: see `StoredImage`. */
export type ReadImage = Reading<{ readonly pixels: Pixels; readonly bytes: Uint8Array }>;

/** Decodes the images of a catalog one by one. */
export function readImages(
  catalog: Catalog,
  { decoder, ...options }: ReadOwnOptions & { readonly decoder: ImageDecoder },
): AsyncGenerator<ReadImage, void, undefined> {
  return readEach(catalog, options, async (stored) => ({
    pixels: await stored.decode(decoder),
    bytes: stored.bytes,
  }));
}

/**
 * Reads the images of a catalog one by one.
 *
 * @param work makes what is wanted of each image
 * @throws DataError naming an image that cannot be read, unless `skipBad`
 */
export async function* readEach<Content>(
  catalog: Catalog,
  { skipBad = false, onProgress, signal }: ReadOwnOptions,
  work: (stored: StoredImage) => Content | Promise<Content>,
): AsyncGenerator<Reading<Content>, void, undefined> {
  let done = 0;
  for (const [image, reading] of begunAhead(catalog.images, ({ name }) => catalog.read(name))) {
    signal?.throwIfAborted();
    let found: Reading<Content>;
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

/** Files that are read ahead while one is decoded: as many as Node reads at a time. */
const AHEAD = 4;

/** Items in order with the results of their work, which begins some items before it is awaited. */
export function* begunAhead<Item, Result>(
  items: Iterable<Item>,
  work: (item: Item) => Promise<Result>,
): Generator<readonly [Item, Promise<Result>], void, undefined> {
  const begun: [Item, Promise<Result>][] = [];
  for (const item of items) {
    const result = work(item);
    // A failure is for whoever awaits it. If nobody does, it is no crash.
    result.catch(() => undefined);
    begun.push([item, result]);
    if (begun.length > AHEAD) yield begun.shift()!;
  }
  yield* begun;
}

/** The error for data of which no image can be read. */
export const noneToRead = (root: string, bad: readonly BadImage[]): DataError =>
  new DataError(`${root} holds no image that can be read`, {
    hint: `For one: ${bad[0]?.reason ?? 'there are none'}.`,
  });
