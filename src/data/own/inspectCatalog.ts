import { createHash } from 'node:crypto';
import type { LabeledImage } from '../../core/index.js';
import { fastestDecoder } from '../decode/decoder.js';
import { fitTo } from '../fitTo.js';
import type { SplitName } from '../imageFolder.js';
import type { Catalog, CatalogImage } from './catalog.js';
import { type BadImage, noneToRead, type ReadOwnOptions, readImages } from './loadOwnImages.js';
import { distanceOf, likeness, type PictureHash, pictureHash, quartersOf } from './pictureHash.js';

/** What there is of a class. */
export interface ClassCount {
  readonly label: string;
  /** Images that can be read, by split; `all` where the data are not split. */
  readonly images: Readonly<Partial<Record<SplitName | 'all', number>>>;
}

/** What a look at every image has found. */
export interface Inspection {
  readonly images: number;
  readonly classes: readonly ClassCount[];
  /** Shortest and longest side, in pixels. */
  readonly sides: readonly [shortest: number, longest: number];
  readonly coloured: number;
  readonly bad: readonly BadImage[];
  /** Names of files with the same bytes. */
  readonly duplicates: readonly (readonly string[])[];
  /** Pairs of nearly the same picture in two splits, of which one is `train`: the test is then no test. */
  readonly leaks: readonly (readonly [train: string, other: string])[];
  /** The first images of each class, small. */
  readonly samples: readonly (readonly LabeledImage[])[];
}

/** Small pictures for a sheet: images a class, classes, and their side. */
const [SAMPLES, MOST_CLASSES, SIDE] = [10, 40, 64];
const [MOST_BITS, LEAST_LIKENESS] = [3, 0.99];

/**
 * Unpacks every image once, and keeps of each a few bytes: memory does not grow with their size.
 *
 * @throws DataError when none can be read; single ones that cannot are listed
 */
export async function inspectCatalog(
  catalog: Catalog,
  options: Omit<ReadOwnOptions, 'skipBad'> = {},
): Promise<Inspection> {
  const decoder = options.decoder ?? (await fastestDecoder());
  const bad: BadImage[] = [];
  const good: (CatalogImage & { readonly hash: PictureHash })[] = [];
  const byDigest = new Map<string, string[]>();
  const counts = new Map<string, Partial<Record<SplitName | 'all', number>>>();
  const samples = new Map<string, LabeledImage[]>();
  let [shortest, longest, coloured] = [Number.POSITIVE_INFINITY, 0, 0];
  for await (const { image, read, reason } of readImages(catalog, { ...options, skipBad: true, decoder })) {
    const { name, label, split = 'all' } = image;
    if (read === undefined) {
      bad.push({ name, reason: reason! });
      continue;
    }
    const { pixels, bytes } = read;
    const [height, width, channels] = pixels.shape;
    [shortest, longest] = [Math.min(shortest, height, width), Math.max(longest, height, width)];
    if (channels === 3) coloured++;
    const digest = createHash('sha256').update(bytes).digest('base64').slice(0, 22);
    byDigest.set(digest, [...(byDigest.get(digest) ?? []), name]);
    const own = counts.get(label) ?? {};
    counts.set(label, { ...own, [split]: (own[split] ?? 0) + 1 });
    if (samples.size < MOST_CLASSES && !samples.has(label)) samples.set(label, []);
    const shown = samples.get(label);
    if (shown !== undefined && shown.length < SAMPLES)
      shown.push({ ...fitTo(pixels, [SIDE, SIDE, 3], 'letterbox'), label });
    good.push({ ...image, hash: pictureHash(pixels) });
  }
  if (good.length === 0) throw noneToRead(catalog.root, bad);
  return {
    ...{ images: good.length, sides: [shortest, longest], coloured, bad },
    classes: [...counts].map(([label, images]) => ({ label, images })),
    duplicates: [...byDigest.values()].filter((names) => names.length > 1),
    leaks: await leaksOf(good, async (name) => (await catalog.read(name)).decode(decoder)),
    samples: [...samples.values()],
  };
}

/** Candidates by their hashes, then a look at the pictures themselves. */
async function leaksOf(
  images: readonly (CatalogImage & { readonly hash: PictureHash })[],
  read: (name: string) => Promise<Parameters<typeof likeness>[0]>,
): Promise<[string, string][]> {
  const shelves = new Map<number, (typeof images)[number][]>();
  const keysOf = (hash: PictureHash) => quartersOf(hash).map((quarter, i) => i * 0x10000 + quarter);
  for (const image of images) {
    if (image.split !== 'train') continue;
    for (const key of keysOf(image.hash)) {
      const shelf = shelves.get(key);
      if (shelf === undefined) shelves.set(key, [image]);
      else shelf.push(image);
    }
  }
  const leaks: [string, string][] = [];
  for (const image of images) {
    if (image.split === undefined || image.split === 'train') continue;
    const near = new Set(
      keysOf(image.hash)
        .flatMap((key) => shelves.get(key) ?? [])
        .filter(({ hash }) => distanceOf(hash, image.hash) <= MOST_BITS),
    );
    for (const { name } of near) {
      if (likeness(await read(name), await read(image.name)) >= LEAST_LIKENESS)
        leaks.push([name, image.name]);
    }
  }
  return leaks;
}
