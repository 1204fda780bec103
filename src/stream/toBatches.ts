import * as tf from '@tensorflow/tfjs-core';
import { bufferCount, concatMap, map, type OperatorFunction, pipe, scan, toArray } from 'rxjs';
import { assertBackend } from '../backend/start.js';
import { checkCount } from '../core/checks.js';
import {
  assertUsableCode,
  assertUsableItem,
  isCode,
  type LabeledCode,
  type LabeledItem,
} from '../core/code.js';
import { DataError, UsageError } from '../core/errors.js';
import {
  checkClasses,
  type Label,
  type LabeledImage,
  labelSharesOf,
  labelText,
  packPixels,
  sharesHint,
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

/** As a `Batch`, of codes: `xs` is `[n, latentSize]`. */
export interface CodeBatch extends Omit<Batch, 'xs'> {
  /** One code a row: `[n, latentSize]`. */
  readonly xs: tf.Tensor2D;
}

/** The batch that images, or codes, make. */
export type BatchOf<T extends LabeledItem> = T extends LabeledCode ? CodeBatch : Batch;

/** Throws a `DataError` unless a value is a batch. */
export function assertBatch(batch: unknown): asserts batch is Batch | CodeBatch {
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

/** Every class that has a share in one of the images or codes: numbers first, then names as people count. */
export function classesAmong(images: readonly LabeledItem[]): Label[] {
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
export function classDistributions(images: readonly LabeledItem[], classes: readonly Label[]): Float32Array {
  const columns = new Map(classes.map((label, column) => [label, column]));
  const rows = new Float32Array(images.length * classes.length);
  for (const [i, image] of images.entries()) {
    const where = `${isCode(image) ? 'code' : 'image'} ${i}`;
    if (!columns.has(image.label)) throw unknownClass(`${where} has the label`, image.label, classes);
    let sum = 0;
    for (const { label, weight } of labelSharesOf(image)) {
      const column = columns.get(label);
      if (column === undefined) throw unknownClass(`${where} has a share of`, label, classes);
      if (!(weight >= 0)) throw badShares(where, `gives ${labelText(label)} the share ${weight}`);
      rows[i * classes.length + column]! += weight;
      sum += weight;
    }
    if (Math.abs(sum - 1) > ROUNDING) throw badShares(where, `has labels whose shares add up to ${sum}`);
  }
  return rows;
}

function badShares(where: string, what: string): DataError {
  return new DataError(`${where} ${what}`, {
    hint: sharesHint(where.startsWith('code') ? 'a code' : 'an image'),
  });
}

export interface BatchOptions {
  /** Class names in the order of the columns of `ys`; or their number *n*, for labels that are 0 … n − 1. */
  readonly classes: readonly Label[] | number;
}

/** Largest number of values held while the classes are unknown: 256 MiB. */
const MOST_HELD = 2 ** 26;

/** Codes of one length, one after the other. Throws a `DataError` for one that cannot be used, or is no code. */
function packCodes(codes: readonly LabeledCode[], size: number): Float32Array {
  const values = new Float32Array(codes.length * size);
  for (const [i, item] of codes.entries()) {
    assertUsableCode(item, i, size);
    values.set(item.code, i * size);
  }
  return values;
}

/**
 * Images of one shape, or codes of one length, as tensors; the caller disposes the batch. Throws a `UsageError` when there are
 * none.
 *
 * ```ts
 * const { xs, ys, dispose } = toBatch(photos, { classes });
 * ```
 */
export function toBatch<T extends LabeledItem>(images: readonly T[], options: BatchOptions): BatchOf<T>;
export function toBatch(images: readonly LabeledItem[], options: BatchOptions): Batch | CodeBatch {
  checkList('images', images, 'toBatch');
  checkOptionBag('toBatch', options);
  const [first] = images;
  if (first === undefined) throw new UsageError('a batch of 0 images cannot be made');
  const classes = classColumns(options.classes);
  assertUsableItem(first, 0);
  const [values, shape] = isCode(first)
    ? [packCodes(images as LabeledCode[], first.code.length), [first.code.length]]
    : [packPixels(images as LabeledImage[], first.shape), first.shape];
  const distributions = classDistributions(images, classes);
  assertBackend();
  const xs: tf.Tensor = tf.tensor(values, [images.length, ...shape]);
  const ys = tf.tensor2d(distributions, [images.length, classes.length]);
  return { xs: xs as tf.Tensor4D, ys, dispose: () => tf.dispose([xs, ys]) };
}

/**
 * Groups labeled images, or codes, into batches of tensors.
 *
 * Waits for `size` images, packs them, and emits `xs` `[size, h, w, c]` with `ys` `[size, classes]`, one-hot or the shares
 * of soft labels; the last batch may be smaller. Of codes, `xs` is `[size, latentSize]`. The receiver of a batch owns it and calls
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
 *   label outside `classes`, UsageError when more than 2²⁶ values would have to be held because `classes` is missing
 */
export function toBatches<T extends LabeledItem = LabeledImage>(
  size: number,
  options: Partial<BatchOptions> = {},
): OperatorFunction<T, BatchOf<T>> {
  checkCount('size', size);
  checkOptionBag('toBatches', options);
  if (options.classes === undefined) return batchesOnceClassesAreKnown<T>(size);
  const classes = classColumns(options.classes);
  return pipe(
    bufferCount<T>(size),
    map((images) => toBatch(images, { classes })),
  );
}

function batchesOnceClassesAreKnown<T extends LabeledItem>(size: number): OperatorFunction<T, BatchOf<T>> {
  return pipe(
    scan(
      ({ held }, image, index) => {
        assertUsableItem(image, index);
        const values = isCode(image) ? image.code : (image as LabeledImage).pixels;
        if (held + values.length > MOST_HELD) {
          throw new UsageError(
            `${index + 1} ${isCode(image) ? 'codes' : 'images'} came, and their classes are still unknown`,
            {
              hint: 'Give the classes of long and endless streams, as in toBatches(32, { classes: [0, 1] }).',
            },
          );
        }
        return { held: held + values.length, image };
      },
      { held: 0 } as { held: number; image: T },
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
