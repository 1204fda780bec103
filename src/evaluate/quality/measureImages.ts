import { type CnnPresetName, cnnPresets } from '../../classify/cnnPresets.js';
import { checkSeed } from '../../core/checks.js';
import { DataError } from '../../core/errors.js';
import {
  assertUsableImage,
  checkImageSet,
  countOf,
  type ImageSet,
  imagesOf,
  type Label,
  type LabeledImage,
} from '../../core/image.js';
import { checkFields, checkFunction, checkList, oneAmong, optional, whole } from '../../core/kindChecks.js';
import { mixSources } from '../../stream/mixSources.js';
import type { HeldOutClassifier } from '../interpolation/heldOutClassifier.js';
import { accuracyOf, confusionOf, judges } from '../judge.js';
import { type FeatureGaussian, featureGaussian, frechetDistance } from '../metrics/frechetDistance.js';
import { densityCoverage, type Manifold, manifoldOf, precisionRecall } from '../metrics/manifold.js';
import { type Proportion, proportion } from '../statistics.js';
import type { QualityMeasure } from './qualityResult.js';

export interface AccuracyScoreOptions {
  /** Preset of the CNN. Default: `fast`. */
  readonly cnn?: CnnPresetName;
  /** Number of batches that it trains on. Default: the preset's. */
  readonly cnnSteps?: number;
  /** Seed of its weights and of the order of images: the same for all images that are compared. */
  readonly seed: number;
  /** Called, and awaited, after each batch; an error that it throws ends the training. */
  readonly onStep?: () => void | Promise<void>;
}

/**
 * Classification accuracy score, CAS (Ravuri and Vinyals, *Classification Accuracy Score for Conditional Generative Models*,
 * arXiv 1905.10887): accuracy, in [0, 1], of a CNN that learns from made images alone and is tested on real ones. The paper
 * trains a ResNet on as many images as the train set has, we train the few-shot CNN: compare scores of one setting only.
 *
 * @throws UsageError when there are no images; TrainingError for pixels that are not finite
 */
export async function classificationAccuracyScore(
  made: readonly LabeledImage[],
  test: ImageSet,
  options: AccuracyScoreOptions,
): Promise<number> {
  const {
    cnn = 'fast',
    cnnSteps,
    seed,
    onStep,
  } = checkFields('classificationAccuracyScore', options, {
    cnn: optional(oneAmong(Object.keys(cnnPresets))),
    cnnSteps: optional(whole()),
    seed: checkSeed,
    onStep: optional(checkFunction),
  });
  checkList('the made images', made, 'classificationAccuracyScore');
  checkImageSet('the test images', test);
  if (countOf(test) === 0) throw new DataError('there are no test images', { hint: 'Give at least one.' });
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
 * Naive augmentation score, NAS (same paper): accuracy of a CNN that learns from real and made images together. All images are
 * equally likely, so that many made ones outweigh a few real ones; `evaluate` fixes their shares instead.
 *
 * @throws UsageError when there are no images; TrainingError for pixels that are not finite
 */
export async function naiveAugmentationScore(
  real: readonly LabeledImage[],
  made: readonly LabeledImage[],
  test: ImageSet,
  options: AccuracyScoreOptions,
): Promise<number> {
  checkList('the real images', real, 'naiveAugmentationScore');
  checkList('the made images', made, 'naiveAugmentationScore');
  return classificationAccuracyScore([...real, ...made], test, options);
}

/**
 * Share of made images that a classifier puts into the class of their label, with Wilson's 95 % interval over images. The
 * interval takes images to be independent; those of one support set are not quite.
 *
 * @param classify `classify` of a `heldOutClassifier`, which has nothing in common with the model
 * @throws DataError when there are no images; errors of the classifier
 */
export async function labelPreservation(
  images: readonly LabeledImage[],
  classify: (images: readonly LabeledImage[]) => Promise<readonly Label[]>,
): Promise<Proportion> {
  return proportion(await countPreserved(images, classify), images.length);
}

/** Number of images that a classifier puts into the class of their label. */
async function countPreserved(
  images: readonly LabeledImage[],
  classify: (images: readonly LabeledImage[]) => Promise<readonly Label[]>,
): Promise<number> {
  checkList('images', images, 'labelPreservation');
  checkFunction('classify', classify, 'labelPreservation');
  for (const [i, image] of images.entries()) assertUsableImage(image, i);
  if (images.length === 0) {
    throw new DataError('there are no images whose labels could be preserved', {
      hint: 'Give at least one.',
    });
  }
  const found = await classify(images);
  checkList('what classify gives', found, 'labelPreservation');
  return images.filter(({ label }, i) => found[i] === label).length;
}

/** Real images that made ones are compared with, and the judge. */
export interface Yardstick {
  readonly judge: HeldOutClassifier;
  /** All test images, for the accuracy scores. */
  readonly test: ImageSet;
  /** Distribution of the test images' features. */
  readonly testGaussian: FeatureGaussian;
  /** Features of as many test images as are made. */
  readonly reference: Manifold;
  readonly support: ImageSet;
}

/** Figures of a set of made images. */
export interface ImageFigures {
  /** Number of images. */
  readonly images: number;
  /** Number of images that the judge puts into the class of their label. */
  readonly preserved: number;
  readonly figures: Readonly<Record<Exclude<QualityMeasure, 'largestStep'>, number>>;
}

/** Takes all measures of made images but that of paths. Throws a `DataError` when there are too few images. */
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
