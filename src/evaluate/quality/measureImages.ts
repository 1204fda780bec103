import type { CnnPresetName } from '../../classify/convNet.js';
import { DataError } from '../../core/errors.js';
import { type ImageSet, imagesOf, type Label, type LabeledImage } from '../../core/image.js';
import { mixSources } from '../../stream/mixSources.js';
import type { HeldOutClassifier } from '../interpolation/heldOutClassifier.js';
import { accuracyOf, confusionOf, judges } from '../judge.js';
import { type FeatureGaussian, featureGaussian, frechetDistance } from '../metrics/frechetDistance.js';
import { densityCoverage, type Manifold, manifoldOf, precisionRecall } from '../metrics/manifold.js';
import { type Proportion, proportion } from '../statistics.js';
import type { QualityMeasure } from './qualityResult.js';

export interface AccuracyScoreOptions {
  /** The net that learns. Default: `fast`. */
  readonly cnn?: CnnPresetName;
  /** Batches that it learns from. Default: the preset's. */
  readonly cnnSteps?: number;
  /** Seed of its weights and of the order of images: the same for all that are to be compared. */
  readonly seed: number;
  /** Called, and awaited, after each batch; what it throws ends the training. */
  readonly onStep?: () => void | Promise<void>;
}

/**
 * Classification accuracy score, CAS (Ravuri and Vinyals, *Classification Accuracy Score for Conditional Generative Models*,
 * arXiv 1905.10887): a CNN learns from made images alone and is tested on real ones. In [0, 1]. The paper trains a ResNet on as
 * many images as the train set has; here the few-shot CNN learns, so compare scores of one setting only.
 *
 * @throws UsageError when there are no images; TrainingError for pixels that are not finite
 */
export async function classificationAccuracyScore(
  made: readonly LabeledImage[],
  test: ImageSet,
  { cnn = 'fast', cnnSteps, seed, onStep }: AccuracyScoreOptions,
): Promise<number> {
  const images = {
    references: () => [...made],
    training: ({ batchSize }: { readonly batchSize: number }) =>
      mixSources([{ images: made, share: 1 }], { batchSize, seed }),
  };
  const predicted = await judges.cnn(
    { images, query: test, seed, ...(onStep === undefined ? {} : { onStep }) },
    { cnn, ...(cnnSteps === undefined ? {} : { cnnSteps }) },
  );
  return accuracyOf(confusionOf(predicted, test.labels, test.classes));
}

/**
 * Naive augmentation score, NAS (same paper): a CNN learns from real and made images together, each as likely to come as any
 * other, so that many made ones outweigh a few real ones. `fewshot eval` keeps their shares apart instead.
 *
 * @throws UsageError when there are no images; TrainingError for pixels that are not finite
 */
export function naiveAugmentationScore(
  real: readonly LabeledImage[],
  made: readonly LabeledImage[],
  test: ImageSet,
  options: AccuracyScoreOptions,
): Promise<number> {
  return classificationAccuracyScore([...real, ...made], test, options);
}

/**
 * Whether made images are what they are labelled as: the share that a classifier puts into their class, with Wilson's 95 %
 * interval over images. The interval takes images for independent; those of one support set are not quite.
 *
 * @param classify by a judge that the model knows nothing of: `classify` of a `heldOutClassifier`
 * @throws DataError when there are no images; what the classifier throws
 */
export async function labelPreservation(
  images: readonly LabeledImage[],
  classify: (images: readonly LabeledImage[]) => Promise<readonly Label[]>,
): Promise<Proportion> {
  return proportion(await countPreserved(images, classify), images.length);
}

/** How many of the images keep their class: what shares over several support sets are added up from. */
export async function countPreserved(
  images: readonly LabeledImage[],
  classify: (images: readonly LabeledImage[]) => Promise<readonly Label[]>,
): Promise<number> {
  if (images.length === 0) {
    throw new DataError('there are no images whose labels could be preserved', {
      hint: 'Give at least one.',
    });
  }
  const found = await classify(images);
  return images.filter(({ label }, i) => found[i] === label).length;
}

/** What made images are compared with. */
export interface Yardstick {
  readonly judge: HeldOutClassifier;
  /** All test images: of the accuracy scores. */
  readonly test: ImageSet;
  /** The test images' features. */
  readonly testGaussian: FeatureGaussian;
  /** The features of as many test images as are made. */
  readonly reference: Manifold;
  readonly support: ImageSet;
}

export interface ImageFigures {
  readonly images: number;
  /** How many of them the judge puts into their class. */
  readonly preserved: number;
  readonly figures: Readonly<Record<Exclude<QualityMeasure, 'largestStep'>, number>>;
}

/** Every measure of made images but that of paths. Throws a `DataError` when there are too few to measure. */
export async function measureImages(
  images: readonly LabeledImage[],
  { judge, test, testGaussian, reference, support }: Yardstick,
  options: AccuracyScoreOptions,
): Promise<ImageFigures> {
  const preserved = await countPreserved(images, judge.classify);
  const features = await judge.features(images);
  return {
    images: images.length,
    preserved,
    figures: {
      labelPreservation: preserved / images.length,
      classificationAccuracy: await classificationAccuracyScore(images, test, options),
      naiveAugmentation: await naiveAugmentationScore([...imagesOf(support)], images, test, options),
      frechetLeNet: frechetDistance(featureGaussian(features), testGaussian),
      ...precisionRecall(reference, manifoldOf(features, reference.k)),
      ...densityCoverage(reference, features),
    },
  };
}
