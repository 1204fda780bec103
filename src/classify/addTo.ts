import { bufferCount, concatMap, type MonoTypeOperatorFunction, pipe, tap } from 'rxjs';
import { checkCount } from '../core/checks.js';
import type { LabeledItem } from '../core/code.js';
import type { LabeledImage } from '../core/image.js';
import { checkFields, checkFunction } from '../core/kindChecks.js';

export interface AddToOptions {
  /**
   * Images or codes that are learned at once, which is faster with an encoder. Default 1: each is learned, and passed on, as it
   * comes.
   */
  readonly batchSize?: number;
}

/** What learns labeled images or codes: a `KnnClassifier`, and others. */
export interface LearnsItems<T> {
  addAll(items: Iterable<T>): unknown;
}

/**
 * Lets a classifier learn every labeled image, or code, and passes it on once it is learned.
 *
 * ```ts
 * camera$.pipe(addTo(knn)).subscribe(() => console.log(`${knn.count} examples`));
 * ```
 *
 * @throws UsageError for a batch size below 1; (as an error notification) DataError for an image that cannot be added
 */
export function addTo<T extends LabeledItem = LabeledImage>(
  classifier: LearnsItems<NoInfer<T>>,
  options: AddToOptions = {},
): MonoTypeOperatorFunction<T> {
  const { batchSize = 1 } = checkFields('addTo', options, {});
  checkFields('addTo: the classifier', classifier, { addAll: checkFunction });
  checkCount('batchSize', batchSize);
  return pipe(
    bufferCount<T>(batchSize),
    tap((images) => classifier.addAll(images)),
    concatMap((images) => images),
  );
}
