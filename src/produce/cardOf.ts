import type { BackendInfo } from '../backend/index.js';
import type { Label } from '../core/index.js';
import type { Architecture, Learner, ModelCard } from '../models/index.js';
import { version } from '../version.js';
import type { TrainingRecipe } from './recipe.js';

/** What a training came to, beside its recipe. */
interface Training {
  readonly name: string;
  readonly learner: Learner;
  readonly architecture: Architecture;
  /** Images of the data that were learnt from. */
  readonly images: number;
  /** Classes of the data that were learnt from, of `known` in all. */
  readonly classes: readonly Label[];
  readonly known: number;
  /** Letters and signs of fonts that were learnt beside them. */
  readonly glyphs?: number;
  readonly command: string;
  readonly backend: BackendInfo;
}

/** The protocol that a training fits. Who leaves classes out, or learns glyphs, is to be judged on other classes. */
function protocolOf({ supervised }: Learner, data: string, some: boolean): string {
  if (some || data === 'glyphs') return 'novel';
  return supervised ? 'paper' : 'unlabelled';
}

/** The card of a model that was trained by a recipe, without scores. */
export function cardOf(recipe: TrainingRecipe, training: Training): ModelCard {
  const { name, learner, architecture, images, classes, known, glyphs, command, backend } = training;
  const { composed, invented, groupSize, base } = recipe;
  return {
    name,
    learner: learner.name,
    architecture,
    data: {
      name: recipe.data,
      split: 'train',
      images,
      classes: [...classes],
      labelled: learner.supervised,
      ...(composed ? { composed } : {}),
      ...(invented ? { invented } : {}),
      ...(glyphs === undefined ? {} : { glyphs }),
      ...(recipe.own === undefined ? {} : { fit: recipe.own.fit }),
    },
    protocol: protocolOf(learner, recipe.data, classes.length < known),
    command,
    seed: recipe.seed,
    epochs: recipe.epochs,
    batchSize: recipe.batchSize,
    learningRate: recipe.learningRate,
    ...(groupSize === undefined ? {} : { groupSize }),
    shift: recipe.shift,
    ...(recipe.warp ? { warp: true } : {}),
    ...(base === 0 ? {} : { base }),
    ...(recipe.from === undefined ? {} : { from: recipe.from }),
    objective: learner.options,
    scores: {},
    versions: { 'fewshot-atnl': version, tfjs: backend.versions.tfjs!, backend: backend.name },
  };
}
