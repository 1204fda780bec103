import { randomStream, UsageError } from '../core/index.js';

/** How many of the points that there are to take. */
export interface BalancedChoiceOptions {
  /** Number of classes. */
  readonly classes: number;
  /** Points in all. Default: as many as there are of the rarest class, from every class, but no more than `most`. */
  readonly count?: number;
  /** Bounds the default of `count`. Default: no bound. */
  readonly most?: number;
  readonly seed: number;
}

/**
 * A seeded choice of points with as many of each class as of the others, or one more of some where `count` is no multiple
 * of the classes: of the first ones.
 *
 * @param labels class of each point, from 0 on
 * @returns places of the chosen points, rising
 * @throws UsageError when a class has fewer points than its part of `count`
 */
export function balancedChoice(labels: ArrayLike<number>, options: BalancedChoiceOptions): Int32Array {
  const { classes, seed, most = Number.POSITIVE_INFINITY } = options;
  const members: number[][] = Array.from({ length: classes }, () => []);
  for (let i = 0; i < labels.length; i++) members[labels[i]!]!.push(i);
  const fewest = Math.min(...members.map(({ length }) => length));
  const count = options.count ?? Math.min(most, fewest * classes);
  const chosen = members.flatMap((own, label) => {
    const wanted = Math.floor(count / classes) + Number(label < count % classes);
    if (wanted > own.length) {
      throw new UsageError(
        `${count} images are asked for, as many of each of ${classes} classes, but one class has ${own.length}`,
        { hint: `Ask for at most ${fewest * classes} images.` },
      );
    }
    const drawn = randomStream(seed, 'balanced', label).sample(own.length, wanted);
    return Array.from(drawn, (place) => own[place]!);
  });
  return Int32Array.from(chosen).sort();
}
