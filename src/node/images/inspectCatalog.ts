import { createHash } from 'node:crypto';
import type { LabeledImage } from '../../core/image.js';
import { fastestDecoder } from '../../data/decode/decoder.js';
import type { Pixels } from '../../data/decode/pixels.js';
import { fitTo } from '../../data/resize.js';
import type { Catalog, CatalogImage } from './catalog.js';
import { cut } from './cut.js';
import type { Findings } from './findings.js';
import { collectFacts, factsOf } from './imageFacts.js';
import { listUnread, noneToRead, type ReadOwnOptions, readImages } from './readImages.js';
import type { SplitName } from './splits.js';

/** Images of a class. */
export interface ClassCount {
  readonly label: string;
  /** Images that can be read, by split; `all` if the data are not split. */
  readonly images: Readonly<Partial<Record<SplitName | 'all', number>>>;
}

/** Findings about all images of a catalog. */
export interface Inspection extends Findings {
  readonly images: number;
  readonly classes: readonly ClassCount[];
  /** Shortest and longest side, in pixels. */
  readonly sides: readonly [shortest: number, longest: number];
  /** Number of images in color; spelled as in the JSON of `fewshot inspect`. */
  readonly coloured: number;
  /** Names of files with the same bytes. */
  readonly duplicates: readonly (readonly string[])[];
  /** The first images of each class, small. */
  readonly samples: readonly (readonly LabeledImage[])[];
}

/** Options of {@link inspectCatalog}. */
export interface InspectOptions extends Omit<ReadOwnOptions, 'skipBad'> {
  /** Called with each picture that can be read. */
  readonly onPicture?: (picture: Pixels) => void;
}

/** Samples for a contact sheet: images of a class, classes, and side of an image. */
const [SAMPLES, MOST_CLASSES, SAMPLE_SIDE] = [10, 40, 64];

/**
 * Decodes every image once, and keeps of each about 1.5 KB, whatever its size.
 *
 * @throws DataError when none can be read; single ones that cannot are listed
 */
export async function inspectCatalog(catalog: Catalog, options: InspectOptions = {}): Promise<Inspection> {
  const decoder = options.decoder ?? (await fastestDecoder());
  const unread = listUnread(catalog);
  const same = sameBytes(catalog.images.length);
  const facts = collectFacts(catalog.images.length);
  const good: CatalogImage[] = [];
  const counts = new Map<string, Partial<Record<SplitName | 'all', number>>>();
  const samples = new Map<string, LabeledImage[]>();
  let [shortest, longest, coloured] = [Number.POSITIVE_INFINITY, 0, 0];
  for await (const reading of readImages(catalog, { ...options, skipBad: true, decoder })) {
    const { image, read } = reading;
    if (read === undefined) {
      unread.add(reading);
      continue;
    }
    const { label, split } = image;
    const { pixels, bytes } = read;
    const [height, width, channels] = pixels.shape;
    [shortest, longest] = [Math.min(shortest, height, width), Math.max(longest, height, width)];
    if (channels === 3) coloured++;
    options.onPicture?.(pixels);
    same.add(good.push(image) - 1, bytes);
    facts.add(image, factsOf(pixels), pixels.note);
    const own = counts.get(label) ?? {};
    counts.set(label, own);
    own[split ?? 'all'] = (own[split ?? 'all'] ?? 0) + 1;
    if (samples.size < MOST_CLASSES && !samples.has(label)) samples.set(label, []);
    const shown = samples.get(label);
    if (shown !== undefined && shown.length < SAMPLES)
      shown.push({ ...fitTo(pixels, [SAMPLE_SIDE, SAMPLE_SIDE, 3], 'letterbox', options.background), label });
  }
  const { passedOver, bad } = unread;
  if (good.length === 0) throw noneToRead(catalog.root, unread);
  const pictures = facts.findings();
  const { leftOut, tested, leaks } = cut(good, pictures.alike);
  return {
    ...{ images: good.length, sides: [shortest, longest], coloured },
    classes: [...counts].map(([label, own]) => ({ label, images: own })),
    ...{ passedOver, notes: catalog.notes ?? [], bad, leftOut, tested, leaks, ...pictures },
    duplicates: same.groups().map((group) => group.map((index) => good[index]!.name)),
    samples: [...samples.values()],
  };
}

/** Of a SHA-256, in words of 32 bits: enough that no two of any number of images agree by chance. */
const WORDS = 4;

/** Finds duplicates among numbered files. */
export interface SameBytes {
  add(index: number, bytes: Uint8Array): void;
  /** The indices of each content that occurs more than once, ordered by the first of each. */
  groups(): readonly (readonly number[])[];
}

/** Makes room for `count` files, each of which takes 20 bytes. */
export function sameBytes(count: number): SameBytes {
  const words = new Uint32Array(WORDS * count);
  const indices = new Uint32Array(count);
  let length = 0;
  const compare = (a: number, b: number): number => {
    for (let i = 0; i < WORDS; i++) {
      const difference = words[WORDS * a + i]! - words[WORDS * b + i]!;
      if (difference !== 0) return difference;
    }
    return 0;
  };
  return {
    add(index, bytes) {
      const digest = createHash('sha256').update(bytes).digest();
      for (let i = 0; i < WORDS; i++) words[WORDS * index + i] = digest.readUInt32LE(4 * i);
      indices[length++] = index;
    },
    groups() {
      const sorted = indices.subarray(0, length).sort((a, b) => compare(a, b) || a - b);
      const groups: number[][] = [];
      for (const [i, index] of sorted.entries()) {
        if (i === 0 || compare(sorted[i - 1]!, index) !== 0) continue;
        if (groups.at(-1)?.at(-1) === sorted[i - 1]) groups.at(-1)!.push(index);
        else groups.push([sorted[i - 1]!, index]);
      }
      return groups.sort(([a], [b]) => a! - b!);
    },
  };
}
