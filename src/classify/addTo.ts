import { bufferCount, concatMap, type OperatorFunction, pipe, tap } from 'rxjs';
import { checkCount } from '../core/checks.js';
import type { LabeledImage } from '../core/image.js';
import { checkFields, checkFunction } from '../core/kindChecks.js';
import type { KnnClassifier } from './knnClassifier.js';

export interface AddToOptions {
  /**
   * Images that are encoded at once, which is faster with an encoder. Default 1: each is learned, and passed on, as it
   * comes.
   */
  readonly batchSize?: number;
}

/**
 * Lets a classifier learn every labeled image, and passes the image on once it is learned.
 *
 * ```ts
 * camera$.pipe(addTo(knn)).subscribe(() => console.log(`${knn.count} examples`));
 * ```
 *
 * @throws UsageError for a batch size below 1; (as an error notification) DataError for an image that cannot be added
 */
export function addTo(
  classifier: Pick<KnnClassifier, 'addAll'>,
  options: AddToOptions = {},
): OperatorFunction<LabeledImage, LabeledImage> {
  const { batchSize = 1 } = checkFields('addTo', options, {});
  checkFields('addTo: the classifier', classifier, { addAll: checkFunction });
  checkCount('batchSize', batchSize);
  return pipe(
    bufferCount(batchSize),
    tap((images: LabeledImage[]) => classifier.addAll(images)),
    concatMap((images) => images),
  );
}
