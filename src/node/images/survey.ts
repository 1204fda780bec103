import { DataError } from '../../core/errors.js';
import { type Catalog, withSkipHint } from './catalog.js';
import { type BadImage, begunAhead, noneToRead, type ReadOwnOptions } from './loadImages.js';

/** What the headers of images say. */
export interface Survey {
  /** Images whose header can be read. */
  readonly images: number;
  /** Shorter and longer sides in pixels, ascending. */
  readonly shortSides: readonly number[];
  readonly longSides: readonly number[];
  /** Images with colours. */
  readonly coloured: number;
  readonly bad: readonly BadImage[];
}

/**
 * Reads the headers of all images, without unpacking their pixels.
 *
 * @throws DataError naming an image whose header cannot be read, unless `skipBad`
 */
export async function survey(
  catalog: Catalog,
  { skipBad = false, onProgress, signal }: ReadOwnOptions = {},
): Promise<Survey> {
  const [shortSides, longSides, bad]: [number[], number[], BadImage[]] = [[], [], []];
  let [done, coloured] = [0, 0];
  for (const [{ name }, reading] of begunAhead(catalog.images, (image) => catalog.read(image.name))) {
    signal?.throwIfAborted();
    try {
      const { width, height, channels } = (await reading).header();
      shortSides.push(Math.min(width, height));
      longSides.push(Math.max(width, height));
      if (channels === 3) coloured++;
    } catch (error) {
      if (!(skipBad && error instanceof DataError)) throw withSkipHint(error);
      bad.push({ name, reason: error.message });
    }
    onProgress?.(++done, catalog.images.length);
  }
  if (shortSides.length === 0) throw noneToRead(catalog.root, bad);
  const ascending = (sides: number[]) => sides.sort((a, b) => a - b);
  return {
    ...{ images: shortSides.length, coloured, bad },
    ...{ shortSides: ascending(shortSides), longSides: ascending(longSides) },
  };
}
