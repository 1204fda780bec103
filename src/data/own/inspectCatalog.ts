import type { LabeledImage } from '../../core/index.js';
import { fastestDecoder } from '../decode/decoder.js';
import { fitTo } from '../fitTo.js';
import type { SplitName } from '../imageFolder.js';
import type { Catalog } from './catalog.js';
import { type BadImage, noneToRead, type ReadOwnOptions, readImages } from './loadOwnImages.js';
import { nearPictures } from './nearPictures.js';
import { likeness, smallPicture } from './pictureHash.js';
import { sameBytes } from './sameBytes.js';

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
const LEAST_LIKENESS = 0.99;

/**
 * Unpacks every image once, and keeps of each up to 48 bytes beside its name, whatever its size.
 *
 * @throws DataError when none can be read; single ones that cannot are listed
 */
export async function inspectCatalog(
  catalog: Catalog,
  options: Omit<ReadOwnOptions, 'skipBad'> = {},
): Promise<Inspection> {
  const decoder = options.decoder ?? (await fastestDecoder());
  const bad: BadImage[] = [];
  const same = sameBytes(catalog.images.length);
  const near = nearPictures(catalog.images.length);
  const counts = new Map<string, Partial<Record<SplitName | 'all', number>>>();
  const samples = new Map<string, LabeledImage[]>();
  let [place, images, shortest, longest, coloured] = [-1, 0, Number.POSITIVE_INFINITY, 0, 0];
  for await (const { image, read, reason } of readImages(catalog, { ...options, skipBad: true, decoder })) {
    place++;
    const { name, label, split } = image;
    if (read === undefined) {
      bad.push({ name, reason: reason! });
      continue;
    }
    images++;
    const { pixels, bytes } = read;
    const [height, width, channels] = pixels.shape;
    [shortest, longest] = [Math.min(shortest, height, width), Math.max(longest, height, width)];
    if (channels === 3) coloured++;
    same.add(place, bytes);
    if (split !== undefined) near.add(place, pixels, split === 'train' ? 'known' : 'asked');
    const own = counts.get(label) ?? {};
    counts.set(label, own);
    own[split ?? 'all'] = (own[split ?? 'all'] ?? 0) + 1;
    if (samples.size < MOST_CLASSES && !samples.has(label)) samples.set(label, []);
    const shown = samples.get(label);
    if (shown !== undefined && shown.length < SAMPLES)
      shown.push({ ...fitTo(pixels, [SIDE, SIDE, 3], 'letterbox'), label });
  }
  if (images === 0) throw noneToRead(catalog.root, bad);
  const duplicates = same.groups();
  const candidates = [...near.pairs()];
  const nameOf = namesAt(catalog, [...duplicates.flat(), ...candidates.flat(2)]);
  const smallOf = async (at: number) => smallPicture(await (await catalog.read(nameOf(at))).decode(decoder));
  const leaks: [string, string][] = [];
  for (const [asked, known] of candidates) {
    const seen = await smallOf(asked);
    for (const other of known) {
      if (likeness(seen, await smallOf(other)) >= LEAST_LIKENESS) leaks.push([nameOf(other), nameOf(asked)]);
    }
  }
  return {
    ...{ images, sides: [shortest, longest], coloured, bad, leaks },
    classes: [...counts].map(([label, own]) => ({ label, images: own })),
    duplicates: duplicates.map((places) => places.map(nameOf)),
    samples: [...samples.values()],
  };
}

/** The names of images that are wanted by their places. */
function namesAt({ images }: Catalog, places: readonly number[]): (place: number) => string {
  const wanted = new Set(places);
  const names = new Map<number, string>();
  let place = 0;
  for (const { name } of images) {
    if (wanted.has(place)) names.set(place, name);
    place++;
  }
  return (at) => names.get(at)!;
}
