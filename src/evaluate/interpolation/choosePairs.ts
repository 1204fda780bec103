import { imagesOf, randomStream, UsageError } from '../../core/index.js';
import type { ImageSource } from '../../data/index.js';
import type { ImagePair } from './interpolate.js';

/** Places of two images in a source. */
export type IndexPair = readonly [from: number, to: number];

export interface ChoosePairsOptions {
  /** Number of pairs, at least 1. */
  readonly count: number;
  /**
   * `class`: two different images of one class, the classes taking turns in a random order; classes with a single image
   * are left out. `any`: two different images of the whole source.
   */
  readonly within: 'class' | 'any';
  readonly seed: number;
}

/** Place of each image among the source's, class by class. */
function membersOf({ labels, classes }: ImageSource): number[][] {
  const members: number[][] = classes.map(() => []);
  for (const [i, label] of labels.entries()) members[label]!.push(i);
  return members;
}

/**
 * Random pairs of images, by their places. Pair `i` depends on the source, the seed and `i` alone, so fewer pairs are a
 * beginning of more; one may come twice.
 *
 * @throws UsageError when `count` is not a whole number of at least 1, or there are no two images to choose
 */
export function choosePairs(source: ImageSource, { count, within, seed }: ChoosePairsOptions): IndexPair[] {
  if (!Number.isSafeInteger(count) || count < 1) {
    throw new UsageError(`${count} pairs are asked for, but it must be a whole number of at least 1`);
  }
  const groups = within === 'class' ? membersOf(source) : [[...source.labels.keys()]];
  const usable = groups.filter((group) => group.length >= 2);
  if (usable.length === 0) {
    throw new UsageError(
      within === 'class'
        ? 'no class has two images to choose a pair of'
        : 'there are no two images to choose',
      { hint: within === 'class' ? 'Choose pairs of any two images, or give more.' : 'Give more images.' },
    );
  }
  const turns = randomStream(seed, 'pairs', within, 'turns').permutation(usable.length);
  return Array.from({ length: count }, (_, i) => {
    const group = usable[turns[i % turns.length]!]!;
    const random = randomStream(seed, 'pairs', within, i);
    const first = random.integer(group.length);
    // Any of the others: those from the first one on move up by one.
    const other = random.integer(group.length - 1);
    return [group[first]!, group[other < first ? other : other + 1]!];
  });
}

/** The images of pairs of places. */
export function imagePairs(source: ImageSource, pairs: readonly IndexPair[]): ImagePair[] {
  const images = [...imagesOf(source.images(pairs.flat()))];
  return pairs.map((_, pair) => [images[2 * pair]!, images[2 * pair + 1]!]);
}
