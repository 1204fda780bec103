import { randomStream } from '../core/random.js';

export interface EpochOrderOptions {
  readonly seed: number;
  /** Images of one class that stand together; 1 for a plain random order. */
  readonly groupSize: number;
}

/**
 * A random order of the images for one epoch. In groups, images of a class stand together, so that a batch holds few
 * classes with several images each, however many classes there are: a triplet needs two of one class. Images of a class
 * beyond its last whole group are left out. Depends on the seed and the epoch alone.
 */
export function epochOrder(
  labels: Int32Array,
  epoch: number,
  { seed, groupSize }: EpochOrderOptions,
): Int32Array {
  const shuffled = randomStream(seed, 'order', epoch).permutation(labels.length);
  if (groupSize === 1) return shuffled;
  const incomplete = new Map<number, number[]>();
  const groups: number[][] = [];
  for (const index of shuffled) {
    const group = incomplete.get(labels[index]!) ?? [];
    group.push(index);
    if (group.length === groupSize) groups.push(group);
    incomplete.set(labels[index]!, group.length === groupSize ? [] : group);
  }
  const order = randomStream(seed, 'groups', epoch).permutation(groups.length);
  return Int32Array.from([...order].flatMap((group) => groups[group]!));
}

/** Number of images in the order of an epoch: those in whole groups of their class. */
export function shownInEpoch(labels: Int32Array, groupSize: number): number {
  if (groupSize === 1) return labels.length;
  const counts = new Map<number, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return [...counts.values()].reduce((sum, count) => sum + count - (count % groupSize), 0);
}
