import { type ImageSet, imagesOf, type LabeledImage } from '../../core/index.js';
import {
  densityCoverage,
  type FeatureGaussian,
  featureGaussian,
  frechetDistance,
  type Manifold,
  manifoldOf,
  precisionRecall,
} from '../../metrics/index.js';
import type { HeldOutClassifier } from '../interpolation/heldOutClassifier.js';
import {
  type AccuracyScoreOptions,
  classificationAccuracyScore,
  naiveAugmentationScore,
} from './accuracyScores.js';
import { countPreserved } from './labelPreservation.js';
import type { QualityMeasure } from './measures.js';

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
