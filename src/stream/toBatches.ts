import * as tf from '@tensorflow/tfjs';
import { bufferCount, concatMap, map, type OperatorFunction, pipe, scan, toArray } from 'rxjs';
import { type Label, type LabeledImage, packImages, UsageError } from '../core/index.js';
import type { Batch } from './batch.js';
import { classColumns, classDistributions, classesAmong } from './classColumns.js';

export interface BatchOptions {
  /** Class names in the order of the columns of `ys`; or their number *n*, for labels that are 0 … n − 1. */
  readonly classes: readonly Label[] | number;
}

/** Most pixel values held while the classes are not known yet: 256 MiB. */
const MOST_HELD = 2 ** 26;

/** Images of one shape as tensors; the caller disposes the batch. Throws a `UsageError` when there are none. */
export function toBatch(images: readonly LabeledImage[], options: BatchOptions): Batch {
  const [first] = images;
  if (first === undefined) throw new UsageError('a batch of 0 images cannot be made');
  const classes = classColumns(options.classes);
  const { pixels } = packImages(images, first.shape, classes);
  const distributions = classDistributions(images, classes);
  const xs = tf.tensor4d(pixels, [images.length, ...first.shape]);
  const ys = tf.tensor2d(distributions, [images.length, classes.length]);
  return { xs, ys, dispose: () => tf.dispose([xs, ys]) };
}

/**
 * Groups labelled images into batches of tensors.
 *
 * Waits for `size` images, packs them, and emits `xs` `[size, h, w, c]` with `ys` `[size, classes]`, one-hot or the shares
 * of soft labels; the last batch may be smaller. Whoever receives a batch owns it and calls `dispose()`.
 *
 * Without `classes`, all images are held until the source completes, because only then it is known which columns there
 * are: one for each label that came, numbers first, each kind in ascending order. That suits a small support set and
 * what is made of it; a longer or endless stream needs `classes`.
 *
 * ```ts
 * images$.pipe(toBatches(32, { classes: ['cat', 'dog'] })).subscribe(({ xs, ys, dispose }) => dispose());
 * ```
 *
 * @throws UsageError for a size below 1 or classes that cannot be columns; (as an error notification) DataError for a
 *   label outside `classes`, UsageError when more than 2²⁶ pixel values would have to be held for want of `classes`
 */
export function toBatches(
  size: number,
  options: Partial<BatchOptions> = {},
): OperatorFunction<LabeledImage, Batch> {
  if (!Number.isSafeInteger(size) || size < 1)
    throw new UsageError(`a batch of ${size} images cannot be made`);
  if (options.classes === undefined) return batchesAtTheEnd(size);
  const classes = classColumns(options.classes);
  return pipe(
    bufferCount(size),
    map((images) => toBatch(images, { classes })),
  );
}

function batchesAtTheEnd(size: number): OperatorFunction<LabeledImage, Batch> {
  return pipe(
    scan(
      ({ held }, image, position) => {
        if (held + image.pixels.length > MOST_HELD) {
          throw new UsageError(`${position + 1} images came, and the classes are still not known`, {
            hint: 'Give the classes of long and endless streams, as in toBatches(32, { classes: [0, 1] }).',
          });
        }
        return { held: held + image.pixels.length, image };
      },
      { held: 0 } as { held: number; image: LabeledImage },
    ),
    map(({ image }) => image),
    toArray(),
    concatMap(function* (images) {
      const classes = classesAmong(images);
      for (let start = 0; start < images.length; start += size) {
        yield toBatch(images.slice(start, start + size), { classes });
      }
    }),
  );
}
