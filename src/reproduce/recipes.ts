import type { LearnerName, LearnerOptions } from '../models/index.js';
import { datasetDefaults, type TrainingRecipe } from '../produce/index.js';
import type { ExhibitData, Scale } from './scale.js';

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
