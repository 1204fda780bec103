import { affine } from '../../augment/transforms/affine.js';
import { compose } from '../../augment/transforms/combine.js';
import { elastic } from '../../augment/transforms/elastic.js';
import type { Background } from '../../core/background.js';
import { UsageError } from '../../core/errors.js';
import { imagesOf, type Label, packImages } from '../../core/image.js';
import { randomStream } from '../../core/random.js';
import { composeClasses } from '../../data/composeClasses.js';
import { type ImageSource, joinSources } from '../../data/imageSource.js';
import { inventSymbols } from '../../data/inventSymbols.js';
import type { Architecture } from '../../models/architecture.js';
import type { ModelCard } from '../../models/modelCard.js';
import type { OwnDataOptions } from '../../node/images/ownData.js';
import type { TrainingData } from '../../training/batches.js';
import type { Learner } from '../../training/learner.js';
import {
  createLearner,
  type LearnerName,
  type LearnerOptions,
} from '../../training/learners/createLearner.js';
import { shifted } from '../../training/shifted.js';
import { labelsOf } from './dataset.js';

/** Options of a recipe on the images that are made of the data's. */
export interface TrainingSetOptions {
  /** Classes composed of the data's images, beside its own; see `composeClasses`. Default: none. */
  readonly composed?: number;
  /** Invented symbols, beside the data's classes; see `inventSymbols`. Default: none. */
  readonly invented?: number;
  /** Warp images slightly, anew in every epoch: rotation, scale, shear and elastic. Default: no. */
  readonly warp?: boolean;
  /** Largest shift of an image along each axis, in whole pixels, anew in every epoch. 0 for none. */
  readonly shift: number;
  readonly seed: number;
  /** Background of the images, which moves in at their borders. Default `black`. */
  readonly background?: Background;
}

/** Number of images of each composed class, and of drawings of each invented symbol. */
const [COMPOSED_IMAGES, DRAWINGS] = [40, 32];

/** Warp as strong as the variation between two drawings of a symbol, far below the geometric baseline. */
const warpingOver = (fill: Background) =>
  compose(
    'warp',
    affine({ rotate: 10, scale: 0.1, shear: 0.15, shift: 0.07, fill }),
    elastic({ alpha: 17, fill }),
  );

/** Training images: those of the data, of composed classes and invented symbols, and glyphs. */
export function trainingSet(
  train: ImageSource,
  options: TrainingSetOptions,
  glyphs?: ImageSource,
): TrainingData {
  const { composed = 0, invented = 0, warp = false, shift, seed, background = 'black' } = options;
  const [side] = train.shape;
  const sources = [
    train,
    ...(composed === 0 ? [] : [composeClasses(train, { classes: composed, images: COMPOSED_IMAGES, seed })]),
    ...(invented === 0 ? [] : [inventSymbols({ symbols: invented, drawings: DRAWINGS, side, seed })]),
    ...(glyphs === undefined ? [] : [glyphs]),
  ] as const;
  const all = sources.length === 1 ? train : joinSources([train, ...sources.slice(1)]);
  return shifted(warp ? warped(all, seed, background) : all, shift, seed, background);
}

/** The same images, each warped anew in every epoch, by seed, epoch and index alone. */
function warped(source: ImageSource, seed: number, background: Background): TrainingData {
  const warping = warpingOver(background);
  return {
    labels: source.labels,
    images(indices, epoch) {
      const set = source.images(indices);
      const images = [...imagesOf(set)].map((image, i) => ({
        ...image,
        pixels: warping.apply(image, randomStream(seed, 'warp', epoch, indices[i]!)),
      }));
      return packImages(images, set.shape, set.classes);
    },
  };
}

/** Everything that the weights of a model depend on. */
export interface TrainingRecipe extends TrainingSetOptions {
  /** Name of a data set, or of the user's images. */
  readonly data: string;
  /** Of the user's images: SHA-256 of their pixels and labels, and the way of resizing. */
  readonly own?: {
    readonly digest: string;
    readonly reading: OwnDataOptions;
    /** True if images in color were made gray. Default: they were not. */
    readonly madeGray?: boolean;
  };
  /** The model that training begins with. Default: random weights. */
  readonly from?: NonNullable<ModelCard['from']>;
  /** Nets. The learner chooses the latent space, and whether the encoder gives distributions. */
  readonly architecture: Architecture;
  readonly learner: LearnerName;
  /** Options of that learner. Default: its own, with the semantics of the data's labels. */
  readonly options?: LearnerOptions[LearnerName];
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  /** Folder of fonts whose glyphs are learned beside the data's classes, or alone if they are the data. Default: none. */
  readonly fonts?: string;
  /** Number of adjacent images of one class in a batch. Default 1: a random order. */
  readonly groupSize?: number;
  /** Number of base codes of each class in the model file, of a seeded choice of images; 0 for none. */
  readonly base: number;
  /** Classes to train on. Default: all. */
  readonly classes?: readonly Label[];
  /** Number of train images of those classes, from the first on. Default: all. */
  readonly limit?: number;
}

/**
 * Learner of a recipe. By default it reads labels as the data mean them.
 *
 * @throws UsageError for an unknown learner or options out of range
 */
export function learnerOf({
  data,
  learner,
  options,
}: Pick<TrainingRecipe, 'data' | 'learner' | 'options'>): Learner {
  return createLearner(learner, learner === 'atnl' ? { ...labelsOf(data).semantics, ...options } : options);
}

/** Throws a `UsageError` if classes are to be made for a learner of ordered labels. */
export function assertMadeClasses(
  { options }: Learner,
  { composed = 0, invented = 0, fonts }: TrainingRecipe,
): void {
  if ((composed + invented === 0 && fonts === undefined) || (options.semantics ?? 'nominal') === 'nominal')
    return;
  throw new UsageError('composed classes, invented symbols and glyphs have no place in an order of labels', {
    hint: 'Leave out --composed, --invented and --fonts, or choose --semantics nominal.',
  });
}
