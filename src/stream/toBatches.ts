import * as tf from '@tensorflow/tfjs';
import { bufferCount, map, type OperatorFunction, pipe } from 'rxjs';
import { type Label, type LabeledImage, packImages, UsageError } from '../core/index.js';
import type { Batch } from './batch.js';

export interface BatchOptions {
  /** Class names in the order of the one-hot columns. */
  readonly classes: readonly Label[];
}

/** Images of one shape as tensors; the caller disposes the batch. Throws a `UsageError` when there are none. */
export function toBatch(images: readonly LabeledImage[], { classes }: BatchOptions): Batch {
  const [first] = images;
  if (first === undefined) throw new UsageError('a batch of 0 images cannot be made');
  const { pixels, labels } = packImages(images, first.shape, classes);
  const columns = new Float32Array(images.length * classes.length);
  for (const [row, label] of labels.entries()) columns[row * classes.length + label] = 1;
  const xs = tf.tensor4d(pixels, [images.length, ...first.shape]);
  const ys = tf.tensor2d(columns, [images.length, classes.length]);
  return { xs, ys, dispose: () => tf.dispose([xs, ys]) };
}

/**
 * Groups labelled images into batches of tensors.
 *
 * Waits for `size` images, packs them, and emits `xs` `[size, h, w, c]` with one-hot `ys` `[size, classes]`; the last
 * batch may be smaller. Whoever receives a batch owns it and calls `dispose()`.
 *
 * ```ts
 * images$.pipe(toBatches(32, { classes: ['cat', 'dog'] })).subscribe(({ xs, ys, dispose }) => dispose());
 * ```
 *
 * @throws UsageError for a size below 1; (as an error notification) DataError for a label outside `classes`
 */
export function toBatches(size: number, options: BatchOptions): OperatorFunction<LabeledImage, Batch> {
  if (!Number.isInteger(size) || size < 1) throw new UsageError(`a batch of ${size} images cannot be made`);
  return pipe(
    bufferCount(size),
    map((images) => toBatch(images, options)),
  );
}
