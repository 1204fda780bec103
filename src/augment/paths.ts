import { UsageError } from '../core/errors.js';
import type { RandomStream } from '../core/random.js';
import { shown } from '../core/shown.js';
import type { LatentSpace } from '../models/architecture.js';
import type { BaseCodes } from '../models/baseCodes.js';
import type { CodeSpace } from '../models/extractor.js';
import type { Model } from '../models/model.js';
import { carryPoint, lerpPoint, meanPoint, scatterPoint, slerpPoint } from '../sphere/point.js';

/** A path through latent space that stays in one class. */
export interface LatentPath {
  readonly name: string;
  /** One line for help, without a full stop. */
  readonly description: string;
  /** Images of a class that each new image is made from. */
  readonly samplesNeeded: number;
  /** Base codes of the model that each image is made with; 0 for a path that uses none. */
  readonly baseNeeded: number;
  /** True if it needs codes on the sphere. */
  readonly spherical: boolean;
  /** True if it needs codes with a style part. Default `false`. */
  readonly styled?: boolean;
  /** Range of ω, its end excluded. Default 0 to 1. */
  readonly reach?: readonly [number, number];
  /** Draws parents among `count` samples of a class, and ω. `base` is given to paths that use it. */
  choose(count: number, random: RandomStream, base?: BaseCodes): Waypoint;
  /**
   * The code `[d]` at ω. `codes` are those of the parents, then those of the base; their last `styleSize` values are
   * their style part.
   */
  walk(codes: readonly Float32Array[], omega: number, styleSize: number): Float32Array;
}

/** A position on a path between drawn parents. */
export interface Waypoint {
  /** Indices of the samples in their class. */
  readonly parents: readonly number[];
  /** 0 at the first parent; the path defines the rest. */
  readonly omega: number;
  /** Indices of base codes, in pairs of one class; for paths that use them. */
  readonly base?: readonly number[];
}

/** From the second sample on, by up to half the distance between the two. Our reading. */
const EXTRAPOLATED = [1, 1.5] as const;

/** Differences that `tangent` adds up: enough to look like noise, few enough to be listed with an image. */
const PAIRS = 4;

/** Every path. All that chooses, checks or lists paths reads this table. */
const table = [
  /** ATNL's spherical semantic interpolation (poster, figure 4). */
  {
    name: 'slerp',
    description: 'along the great circle between two images',
    samplesNeeded: 2,
    baseNeeded: 0,
    spherical: true,
    choose: choosePair,
    walk: ([from, to], omega) => slerpPoint(from!, to!, omega),
  },
  /** Through the inside of the sphere: the poster's ATNL*. */
  {
    name: 'lerp',
    description: 'along the straight line between two images',
    samplesNeeded: 2,
    baseNeeded: 0,
    spherical: false,
    choose: choosePair,
    walk: ([from, to], omega) => lerpPoint(from!, to!, omega),
  },
  /** More of what sets the second image apart from the first. Not from the poster. */
  {
    name: 'extrapolate',
    description: 'along the great circle through two images, past the second',
    samplesNeeded: 2,
    baseNeeded: 0,
    spherical: true,
    reach: EXTRAPOLATED,
    choose(count, random) {
      const { parents, omega } = choosePair(count, random);
      const [start, end] = EXTRAPOLATED;
      return { parents, omega: start + (end - start) * omega };
    },
    walk: ([from, to], omega) => slerpPoint(from!, to!, omega),
  },
  /**
   * The weights are 1 − ω, ω / 2 and ω / 2: from the first sample at 0 through the middle of all three at 2/3 to the middle
   * of the other two. It fills the triangle whose edges are slerps. Not from the poster.
   */
  {
    name: 'mean',
    description: 'Fréchet means of three images',
    samplesNeeded: 3,
    baseNeeded: 0,
    spherical: true,
    choose: chooseThree,
    walk: (codes, omega) => meanPoint(codes, [1 - omega, omega / 2, omega / 2]),
  },
  /**
   * The tangent from one base sample to another of its class is carried to the sample by parallel transport, and a share of
   * it is walked. It applies variation within classes that the encoder knows to other classes, and works with one sample a
   * class. Not from the poster.
   */
  {
    name: 'transport',
    description: 'from one image along the difference of two training images',
    samplesNeeded: 1,
    baseNeeded: 2,
    spherical: true,
    choose: (count, random, base) => chooseDifferences(count, random, base!, 1),
    walk: ([sample, from, to], omega) => carryPoint(from!, to!, sample!, omega),
  },
  /**
   * Differences of four pairs of base samples, carried to the sample by parallel transport and added up, and a share of the
   * sum is walked: noise with the covariance of the base classes. A difference of two samples of a class has twice the
   * covariance of the class, for which 1 / √(2 · 4) makes up. Like `transport` it works with one sample a class, but moves
   * in every direction at once and less far. Not from the poster.
   */
  {
    name: 'tangent',
    description: 'from one image by noise with the covariance of training classes',
    samplesNeeded: 1,
    baseNeeded: 2 * PAIRS,
    spherical: true,
    choose: (count, random, base) => chooseDifferences(count, random, base!, PAIRS),
    walk: ([sample, ...base], omega) => scatterPoint(base, sample!, omega / Math.sqrt(2 * PAIRS)),
  },
  /**
   * The class part of a code stays, and its style part becomes one between those of two base samples of a class, on the
   * great circle through them. Works with one sample a class, and with classes that the encoder has never seen, as far as
   * the class part holds all that is theirs. Not from the poster.
   */
  {
    name: 'restyle',
    description: 'one image in styles of training images',
    samplesNeeded: 1,
    baseNeeded: 2,
    spherical: true,
    styled: true,
    choose: (count, random, base) => chooseDifferences(count, random, base!, 1),
    walk([sample, from, to], omega, styleSize) {
      const styleOf = (code: Float32Array) => code.subarray(code.length - styleSize);
      const code = sample!.slice();
      // Style parts have length √½, which a slerp keeps.
      code.set(slerpPoint(styleOf(from!), styleOf(to!), omega), code.length - styleSize);
      return code;
    },
  },
] as const satisfies readonly LatentPath[];

/** Names of the latent paths. */
export type PathName = (typeof table)[number]['name'];

/** Names of the latent paths, for choices. */
export const pathNames: readonly PathName[] = table.map(({ name }) => name);

/** The path of that name. Throws a `UsageError` that lists the names there are. */
export function latentPath(name: PathName): LatentPath {
  const path = table.find((known) => known.name === name);
  if (path !== undefined) return path;
  throw new UsageError(`there is no path named ${shown(name)}`, {
    hint: `Paths: ${pathNames.join(', ')}.`,
    option: 'path',
  });
}

/** The path between samples that suits the codes: along the sphere if they lie on it, else straight. */
export function defaultPath(latentSpace: LatentSpace): PathName {
  return latentSpace === 'sphere' ? 'slerp' : 'lerp';
}

/**
 * The base codes that a path takes from a model or extractor; undefined for a path that uses none. Throws a `UsageError` when
 * it lacks what the path needs: codes on a sphere, a style part, or base codes.
 */
export function baseOf(path: LatentPath, model: Model | CodeSpace): BaseCodes | undefined {
  const name = 'card' in model ? model.card.name : model.name;
  if (path.spherical && model.latentSpace !== 'sphere') {
    throw new UsageError(`the path ${path.name} needs codes on a sphere, but those of ${name} are not`, {
      hint: 'Choose the path lerp, or a model whose latent space is the sphere, such as mnist.',
    });
  }
  if (path.styled && model.styleSize === 0) {
    throw new UsageError(
      `the path ${path.name} needs codes with a style part, but those of ${name} have none`,
      { hint: 'Choose a model with a style part, such as mnist, or the path transport.' },
    );
  }
  if (path.baseNeeded === 0) return undefined;
  if (model.base === undefined || model.base.classes.length === 0) {
    const what = 'card' in model ? 'model' : 'extractor';
    throw new UsageError(`the path ${path.name} needs base codes, but the ${what} ${name} holds none`, {
      hint: `Choose ${what === 'model' ? 'a model with base codes, such as mnist' : 'an extractor with base codes'}, or the path slerp.`,
    });
  }
  return model.base;
}

/** Two different samples, each ordered pair equally likely, and ω uniform in [0, 1). */
function choosePair(count: number, random: RandomStream): Waypoint {
  return { parents: twoOf(count, random), omega: random.uniform() };
}

/** Three different samples, each ordered choice equally likely, and ω uniform in [0, 1). */
function chooseThree(count: number, random: RandomStream): Waypoint {
  const [first, second] = twoOf(count, random);
  // An index among the others, which close up over the two taken.
  let third = random.integer(count - 2);
  for (const taken of first < second ? [first, second] : [second, first]) if (third >= taken) third++;
  return { parents: [first, second, third], omega: random.uniform() };
}

/** One sample, pairs of different base codes, each of a class that is drawn first, and ω uniform in [0, 1). */
function chooseDifferences(count: number, random: RandomStream, base: BaseCodes, pairs: number): Waypoint {
  const parent = random.integer(count);
  const indices = Array.from({ length: pairs }, () => {
    const members = base.classes[random.integer(base.classes.length)]!;
    return twoOf(members.length, random).map((member) => members[member]!);
  });
  return { parents: [parent], base: indices.flat(), omega: random.uniform() };
}

/** Two different indices below `count`, each ordered pair equally likely. */
function twoOf(count: number, random: RandomStream): [number, number] {
  const first = random.integer(count);
  // The first two cards of a shuffled deck: card 0 now lies where the first was taken from.
  const index = 1 + random.integer(count - 1);
  return [first, index === first ? 0 : index];
}
