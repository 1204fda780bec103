import type { Pixels } from '../../data/decode/pixels.js';
import type { CatalogImage } from './catalog.js';
import type { BadImage, Findings } from './findings.js';
import { nearDuplicates } from './nearDuplicates.js';
import { SKETCH_BYTES, sketchOf } from './sketch.js';

const DIGEST_BYTES = 8;
/** Bytes that are kept of an image to judge the data by: its sketch, a digest of its pixels, and flags. */
export const FACT_BYTES = SKETCH_BYTES + DIGEST_BYTES + 1;
const [PLAIN, DARK] = [1, 2];

/** Values within so much of each other are one color. */
const ONE_COLOR = 2 / 255;
/** An image is dark if its mean is below the first value, 99 % of its values are below the second, or all below the last. */
const [DARK_MEAN, DARK_VALUE, DARK_SHARE, VISIBLE] = [2 / 255, 8 / 255, 0.99, 24 / 255];

/** What is kept of a decoded image, before it is fitted to any shape. */
export function factsOf(image: Pixels): Uint8Array {
  const { pixels, shape } = image;
  const channels = shape[2];
  const least = new Float32Array(channels).fill(1);
  const most = new Float32Array(channels);
  let [sum, dark] = [0, 0];
  for (let i = 0, c = 0; i < pixels.length; i++) {
    const value = pixels[i]!;
    sum += value;
    if (value < DARK_VALUE) dark++;
    if (value < least[c]!) least[c] = value;
    if (value > most[c]!) most[c] = value;
    if (++c === channels) c = 0;
  }
  const plain = most.every((value, c) => value - least[c]! < ONE_COLOR);
  const isDark =
    sum / pixels.length < DARK_MEAN ||
    dark / pixels.length > DARK_SHARE ||
    most.every((value) => value < VISIBLE);
  const facts = new Uint8Array(FACT_BYTES);
  facts.set(sketchOf(image));
  facts.set(digestOf(image), SKETCH_BYTES);
  facts[FACT_BYTES - 1] = (plain ? PLAIN : 0) | (isDark ? DARK : 0);
  return facts;
}

/** A digest of size and pixels in 64 bits, fast enough for photos: two hashes in the manner of murmur3's mixing. */
function digestOf({ pixels, shape }: Pixels): Uint8Array {
  const words = new Uint32Array(pixels.buffer, pixels.byteOffset, pixels.length);
  let [a, b] = [0x9e3779b9, 0x85ebca6b];
  for (const side of shape) [a, b] = [Math.imul(a ^ side, 0xcc9e2d51), Math.imul(b + side, 0x1b873593)];
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    a = Math.imul(a ^ word, 0xcc9e2d51);
    a ^= a >>> 15;
    b = Math.imul(b + word, 0x1b873593);
    b ^= b >>> 13;
  }
  const digest = new Uint8Array(DIGEST_BYTES);
  new DataView(digest.buffer).setUint32(0, a);
  new DataView(digest.buffer).setUint32(4, b);
  return digest;
}

/** Findings that the pixels of images tell. */
export type PictureFindings = Pick<
  Findings,
  'plain' | 'dark' | 'same' | 'contradicting' | 'tolerated' | 'alike'
>;

/** Collects facts about the images of a catalog, one after another. */
export interface FactCollector {
  /** @param note of the decoder, on damage that it tolerated */
  add(image: CatalogImage, facts: Uint8Array, note?: string): void;
  findings(): PictureFindings;
}

/** Most images whose sketches are kept, in 48 MB. Of more, only exact copies are found. */
const MOST_SKETCHES = 2 ** 15;

/** Makes room for up to `count` images. */
export function collectFacts(count: number): FactCollector {
  const kept = count <= MOST_SKETCHES ? new Uint8Array(count * SKETCH_BYTES) : undefined;
  const digests = new Uint8Array(count * DIGEST_BYTES);
  const labels = new Int32Array(count);
  const numbers = new Map<string, number>();
  const images: CatalogImage[] = [];
  const plain: string[] = [];
  const dark: string[] = [];
  const tolerated: BadImage[] = [];
  return {
    add(image, facts, note) {
      const index = images.push(image) - 1;
      kept?.set(facts.subarray(0, SKETCH_BYTES), index * SKETCH_BYTES);
      digests.set(facts.subarray(SKETCH_BYTES, SKETCH_BYTES + DIGEST_BYTES), index * DIGEST_BYTES);
      if (!numbers.has(image.label)) numbers.set(image.label, numbers.size);
      labels[index] = numbers.get(image.label)!;
      const flags = facts[FACT_BYTES - 1]!;
      if (flags & PLAIN) plain.push(image.name);
      if (flags & DARK) dark.push(image.name);
      if (note !== undefined) tolerated.push({ name: image.name, reason: note });
    },
    findings() {
      const digestAt = new DataView(digests.buffer);
      const digestOf = (index: number) => digestAt.getBigUint64(index * DIGEST_BYTES);
      const near = nearDuplicates({
        count: images.length,
        ...(kept && {
          sketch: (index: number) => kept.subarray(index * SKETCH_BYTES, (index + 1) * SKETCH_BYTES),
        }),
        labelOf: (index) => labels[index]!,
        digestOf,
      });
      const named = (keyOf: (index: number) => number | bigint) =>
        setsOf(images.length, keyOf).map((set) => ({
          names: set.map((index) => images[index]!.name),
          mixed: set.some((index) => labels[index] !== labels[set[0]!]),
        }));
      const same = named(digestOf);
      const single = new Set(plain);
      return {
        ...{ plain, dark, tolerated },
        same: same.map(({ names }) => names),
        contradicting: same
          .filter(({ mixed, names }) => mixed && !single.has(names[0]!))
          .map(({ names }) => names),
        alike: named((index) => near[index]!).map(({ names }) => names),
      };
    },
  };
}

/** Sets of numbers below `count` that share a key, with more than one member, ordered by the first of each. */
function setsOf(count: number, keyOf: (index: number) => number | bigint): number[][] {
  const sets = new Map<number | bigint, number[]>();
  for (let index = 0; index < count; index++) {
    const key = keyOf(index);
    const set = sets.get(key);
    if (set === undefined) sets.set(key, [index]);
    else set.push(index);
  }
  return [...sets.values()].filter((set) => set.length > 1);
}
