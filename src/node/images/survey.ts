import { type Catalog, checkCatalog } from './catalog.js';
import type { BadImage } from './findings.js';
import { listUnread, noneToRead, type ReadOwnOptions, readEach } from './readImages.js';

/** Sizes and channels of images, by their headers. */
export interface Survey {
  /** Images whose header can be read. */
  readonly images: number;
  /** Shorter and longer sides in pixels, ascending. */
  readonly shortSides: readonly number[];
  readonly longSides: readonly number[];
  /** Number of images in color. */
  readonly colored: number;
  readonly bad: readonly BadImage[];
}

/**
 * Reads the headers of all images, without decoding their pixels.
 *
 * @throws DataError naming an image whose header cannot be read, unless `skipBad`
 */
export async function survey(catalog: Catalog, options: ReadOwnOptions = {}): Promise<Survey> {
  checkCatalog(catalog, 'survey');
  const [shortSides, longSides]: [number[], number[]] = [[], []];
  const unread = listUnread(catalog);
  let colored = 0;
  for await (const reading of readEach(catalog, options, (stored) => stored.header())) {
    if (reading.read === undefined) {
      unread.add(reading);
      continue;
    }
    const { width, height, channels } = reading.read;
    shortSides.push(Math.min(width, height));
    longSides.push(Math.max(width, height));
    if (channels === 3) colored++;
  }
  if (shortSides.length === 0) throw noneToRead(catalog.root, unread);
  const ascending = (sides: number[]) => sides.sort((a, b) => a - b);
  return {
    ...{ images: shortSides.length, colored, bad: unread.bad },
    ...{ shortSides: ascending(shortSides), longSides: ascending(longSides) },
  };
}
