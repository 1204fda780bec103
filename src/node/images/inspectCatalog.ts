import { createHash } from 'node:crypto';
import type { LabeledImage } from '../../core/image.js';
import { fastestDecoder } from '../../data/decode/decoder.js';
import type { Pixels } from '../../data/decode/pixels.js';
import { fitTo } from '../../data/resize.js';
import type { Catalog } from './catalog.js';
import type { SplitName } from './imageFolder.js';
import { type BadImage, noneToRead, type ReadOwnOptions, readImages } from './loadImages.js';

/** 64 bits that stay nearly the same when a picture is resized or compressed again. */
export interface PictureHash {
  readonly high: number;
  readonly low: number;
}

const [ROWS, COLUMNS] = [8, 9];
/** Side of the small pictures that are compared at last. */
const PICTURE_HASH_SIDE = 16;

/** Each quarter of a hash is of two columns, half a picture apart: often little happens at a picture's edge. */
const columnOrder = [0, 4, 1, 5, 2, 6, 3, 7];

/** Whether each of 8 × 8 places is darker than the one to its right. */
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
export const quartersOf = ({ high, low }: PictureHash): readonly number[] => [
  high >>> 16,
  high & 0xffff,
  low >>> 16,
  low & 0xffff,
];

/** In how many bits two hashes differ. */
export function distanceOf(a: PictureHash, b: PictureHash): number {
  let count = 0;
  for (let bits of [a.high ^ b.high, a.low ^ b.low]) for (; bits !== 0; bits &= bits - 1) count++;
  return count;
}

/** A picture at 16 × 16 in gray, around its mean and of length 1; all 0 where it is plain. */
export function smallPicture(image: Pixels): Float32Array {
  const { pixels } = fitTo(image, [PICTURE_HASH_SIDE, PICTURE_HASH_SIDE, 1], 'crop');
  const mean = pixels.reduce((sum, value) => sum + value, 0) / pixels.length;
  const centred = pixels.map((value) => value - mean);
  const length = Math.hypot(...centred);
  return length < 1e-6 ? centred.fill(0) : centred.map((value) => value / length);
}

/** Correlation of two small pictures, in [−1, 1]; 0 where one is plain. */
export function likeness(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}

const MOST_BITS = 3;
/** Most pictures that are looked at beside one, the likest first: where all are alike, more would take long and tell little. */
const MOST_NEAR = 4;
const QUARTERS = 4;
const SHELVES = 2 ** 16;

/** Finds, for pictures of one group, those of another that may be the same. */
export interface NearPictures {
  add(place: number, picture: Pixels, group: 'known' | 'asked'): void;
  /** Each picture that was asked about and has some near it, with those. */
  pairs(): Generator<readonly [asked: number, known: readonly number[]], void, undefined>;
}

/** Room for `count` pictures, numbered from 0, of which each takes up to 28 bytes. */
export function nearPictures(count: number): NearPictures {
  const [high, low] = [new Uint32Array(count), new Uint32Array(count)];
  const groups = { known: new Uint32Array(count), asked: new Uint32Array(count) };
  const lengths = { known: 0, asked: 0 };
  const hashOf = (place: number): PictureHash => ({ high: high[place]!, low: low[place]! });

  return {
    add(place, picture, group) {
      const hash = pictureHash(picture);
      high[place] = hash.high;
      low[place] = hash.low;
      groups[group][lengths[group]++] = place;
    },
    *pairs() {
      const known = groups.known.subarray(0, lengths.known);
      const shelves = Array.from({ length: QUARTERS }, (_, quarter) =>
        shelvesOf(known, (place) => quartersOf(hashOf(place))[quarter]!),
      );
      for (const asked of groups.asked.subarray(0, lengths.asked)) {
        const hash = hashOf(asked);
        const keys = quartersOf(hash);
        const near: number[][] = Array.from({ length: MOST_BITS + 1 }, () => []);
        for (const [quarter, { starts, places }] of shelves.entries()) {
          const key = keys[quarter]!;
          for (let i = starts[key]!; i < starts[key + 1]! && near[0]!.length < MOST_NEAR; i++) {
            const other = hashOf(places[i]!);
            const own = near[distanceOf(hash, other)];
            if (own === undefined || own.length === MOST_NEAR) continue;
            // A pair that shares several quarters lies on a shelf of each.
            if (quartersOf(other).findIndex((value, place) => value === keys[place]) === quarter)
              own.push(places[i]!);
          }
        }
        const found = near.flat().slice(0, MOST_NEAR);
        if (found.length > 0) yield [asked, found];
      }
    },
  };
}

/** Places sorted by a key of 16 bits: those of `key` are from `starts[key]` to before `starts[key + 1]`. */
function shelvesOf(all: Uint32Array, keyOf: (place: number) => number) {
  const starts = new Uint32Array(SHELVES + 1);
  for (const place of all) starts[keyOf(place) + 1]!++;
  for (let key = 0; key < SHELVES; key++) starts[key + 1]! += starts[key]!;
  const next = starts.slice();
  const places = new Uint32Array(all.length);
  for (const place of all) places[next[keyOf(place)]!++] = place;
  return { starts, places };
}

/** Of a SHA-256, in words of 32 bits: enough that two of any number of images never agree by chance. */
const WORDS = 4;

/** Finds what is there more than once among things that are numbered from 0. */
export interface SameBytes {
  add(place: number, bytes: Uint8Array): void;
  /** The places of each that is there more than once, by their first. */
  groups(): readonly (readonly number[])[];
}

/** Room for `count` things, of which each takes 20 bytes. */
export function sameBytes(count: number): SameBytes {
  const words = new Uint32Array(WORDS * count);
  const places = new Uint32Array(count);
  let length = 0;
  const compare = (a: number, b: number): number => {
    for (let i = 0; i < WORDS; i++) {
      const difference = words[WORDS * a + i]! - words[WORDS * b + i]!;
      if (difference !== 0) return difference;
    }
    return 0;
  };
  return {
    add(place, bytes) {
      const digest = createHash('sha256').update(bytes).digest();
      for (let i = 0; i < WORDS; i++) words[WORDS * place + i] = digest.readUInt32LE(4 * i);
      places[length++] = place;
    },
    groups() {
      const sorted = places.subarray(0, length).sort((a, b) => compare(a, b) || a - b);
      const groups: number[][] = [];
      for (const [i, place] of sorted.entries()) {
        if (i === 0 || compare(sorted[i - 1]!, place) !== 0) continue;
        if (groups.at(-1)?.at(-1) === sorted[i - 1]) groups.at(-1)!.push(place);
        else groups.push([sorted[i - 1]!, place]);
      }
      return groups.sort(([a], [b]) => a! - b!);
    },
  };
}

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
