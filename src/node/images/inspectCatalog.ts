import { createHash } from 'node:crypto';
import type { LabeledImage } from '../../core/image.js';
import { fastestDecoder } from '../../data/decode/decoder.js';
import type { Pixels } from '../../data/decode/pixels.js';
import { fitTo } from '../../data/resize.js';
import type { Catalog } from './catalog.js';
import type { BadImage, PassedOver } from './findings.js';
import { noneToRead, type ReadOwnOptions, readImages } from './readImages.js';
import type { SplitName } from './splits.js';

/** Images of a class. */
export interface ClassCount {
  readonly label: string;
  /** Images that can be read, by split; `all` if the data are not split. */
  readonly images: Readonly<Partial<Record<SplitName | 'all', number>>>;
}

/** Findings about all images of a catalog. */
export interface Inspection {
  readonly images: number;
  readonly classes: readonly ClassCount[];
  /** Shortest and longest side, in pixels. */
  readonly sides: readonly [shortest: number, longest: number];
  /** Number of images in color; spelled as in the JSON of `fewshot inspect`. */
  readonly coloured: number;
  readonly bad: readonly BadImage[];
  readonly passedOver: readonly PassedOver[];
  /** Sentences on how data were read that could mean several things. */
  readonly notes: readonly string[];
  /** Names of files with the same bytes. */
  readonly duplicates: readonly (readonly string[])[];
  /** Pairs of nearly the same picture in two splits, of which one is `train`: such a test image tests nothing. */
  readonly leaks: readonly (readonly [train: string, other: string])[];
  /** The first images of each class, small. */
  readonly samples: readonly (readonly LabeledImage[])[];
}

/** Samples for a contact sheet: images of a class, classes, and side of an image. */
const [SAMPLES, MOST_CLASSES, SAMPLE_SIDE] = [10, 40, 64];
/** Correlation from which two pictures are nearly the same. */
const LEAST_CORRELATION = 0.99;

/**
 * Decodes every image once, and keeps of each up to 48 bytes beside its name, whatever its size.
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
  let [index, images, shortest, longest, coloured] = [-1, 0, Number.POSITIVE_INFINITY, 0, 0];
  for await (const { image, read, reason } of readImages(catalog, { ...options, skipBad: true, decoder })) {
    index++;
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
    same.add(index, bytes);
    if (split !== undefined) near.add(index, pixels, split === 'train' ? 'known' : 'asked');
    const own = counts.get(label) ?? {};
    counts.set(label, own);
    own[split ?? 'all'] = (own[split ?? 'all'] ?? 0) + 1;
    if (samples.size < MOST_CLASSES && !samples.has(label)) samples.set(label, []);
    const shown = samples.get(label);
    if (shown !== undefined && shown.length < SAMPLES)
      shown.push({ ...fitTo(pixels, [SAMPLE_SIDE, SAMPLE_SIDE, 3], 'letterbox'), label });
  }
  if (images === 0) throw noneToRead(catalog.root, bad);
  const duplicates = same.groups();
  const candidates = [...near.pairs()];
  const nameOf = namesOf(catalog, [...duplicates.flat(), ...candidates.flat(2)]);
  const smallOf = async (at: number) => smallPicture(await (await catalog.read(nameOf(at))).decode(decoder));
  const leaks: [string, string][] = [];
  for (const [asked, known] of candidates) {
    const small = await smallOf(asked);
    for (const other of known) {
      if (correlation(small, await smallOf(other)) >= LEAST_CORRELATION)
        leaks.push([nameOf(other), nameOf(asked)]);
    }
  }
  return {
    ...{ images, sides: [shortest, longest], coloured, bad, leaks },
    passedOver: catalog.passedOver,
    notes: catalog.notes ?? [],
    classes: [...counts].map(([label, own]) => ({ label, images: own })),
    duplicates: duplicates.map((group) => group.map(nameOf)),
    samples: [...samples.values()],
  };
}

/** The names of the images of these indices. */
function namesOf({ images }: Catalog, indices: readonly number[]): (index: number) => string {
  const asked = new Set(indices);
  const names = new Map<number, string>();
  let index = 0;
  for (const { name } of images) {
    if (asked.has(index)) names.set(index, name);
    index++;
  }
  return (at) => names.get(at)!;
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

/** Most bits in which the hashes of near pictures differ. */
const MOST_BITS = 3;
/** Most pictures found near one, the nearest first: where all are alike, more would take long and tell little. */
const MOST_NEAR = 4;
const QUARTERS = 4;
const BUCKETS = 2 ** 16;

/** Finds, for pictures of one group, those of another that may be the same. */
export interface NearPictures {
  add(index: number, picture: Pixels, group: 'known' | 'asked'): void;
  /** Each picture of `asked` that has some of `known` near it, with those. */
  pairs(): Generator<readonly [asked: number, known: readonly number[]], void, undefined>;
}

/** Makes room for `count` pictures, numbered from 0, each of which takes up to 28 bytes. */
export function nearPictures(count: number): NearPictures {
  const [high, low] = [new Uint32Array(count), new Uint32Array(count)];
  const groups = { known: new Uint32Array(count), asked: new Uint32Array(count) };
  const lengths = { known: 0, asked: 0 };
  const hashOf = (index: number): PictureHash => ({ high: high[index]!, low: low[index]! });

  return {
    add(index, picture, group) {
      const hash = pictureHash(picture);
      high[index] = hash.high;
      low[index] = hash.low;
      groups[group][lengths[group]++] = index;
    },
    *pairs() {
      const known = groups.known.subarray(0, lengths.known);
      const tables = Array.from({ length: QUARTERS }, (_, quarter) =>
        bucketsOf(known, (index) => quartersOf(hashOf(index))[quarter]!),
      );
      for (const asked of groups.asked.subarray(0, lengths.asked)) {
        const hash = hashOf(asked);
        const keys = quartersOf(hash);
        const near: number[][] = Array.from({ length: MOST_BITS + 1 }, () => []);
        for (const [quarter, { starts, indices }] of tables.entries()) {
          const key = keys[quarter]!;
          for (let i = starts[key]!; i < starts[key + 1]! && near[0]!.length < MOST_NEAR; i++) {
            const other = hashOf(indices[i]!);
            const own = near[distanceOf(hash, other)];
            if (own === undefined || own.length === MOST_NEAR) continue;
            // A pair that shares several quarters is in a bucket of each.
            if (quartersOf(other).findIndex((value, i) => value === keys[i]) === quarter)
              own.push(indices[i]!);
          }
        }
        const found = near.flat().slice(0, MOST_NEAR);
        if (found.length > 0) yield [asked, found];
      }
    },
  };
}

/** Indices sorted by a key of 16 bits: those of `key` are from `starts[key]` to before `starts[key + 1]`. */
function bucketsOf(all: Uint32Array, keyOf: (index: number) => number) {
  const starts = new Uint32Array(BUCKETS + 1);
  for (const index of all) starts[keyOf(index) + 1]!++;
  for (let key = 0; key < BUCKETS; key++) starts[key + 1]! += starts[key]!;
  const next = starts.slice();
  const indices = new Uint32Array(all.length);
  for (const index of all) indices[next[keyOf(index)]!++] = index;
  return { starts, indices };
}

/** 64 bits that stay nearly the same when a picture is resized or compressed again. */
export interface PictureHash {
  readonly high: number;
  readonly low: number;
}

const [ROWS, COLUMNS] = [8, 9];

/** Each quarter of a hash is of two columns, half a picture apart: often little happens at a picture's edge. */
const columnOrder = [0, 4, 1, 5, 2, 6, 3, 7];

/** A difference hash: for each of 8 × 8 pixels, a bit that says that it is darker than the one to its right. */
export function pictureHash(image: Pixels): PictureHash {
  const { pixels } = fitTo(image, [ROWS, COLUMNS, 1], 'crop');
  const half = (columns: readonly number[]): number => {
    let bits = 0;
    for (const column of columns) {
      for (let row = 0; row < ROWS; row++) {
        const at = row * COLUMNS + column;
        bits = (bits << 1) | Number(pixels[at]! < pixels[at + 1]!);
      }
    }
    return bits >>> 0;
  };
  return { high: half(columnOrder.slice(0, 4)), low: half(columnOrder.slice(4)) };
}

/** The four quarters of a hash. Of two hashes that differ in up to three bits, at least one quarter is the same. */
const quartersOf = ({ high, low }: PictureHash): readonly number[] => [
  high >>> 16,
  high & 0xffff,
  low >>> 16,
  low & 0xffff,
];

/** Number of bits in which two hashes differ. */
export function distanceOf(a: PictureHash, b: PictureHash): number {
  let count = 0;
  for (let bits of [a.high ^ b.high, a.low ^ b.low]) for (; bits !== 0; bits &= bits - 1) count++;
  return count;
}

/** Side of the small pictures whose correlation decides. */
const SMALL_SIDE = 16;

/** A picture at 16 × 16 in gray, around its mean and of length 1; all 0 if it is plain. */
function smallPicture(image: Pixels): Float32Array {
  const { pixels } = fitTo(image, [SMALL_SIDE, SMALL_SIDE, 1], 'crop');
  const mean = pixels.reduce((sum, value) => sum + value, 0) / pixels.length;
  const centered = pixels.map((value) => value - mean);
  const length = Math.hypot(...centered);
  return length < 1e-6 ? centered.fill(0) : centered.map((value) => value / length);
}

/** Correlation of two small pictures, in [−1, 1]; 0 if one is plain. */
function correlation(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}
