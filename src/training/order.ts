import { randomStream } from '../core/index.js';

/** How the images of an epoch follow each other. */
export interface OrderOptions {
  readonly seed: number;
  /** Images of one class that stand together; 1 for no such order. */
  readonly groupSize: number;
}

/** Images that an epoch can show: those of each class beyond its last whole group wait. */
export function shownInEpoch(labels: Int32Array, groupSize: number): number {
  if (groupSize === 1) return labels.length;
  const counts = new Map<number, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return [...counts.values()].reduce((sum, count) => sum + count - (count % groupSize), 0);
}

/**
 * A random order of the images for one epoch. In groups, images of a class stand together, so that a batch holds few
 * classes with several images each, however many classes there are: a triplet needs two of one class. Depends on the seed
 * and the epoch alone.
 */
export function epochOrder(labels: Int32Array, epoch: number, { seed, groupSize }: OrderOptions): Int32Array {
  const shuffled = randomStream(seed, 'order', epoch).permutation(labels.length);
  if (groupSize === 1) return shuffled;
  const waiting = new Map<number, number[]>();
  const groups: number[][] = [];
  for (const index of shuffled) {
    const own = waiting.get(labels[index]!) ?? [];
    own.push(index);
    if (own.length === groupSize) groups.push(own);
    waiting.set(labels[index]!, own.length === groupSize ? [] : own);
  }
  const order = randomStream(seed, 'groups', epoch).permutation(groups.length);
  return Int32Array.from([...order].flatMap((group) => groups[group]!));
}
