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
export function recipeOf({ data, learner, seed, variant }: EncoderKind, scale: Scale): TrainingRecipe {
  const { architecture } = datasetDefaults(data);
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
    base: 0,
    ...(scale.limit === undefined ? {} : { limit: scale.limit }),
  };
}

/** Name of an encoder's file: `mnist-atnl-ordinal-1`. */
export function nameOf({ data, learner, seed, variant }: EncoderKind): string {
  return [data, learner, ...(variant === undefined ? [] : [variant.name]), seed].join('-');
}
