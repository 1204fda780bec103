import { assertBackground, type Background } from '../../core/background.js';
import { DataError } from '../../core/errors.js';
import {
  checkFields,
  checkFlag,
  checkFunction,
  checkSignal,
  fieldsOf,
  optional,
} from '../../core/kindChecks.js';
import type { ImageDecoder } from '../../data/decode/decoder.js';
import { UnsupportedFormatError } from '../../data/decode/formats.js';
import type { Pixels } from '../../data/decode/pixels.js';
import { type Catalog, type CatalogImage, checkCatalog, type StoredImage, withSkipHint } from './catalog.js';
import type { BadImage, PassedOver } from './findings.js';

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
  /** True if nothing is wrong with the image, but its format cannot be read here. */
  readonly unsupported?: boolean;
}

/** An image that was decoded, or the reason why it could not be. `bytes`: see `StoredImage`. */
export type ReadImage = Reading<{ readonly pixels: Pixels; readonly bytes: Uint8Array }>;

/** Decodes the images of a catalog one by one. */
export function readImages(
  catalog: Catalog,
  options: ReadOwnOptions & { readonly decoder: ImageDecoder },
): AsyncGenerator<ReadImage, void, undefined> {
  const { background, decoder } = checkFields('readImages', options, {
    decoder: fieldsOf({ decode: checkFunction }),
  });
  return readEach(catalog, options, async (stored) => ({
    pixels: await stored.decode(decoder, { background }),
    bytes: stored.bytes,
  }));
}

/** Checks of the options of all that reads a catalog. */
export const readChecks = {
  skipBad: optional(checkFlag),
  background: optional((_, value) => assertBackground(value)),
  decoder: optional(fieldsOf({ decode: checkFunction })),
  onProgress: optional(checkFunction),
  signal: optional(checkSignal),
};

/**
 * Reads the images of a catalog one by one.
 *
 * @param work makes what is wanted of each image
 * @throws DataError naming an image that is damaged, unless `skipBad`
 */
export async function* readEach<Content>(
  catalog: Catalog,
  options: ReadOwnOptions,
  work: (stored: StoredImage, image: CatalogImage) => Content | Promise<Content>,
): AsyncGenerator<Reading<Content>, void, undefined> {
  checkCatalog(catalog, 'reading');
  const { skipBad = false, onProgress, signal } = checkFields('reading', options, readChecks);
  let done = 0;
  for (const [image, reading] of begunAhead(catalog.images, ({ name }) => catalog.read(name))) {
    signal?.throwIfAborted();
    let found: Reading<Content>;
    try {
      found = { image, read: await work(await reading, image) };
    } catch (error) {
      if (error instanceof UnsupportedFormatError) {
        found = { image, reason: error.reason, unsupported: true };
      } else if (skipBad && error instanceof DataError) found = { image, reason: error.message };
      else throw withSkipHint(error);
    }
    yield found;
    onProgress?.(++done, catalog.images.length);
  }
}

/** Lists images that were not read: those of another format by their reason, and damaged ones. */
export function listUnread({ passedOver }: Pick<Catalog, 'passedOver'>) {
  const unread = { passedOver: [...passedOver], bad: [] as BadImage[] };
  return {
    ...unread,
    add({ image: { name }, reason = '', unsupported = false }: Reading<unknown>): void {
      (unsupported ? unread.passedOver : unread.bad).push({ name, reason });
    },
  };
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
export function noneToRead(
  root: string,
  { bad, passedOver }: { readonly bad: readonly BadImage[]; readonly passedOver: readonly PassedOver[] },
): DataError {
  const [first] = [...bad, ...passedOver];
  return new DataError(`${root} holds no image that can be read`, {
    hint:
      first === undefined
        ? 'There are none.'
        : `For one: ${first.reason.startsWith(first.name) ? '' : `${first.name}: `}${first.reason}.`,
  });
}
