import { nearDuplicateOf, OUTLINE_VALUES, outlineOf, ruleFor } from './sketch.js';

/** Numbered images that may be near-duplicates of each other. */
export interface Sketched {
  readonly count: number;
  /** Absent where there are too many: then only copies are found. */
  readonly sketch?: (index: number) => Uint8Array;
  /** Number of the class of an image. */
  labelOf(index: number): number;
  /** Digest of all pixels of an image. Copies have the same. */
  digestOf(index: number): bigint;
}

/** Closer looks in vain, after which an image counts as new. */
const MOST_LOOKS = 8;
/** Most pairs of outlines that are compared: a second or two. */
const MOST_PAIRS = 2 ** 24;
/** With more images, each is compared with so many before it in the order of the catalog, as frames of a burst lie. */
const NEIGHBORS = 24;

/**
 * Finds sets of images that show nearly the same: copies, also resized or compressed again, and frames of a burst, which
 * differ by a small shift, zoom, turn, change of light and noise. What is near to one of a set is in the set.
 *
 * Every pair is looked at while there are up to 2²⁴ of them, some 5,800 images; else pairs of a class; beyond that, images
 * near each other in the catalog. Exact copies are always found.
 *
 * @returns for each image the first of its set, which is itself where it is alone
 */
export function nearDuplicates(images: Sketched): Int32Array {
  const sets = disjointSets(images.count);
  joinCopies(images, sets);
  if (images.sketch !== undefined) joinNear({ ...images, sketch: images.sketch }, sets);
  return Int32Array.from({ length: images.count }, (_, index) => sets.first(index));
}

function joinNear(images: Required<Sketched>, sets: DisjointSets): void {
  const outlines = new Float32Array(images.count * OUTLINE_VALUES);
  for (let i = 0; i < images.count; i++) {
    outlineOf(images.sketch(i), outlines.subarray(i * OUTLINE_VALUES, (i + 1) * OUTLINE_VALUES));
  }
  const candidates: { index: number; correlation: number }[] = [];
  const earlier = earlierOnes(images);
  for (let index = 0; index < images.count; index++) {
    candidates.length = 0;
    const { outline } = ruleFor(images.sketch(index));
    const others = earlier(index);
    for (let i = 0; i < others.length; i++) {
      const other = others[i]!;
      const correlation = correlationOf(outlines, index, other);
      if (correlation >= outline) candidates.push({ index: other, correlation });
    }
    if (candidates.length === 0) continue;
    candidates.sort((a, b) => b.correlation - a.correlation || a.index - b.index);
    const isNear = nearDuplicateOf(images.sketch(index));
    let looks = 0;
    for (const { index: other } of candidates) {
      if (sets.first(index) === sets.first(other)) continue;
      if (isNear(images.sketch(other))) sets.join(index, other);
      else if (++looks === MOST_LOOKS) break;
    }
  }
}

function correlationOf(outlines: Float32Array, one: number, other: number): number {
  let sum = 0;
  let a = one * OUTLINE_VALUES;
  let b = other * OUTLINE_VALUES;
  for (let i = 0; i < OUTLINE_VALUES; i++) sum += outlines[a++]! * outlines[b++]!;
  return sum;
}

/** Joins images with the same pixels. */
function joinCopies({ count, digestOf }: Sketched, sets: DisjointSets): void {
  const firsts = new Map<bigint, number>();
  for (let index = 0; index < count; index++) {
    const digest = digestOf(index);
    const first = firsts.get(digest);
    if (first === undefined) firsts.set(digest, index);
    else sets.join(first, index);
  }
}

/** Gives for each image those before it that it is compared with. */
function earlierOnes({ count, labelOf }: Sketched): (index: number) => Int32Array {
  const all = Int32Array.from({ length: count }, (_, index) => index);
  if ((count * (count - 1)) / 2 <= MOST_PAIRS) return (index) => all.subarray(0, index);
  // Images by class, each class in order: those of one class lie side by side.
  const sorted = all.slice().sort((a, b) => labelOf(a) - labelOf(b) || a - b);
  const starts = new Int32Array(count);
  const places = new Int32Array(count);
  let [start, pairs] = [0, 0];
  for (const [place, index] of sorted.entries()) {
    if (place > 0 && labelOf(sorted[place - 1]!) !== labelOf(index)) start = place;
    starts[index] = start;
    places[index] = place;
    pairs += place - start;
  }
  const most = pairs <= MOST_PAIRS ? count : NEIGHBORS;
  return (index) => sorted.subarray(Math.max(starts[index]!, places[index]! - most), places[index]!);
}

/** Sets of numbers that only grow together. */
interface DisjointSets {
  /** The smallest number of a number's set. */
  first(index: number): number;
  join(one: number, other: number): void;
}

/** Makes a set of each number below `count`. */
export function disjointSets(count: number): DisjointSets {
  const parents = Int32Array.from({ length: count }, (_, index) => index);
  const first = (index: number): number => {
    let at = index;
    while (parents[at] !== at) {
      parents[at] = parents[parents[at]!]!;
      at = parents[at]!;
    }
    return at;
  };
  return {
    first,
    join(one, other) {
      const [a, b] = [first(one), first(other)];
      parents[Math.max(a, b)] = Math.min(a, b);
    },
  };
}
