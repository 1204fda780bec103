import type { RandomStream } from '../../core/index.js';
import type { BaseCodes } from '../../models/index.js';

/** One place to visit. */
export interface Waypoint {
  /** The samples it is made from, by their places in their class. */
  readonly parents: readonly number[];
  /** 0 at the first parent; what it is elsewhere is up to the path. */
  readonly omega: number;
  /** Pairs of base codes, the two of a pair of one class, by their places in the model's; for paths that use them. */
  readonly base?: readonly number[];
}

/** A way through latent space that stays in one class. */
export interface LatentPath {
  readonly name: string;
  /** Samples of a class that each image is made from, and so the fewest that the path needs. */
  readonly samplesNeeded: number;
  /** Whether it goes along the sphere, and so needs codes there. */
  readonly spherical: boolean;
  /** Base codes of the model that each image is made with; 0 for none. */
  readonly baseNeeded: number;
  /** Places where images are made: from the first on, short of the second. Default: 0 and 1. */
  readonly reach?: readonly [number, number];
  /** Whether it needs codes with a style part. Default `false`. */
  readonly styled?: boolean;
  /** Chooses parents among `count` samples of a class, and a place. `base` is there where the path uses it. */
  choose(count: number, random: RandomStream, base?: BaseCodes): Waypoint;
  /**
   * The code `[d]` at `omega`. `codes` are those of the parents, then those of the base; their last `styleSize` values are
   * their style part.
   */
  walk(codes: readonly Float32Array[], omega: number, styleSize: number): Float32Array;
}

/** Two different places of `count`, each ordered pair equally likely. */
function twoOf(count: number, random: RandomStream): [number, number] {
  const first = random.integer(count);
  // The first two cards of a shuffled deck: where the first one was taken from, card 0 lies now.
  const place = 1 + random.integer(count - 1);
  return [first, place === first ? 0 : place];
}

/** Two different samples, each pair equally likely, and a place between them, uniform in [0, 1). */
export function choosePair(count: number, random: RandomStream): Waypoint {
  return { parents: twoOf(count, random), omega: random.uniform() };
}

/** Three different samples, each ordered choice equally likely, and a place in [0, 1). */
export function chooseThree(count: number, random: RandomStream): Waypoint {
  const [first, second] = twoOf(count, random);
  // Places of the others, which close up over those taken.
  let third = random.integer(count - 2);
  for (const taken of first < second ? [first, second] : [second, first]) if (third >= taken) third++;
  return { parents: [first, second, third], omega: random.uniform() };
}

/**
 * One sample, as many pairs of different base codes, each of a class that was drawn first, and a share of their
 * differences in [0, 1).
 */
export function chooseDifferences(
  count: number,
  random: RandomStream,
  base: BaseCodes,
  pairs: number,
): Waypoint {
  const parent = random.integer(count);
  const places = Array.from({ length: pairs }, () => {
    const members = base.classes[random.integer(base.classes.length)]!;
    return twoOf(members.length, random).map((place) => members[place]!);
  });
  return { parents: [parent], base: places.flat(), omega: random.uniform() };
}
