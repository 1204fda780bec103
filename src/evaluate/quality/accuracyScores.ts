import type { CnnPresetName } from '../../classify/index.js';
import type { ImageSet, LabeledImage } from '../../core/index.js';
import { mixSources } from '../../stream/index.js';
import { accuracyOf, confusionOf } from '../confusion.js';
import { judges } from '../judge.js';

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
