import { type DatasetName, datasetDefaults } from '../../src/cli/produce/dataset.js';
import type { TrainingRecipe } from '../../src/cli/produce/trainingRecipe.js';
import type { LearnerName, LearnerOptions } from '../../src/training/learners/registry.js';

/** Data that exhibits train encoders on. */
export const exhibitData = ['mnist', 'faces-stand-in', 'lines'] as const satisfies readonly DatasetName[];
export type ExhibitData = (typeof exhibitData)[number];

/** How much work a reproduction does. */
export interface Scale {
  readonly name: 'full' | 'quick';
  /** Encoders of each kind, by the seed that each is trained with. */
  readonly seeds: readonly number[];
  /** Filters of the nets' convolutions, as a share of those that suit the data. */
  readonly filters: number;
  /** Passes over the train images. */
  readonly epochs: Readonly<Record<ExhibitData, number>>;
  /** Train images; all where it is absent. */
  readonly limit?: number;
  /** Images of a training step. */
  readonly batchSize: number;
  /** Adam's learning rate at the start of a training. */
  readonly learningRate: number;
  /** Test images; all where it is absent. */
  readonly tests?: number;
  /** Test images in a map. */
  readonly points: number;
  /** Steps of t-SNE. */
  readonly iterations: number;
  /** Batches that the classifier of Figure 6 learns from; its own choice where it is absent. */
  readonly judgeSteps?: number;
  /** Pairs between which interpolations are scored. */
  readonly pairs: number;
  /** Few-shot problems that each arm is judged on. */
  readonly episodes: number;
  /** Query images per class of each; `all` that the test set holds. */
  readonly queries: number | 'all';
  /** Whether rendered data sets come at a quarter of their size. */
  readonly small: boolean;
}

/** The figures of the documentation. */
export const full: Scale = {
  name: 'full',
  seeds: [1, 2, 3],
  filters: 1,
  epochs: { mnist: 6, 'faces-stand-in': 12, lines: 25 },
  batchSize: 128,
  learningRate: 1e-3,
  points: 1500,
  iterations: 1000,
  pairs: 256,
  episodes: 20,
  queries: 'all',
  small: false,
};

/**
 * True, but small: to see in minutes that everything works. Digits get most of the training, because Figure 6 shows them.
 * Small nets, small batches and large steps go a long way with few images.
 */
export const quick: Scale = {
  name: 'quick',
  seeds: [1],
  filters: 0.5,
  epochs: { mnist: 8, 'faces-stand-in': 2, lines: 1 },
  limit: 4000,
  batchSize: 64,
  learningRate: 3e-3,
  tests: 1000,
  points: 300,
  iterations: 300,
  judgeSteps: 200,
  pairs: 32,
  episodes: 1,
  queries: 20,
  small: true,
};

/** An encoder that an exhibit asks for. */
export interface EncoderKind {
  readonly data: ExhibitData;
  readonly learner: LearnerName;
  readonly seed: number;
  /** Options of the learner beside its defaults, with the name that the encoder's file then carries. */
  readonly variant?: { readonly name: string; readonly options: LearnerOptions[LearnerName] };
  /** Train images that it learns from, the first ones, so that others stay unseen. Default: all that the scale gives. */
  readonly first?: number;
  /** Codes of each class that it carries, for paths that need them. Default: none. */
  readonly base?: number;
}

/** Digits as places on a line: what Figure 1 of the poster shows. */
export const numericalOrder = { name: 'ordinal', options: { semantics: 'ordinal', range: 9 } } as const;

/** The same, smoother between the codes that the decoder has met: for images half way. Chosen like `tuned`. */
export const smoothOrder = {
  name: 'ordinal-smooth',
  options: { ...numericalOrder.options, noise: 0.6 },
} as const;

/**
 * On lines, which are nearly all black, and in a short training the critic's usual weight outweighs the image: nothing but
 * blots are drawn.
 */
const lightCritic: LearnerOptions['acai'] = { lambda: 0.05 };

/** Chosen on validation images, as many trials for the one as for the other: docs/experiments.md. */
const tuned: { readonly [Name in LearnerName]?: LearnerOptions[Name] } = {
  vaeTripletLoss: { lambda: 320, margin: 0.5 },
  atnl: { lambda: 80, margin: 0.5, noise: 0.3 },
};

/** How the learners of the poster are called there. */
export const titles: Readonly<Record<LearnerName, string>> = {
  ae: 'AE',
  vae: 'VAE',
  aae: 'AAE',
  acai: 'ACAI',
  vaeTripletLoss: 'VAE-TL',
  atnl: 'ATNL',
};

/** The same nets, images, epochs and optimizer for every learner, so that learners alone differ. */
export function recipeOf(
  { data, learner, seed, variant, first, base = 0 }: EncoderKind,
  scale: Scale,
): TrainingRecipe {
  const { architecture } = datasetDefaults(data);
  const limit = scale.limit ?? first;
  return {
    data,
    architecture: { ...architecture, filters: architecture.filters.map((count) => count * scale.filters) },
    learner,
    options: {
      ...tuned[learner],
      ...(learner === 'acai' && (data === 'lines' || scale.name === 'quick') ? lightCritic : {}),
      ...variant?.options,
    },
    epochs: scale.epochs[data],
    batchSize: scale.batchSize,
    learningRate: scale.learningRate,
    seed,
    shift: data === 'lines' ? 0 : 1,
    base,
    ...(limit === undefined ? {} : { limit }),
  };
}

/** Name of an encoder's file: `mnist-atnl-ordinal-1`, `mnist-atnl-first-54000-1`. */
export function nameOf({ data, learner, seed, variant, first }: EncoderKind): string {
  const special = [
    ...(variant === undefined ? [] : [variant.name]),
    ...(first === undefined ? [] : ['first', first]),
  ];
  return [data, learner, ...special, seed].join('-');
}
