import { UsageError } from '../core/errors.js';
import type { RandomStream } from '../core/random.js';
import type { LatentSpace } from '../models/architecture.js';
import type { BaseCodes } from '../models/baseCodes.js';
import type { Model } from '../models/model.js';
import { carryPoint, lerpPoint, meanPoint, scatterPoint, slerpPoint } from '../sphere/point.js';

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

/** From the second sample on, by up to half the way between the two. Our reading. */
const REACH = [1, 1.5] as const;

/**
 * On the great circle through two samples of a class, past the second: what sets it apart from the first, and more of
 * that. Not from the poster.
 */
export const extrapolatePath: LatentPath = {
  name: 'extrapolate',
  samplesNeeded: 2,
  spherical: true,
  baseNeeded: 0,
  reach: REACH,
  choose(count, random) {
    const { parents, omega } = choosePair(count, random);
    return { parents, omega: REACH[0] + (REACH[1] - REACH[0]) * omega };
  },
  walk: ([from, to], omega) => slerpPoint(from!, to!, omega),
};

/** Along the straight line between two samples of a class, through the inside of the sphere: the poster's ATNL*. */
export const lerpPath: LatentPath = {
  name: 'lerp',
  samplesNeeded: 2,
  spherical: false,
  baseNeeded: 0,
  choose: choosePair,
  walk: ([from, to], omega) => lerpPoint(from!, to!, omega),
};

/**
 * The Fréchet mean of three samples of a class with the weights 1 − ω, ω / 2 and ω / 2: from the first sample at 0 by way of
 * the middle of all three at 2/3 to the middle of the other two. It fills the triangle that slerps draw the edges of. Not
 * from the poster.
 */
export const meanPath: LatentPath = {
  name: 'mean',
  samplesNeeded: 3,
  spherical: true,
  baseNeeded: 0,
  choose: chooseThree,
  walk: (codes, omega) => meanPoint(codes, [1 - omega, omega / 2, omega / 2]),
};

/**
 * One sample in the style of others: its class part stays, and its style part becomes one between those of two base
 * samples of a class, on the great circle through them. Works with one sample a class, and with classes that the encoder has
 * never seen, as far as its class part says all that is theirs. Needs codes with a style part. Not from the poster.
 */
export const restylePath: LatentPath = {
  name: 'restyle',
  samplesNeeded: 1,
  spherical: true,
  baseNeeded: 2,
  styled: true,
  choose: (count, random, base) => chooseDifferences(count, random, base!, 1),
  walk([sample, from, to], omega, styleSize) {
    const styleOf = (code: Float32Array) => code.subarray(code.length - styleSize);
    const code = sample!.slice();
    // Style parts have length √½, which a slerp keeps.
    code.set(slerpPoint(styleOf(from!), styleOf(to!), omega), code.length - styleSize);
    return code;
  },
};

/** Along the great circle through two samples of a class: ATNL's spherical semantic interpolation (poster, figure 4). */
export const slerpPath: LatentPath = {
  name: 'slerp',
  samplesNeeded: 2,
  spherical: true,
  baseNeeded: 0,
  choose: choosePair,
  walk: ([from, to], omega) => slerpPoint(from!, to!, omega),
};

/** Differences that add up to one movement: enough to look like noise, few enough to be listed with an image. */
const PAIRS = 4;

/**
 * Around one sample, by noise that has the covariance of the base classes: differences of four pairs of base samples, carried
 * to it by parallel transport and added up, and a share of that is walked. A difference of two samples of a class has twice
 * the covariance of the class, which 1 / √(2 · 4) makes up for. Like `transport` it works with one sample a class, but
 * moves every way at once and not as far. Not from the poster.
 */
export const tangentPath: LatentPath = {
  name: 'tangent',
  samplesNeeded: 1,
  spherical: true,
  baseNeeded: 2 * PAIRS,
  choose: (count, random, base) => chooseDifferences(count, random, base!, PAIRS),
  walk: ([sample, ...base], omega) => scatterPoint(base, sample!, omega / Math.sqrt(2 * PAIRS)),
};

/**
 * From one sample along a difference that two base samples of one class show: the tangent from the one to the other is
 * carried to the sample by parallel transport, and a share of it is walked. It moves how samples of a class differ from
 * classes that the encoder knows to others, and works with one sample a class. Not from the poster.
 */
export const transportPath: LatentPath = {
  name: 'transport',
  samplesNeeded: 1,
  spherical: true,
  baseNeeded: 2,
  choose: (count, random, base) => chooseDifferences(count, random, base!, 1),
  walk: ([sample, from, to], omega) => carryPoint(from!, to!, sample!, omega),
};

const paths = {
  slerp: slerpPath,
  lerp: lerpPath,
  extrapolate: extrapolatePath,
  mean: meanPath,
  transport: transportPath,
  tangent: tangentPath,
  restyle: restylePath,
};

/** Names of the latent paths. */
export type PathName = keyof typeof paths;

/** Names of the latent paths, for choices. */
export const pathNames = Object.keys(paths) as readonly PathName[];

/** The path of that name. Throws a `UsageError` that lists the names there are. */
export function latentPath(name: PathName): LatentPath {
  const path = Object.hasOwn(paths, name) ? paths[name] : undefined;
  if (path === undefined) {
    throw new UsageError(`there is no path named ${name}`, {
      hint: `Paths: ${Object.keys(paths).join(', ')}.`,
    });
  }
  return path;
}

/** The path between samples that suits codes: along the sphere where they lie on it, else straight. */
export function defaultPath(latentSpace: LatentSpace): PathName {
  return latentSpace === 'sphere' ? 'slerp' : 'lerp';
}

/**
 * The base codes that a path takes from a model; undefined for a path that uses none. Throws a `UsageError` when the path
 * needs what the model lacks: codes on a sphere, a style part, or base codes.
 */
export function baseOf(path: LatentPath, model: Model): BaseCodes | undefined {
  const { name } = model.card;
  if (path.spherical && model.latentSpace !== 'sphere') {
    throw new UsageError(`the path ${path.name} needs codes on a sphere, but those of ${name} are not`, {
      hint: 'Choose the path lerp, or a model whose latent space is the sphere, such as mnist.',
    });
  }
  if (path.styled && model.styleSize === 0) {
    throw new UsageError(
      `the path ${path.name} needs codes with a style part, but those of ${name} have none`,
      {
        hint: 'Train it with `fewshot train --style 16`, or choose the path transport.',
      },
    );
  }
  if (path.baseNeeded === 0) return undefined;
  if (model.base === undefined || model.base.classes.length === 0) {
    throw new UsageError(`the path ${path.name} needs base codes, but the model ${name} holds none`, {
      hint: 'Train it with `fewshot train --base 200`, or choose the path slerp.',
    });
  }
  return model.base;
}
