import { type DatasetName, datasetDefaults } from '../../src/cli/produce/dataset.js';
import type { TrainingRecipe } from '../../src/cli/produce/trainingRecipe.js';
import type { LearnerName, LearnerOptions } from '../../src/training/learners/createLearner.js';

/** Data that exhibits train encoders on. */
export const exhibitData = ['mnist', 'faces-stand-in', 'lines'] as const satisfies readonly DatasetName[];
export type ExhibitData = (typeof exhibitData)[number];

/** Size of a reproduction. */
export interface Scale {
  readonly name: 'full' | 'quick';
  /** Seeds of the encoders of each kind. */
  readonly seeds: readonly number[];
  /** Filters of the nets' convolutions, as a share of the data set's default. */
  readonly filters: number;
  /** Passes over the train images. */
  readonly epochs: Readonly<Record<ExhibitData, number>>;
  /** Number of train images. Default: all. */
  readonly limit?: number;
  /** Images of a training step. */
  readonly batchSize: number;
  /** Adam's learning rate at the start of a training. */
  readonly learningRate: number;
  /** Number of test images. Default: all. */
  readonly tests?: number;
  /** Test images in a map. */
  readonly points: number;
  /** Steps of t-SNE. */
  readonly iterations: number;
  /** Training steps of the classifier of Figure 6. Default: its own. */
  readonly judgeSteps?: number;
  /** Number of pairs whose interpolations are scored. */
  readonly pairs: number;
  /** Number of episodes of each arm. */
  readonly episodes: number;
  /** Query images per class of each episode; `all` for the whole test set. */
  readonly queries: number | 'all';
  /** True for rendered data sets at a quarter of their size. */
  readonly small: boolean;
}

/** Scale of the documentation's figures. */
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
 * Small scale, to check in minutes that everything works. Digits get most of the training, because Figure 6 shows them. With few
 * images, small nets, small batches and large steps learn fastest.
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

/** An encoder of an exhibit. */
export interface EncoderKind {
  readonly data: ExhibitData;
  readonly learner: PosterLearner;
  readonly seed: number;
  /** Options of the learner beside its defaults, and a name for the encoder's file. */
  readonly variant?: { readonly name: string; readonly options: LearnerOptions[PosterLearner] };
  /** Number of train images, from the first on, so that others stay unseen. Default: all of the scale. */
  readonly first?: number;
  /** Base codes of each class that the file keeps, for paths that need them. Default: none. */
  readonly base?: number;
}

/** Digits in numerical order, as in Figure 1 of the poster. */
export const numericalOrder = { name: 'ordinal', options: { semantics: 'ordinal', range: 9 } } as const;

/** The same with more noise on codes, for smoother images at mid-points. Chosen like `tuned`. */
export const smoothOrder = {
  name: 'ordinal-smooth',
  options: { ...numericalOrder.options, noise: 0.6 },
} as const;

/**
 * Weight of ACAI's critic on lines, which are nearly all black, and in short trainings: with the default weight the decoder draws only
 * blots.
 */
const lightCritic: LearnerOptions['acai'] = { lambda: 0.05 };

/** Options chosen on validation images, with equally many trials for both learners: docs/experiments.md. */
const tuned: { readonly [Name in PosterLearner]?: LearnerOptions[Name] } = {
  vaeTripletLoss: { lambda: 320, margin: 0.5 },
  atnl: { lambda: 80, margin: 0.5, noise: 0.3 },
};

/** Name of a learner that is on the poster. */
export type PosterLearner = Exclude<LearnerName, 'adversarialDecoder'>;

/** Titles of those learners. */
export const titles: Readonly<Record<PosterLearner, string>> = {
  ae: 'AE',
  vae: 'VAE',
  aae: 'AAE',
  acai: 'ACAI',
  vaeTripletLoss: 'VAE-TL',
  atnl: 'ATNL',
};

/** Recipe of an encoder. Nets, images, epochs and optimizer are the same for every learner. */
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
