import * as tf from '@tensorflow/tfjs-core';
import { bufferCount, concatMap, map, type OperatorFunction, pipe, scan, toArray } from 'rxjs';
import { assertBackend } from '../backend/start.js';
import { checkCount } from '../core/checks.js';
import { DataError, UsageError } from '../core/errors.js';
import {
  assertUsableImage,
  checkClasses,
  type Label,
  type LabeledImage,
  labelSharesOf,
  labelText,
  packPixels,
  unknownClass,
} from '../core/image.js';
import { checkList, checkOptionBag } from '../core/kindChecks.js';
import { compareNames } from '../core/names.js';
import { shown, tensorShape } from '../core/shown.js';

/**
 * Images and labels of one training step as tensors. The receiver of a batch owns it and calls `dispose()`
 * once when done.
 */
export interface Batch {
  /** Pixels in [0, 1]: `[n, height, width, channels]`. */
  readonly xs: tf.Tensor4D;
  /** A distribution over the classes for each image, one-hot or soft: `[n, classes]`. */
  readonly ys: tf.Tensor2D;
  dispose(): void;
}

/** Throws a `DataError` unless a value is a batch. */
export function assertBatch(batch: unknown): asserts batch is Batch {
  const { xs, ys, dispose } = (batch ?? {}) as Partial<Record<keyof Batch, unknown>>;
  if (tensorShape(xs) && tensorShape(ys) && typeof dispose === 'function') return;
  throw new DataError(`a batch is ${shown(batch)}`, {
    hint: 'Make batches by toBatches or toBatch: { xs, ys, dispose }.',
  });
}

/** Largest distance of a sum of shares from 1: rounding error of a few sums in single precision. */
const ROUNDING = 1e-5;

/** Most columns that a number can ask for. */
const MOST_CLASSES = 1_000_000;

/** Class names in the order of columns, from a list of them or from their number *n*, for the labels 0 … n − 1. */
export function classColumns(classes: readonly Label[] | number): readonly Label[] {
  if (typeof classes === 'number') {
    checkCount('classes', classes, { most: MOST_CLASSES });
    return Array.from({ length: classes }, (_, label) => label);
  }
  checkClasses('classes', classes);
  if (classes.length === 0) throw new UsageError('classes must name at least one class');
  const twice = classes.find((label, i) => classes.indexOf(label) < i);
  if (twice !== undefined) throw new UsageError(`classes names ${labelText(twice)} twice`);
  return classes;
}

/** Every class that has a share in one of the images: numbers first, then names as people count. */
export function classesAmong(images: readonly LabeledImage[]): Label[] {
  const labels = new Set(images.flatMap((image) => labelSharesOf(image).map(({ label }) => label)));
  const numbers = [...labels].filter((label) => typeof label === 'number');
  const names = [...labels].filter((label) => typeof label === 'string');
  return [...numbers.sort((a, b) => a - b), ...names.sort(compareNames)];
}

/**
 * A distribution over the classes for each image, row by row: one-hot, or the shares of its `labels`.
 *
 * @throws DataError for a label that is not among the classes, and for shares that do not add up to 1
 */
export function classDistributions(images: readonly LabeledImage[], classes: readonly Label[]): Float32Array {
  const columns = new Map(classes.map((label, column) => [label, column]));
  const rows = new Float32Array(images.length * classes.length);
  for (const [i, image] of images.entries()) {
    if (!columns.has(image.label)) throw unknownClass(`image ${i} has the label`, image.label, classes);
    let sum = 0;
    for (const { label, weight } of labelSharesOf(image)) {
      const column = columns.get(label);
      if (column === undefined) throw unknownClass(`image ${i} has a share of`, label, classes);
      if (!(weight >= 0)) throw badShares(i, `gives ${labelText(label)} the share ${weight}`);
      rows[i * classes.length + column]! += weight;
      sum += weight;
    }
    if (Math.abs(sum - 1) > ROUNDING) throw badShares(i, `has labels whose shares add up to ${sum}`);
  }
  return rows;
}

function badShares(index: number, what: string): DataError {
  return new DataError(`image ${index} ${what}`, {
    hint: 'The weights of an image in `labels` are numbers of at least 0 that add up to 1.',
  });
}

export interface BatchOptions {
  /** Class names in the order of the columns of `ys`; or their number *n*, for labels that are 0 … n − 1. */
  readonly classes: readonly Label[] | number;
}

/** Largest number of pixel values held while the classes are unknown: 256 MiB. */
const MOST_HELD = 2 ** 26;

/**
 * Images of one shape as tensors; the caller disposes the batch. Throws a `UsageError` when there are none.
 *
 * ```ts
 * const { xs, ys, dispose } = toBatch(photos, { classes });
 * ```
 */
export function toBatch(images: readonly LabeledImage[], options: BatchOptions): Batch {
  checkList('images', images, 'toBatch');
  checkOptionBag('toBatch', options);
  const [first] = images;
  if (first === undefined) throw new UsageError('a batch of 0 images cannot be made');
  const classes = classColumns(options.classes);
  assertUsableImage(first, 0);
  const pixels = packPixels(images, first.shape);
  const distributions = classDistributions(images, classes);
  assertBackend();
  const xs = tf.tensor4d(pixels, [images.length, ...first.shape]);
  const ys = tf.tensor2d(distributions, [images.length, classes.length]);
  return { xs, ys, dispose: () => tf.dispose([xs, ys]) };
}

/**
 * Groups labeled images into batches of tensors.
 *
 * Waits for `size` images, packs them, and emits `xs` `[size, h, w, c]` with `ys` `[size, classes]`, one-hot or the shares
 * of soft labels; the last batch may be smaller. The receiver of a batch owns it and calls
 * `dispose()`.
 *
 * Without `classes`, all images are held until the source completes, because only then all columns are known: one for each
 * label that came, numbers first, each kind in ascending order. That suits a small support set and images made of it; a
 * longer or endless stream needs `classes`.
 *
 * ```ts
 * images$.pipe(toBatches(32, { classes: ['cat', 'dog'] })).subscribe(({ xs, ys, dispose }) => dispose());
 * ```
 *
 * @throws UsageError for a size below 1 or classes that cannot be columns; (as an error notification) DataError for a
 *   label outside `classes`, UsageError when more than 2²⁶ pixel values would have to be held because `classes` is missing
 */
export function toBatches(
  size: number,
  options: Partial<BatchOptions> = {},
): OperatorFunction<LabeledImage, Batch> {
  checkCount('size', size);
  checkOptionBag('toBatches', options);
  if (options.classes === undefined) return batchesOnceClassesAreKnown(size);
  const classes = classColumns(options.classes);
  return pipe(
    bufferCount(size),
    map((images) => toBatch(images, { classes })),
  );
}

function batchesOnceClassesAreKnown(size: number): OperatorFunction<LabeledImage, Batch> {
  return pipe(
    scan(
      ({ held }, image, index) => {
        assertUsableImage(image, index);
        if (held + image.pixels.length > MOST_HELD) {
          throw new UsageError(`${index + 1} images came, and their classes are still unknown`, {
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
