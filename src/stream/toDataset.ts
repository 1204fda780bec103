import type * as tf from '@tensorflow/tfjs-core';
import { type Dataset, generator } from '@tensorflow/tfjs-data';
import { EMPTY, type Observable, take, throwIfEmpty } from 'rxjs';
import { checkCount } from '../core/checks.js';
import type { LabeledItem } from '../core/code.js';
import { DataError } from '../core/errors.js';
import type { LabeledImage } from '../core/image.js';
import { checkOptionBag, checkStream } from '../core/kindChecks.js';
import { type AsyncIterableOptions, type PulledIterable, toAsyncIterable } from './toAsyncIterable.js';
import { type BatchOf, type BatchOptions, toBatches } from './toBatches.js';

export interface DatasetOptions extends Partial<BatchOptions>, AsyncIterableOptions {
  /** Images a batch; the last one of an epoch may have fewer. `readAhead` and `bufferLimit` count batches. */
  readonly batchSize: number;
  /** Batches after which an epoch ends, for streams without an end. Default: the epoch ends with the stream. */
  readonly batchesPerEpoch?: number;
}

/** Tensors that `fitDataset` trains on: `xs` `[n, h, w, c]`, of codes `[n, latentSize]`, and `ys` `[n, classes]`. */
export type Samples<T extends LabeledItem = LabeledImage> = { xs: BatchOf<T>['xs']; ys: tf.Tensor2D };

export interface BatchDataset<T extends LabeledItem = LabeledImage> extends Dataset<Samples<T>> {
  /**
   * Unsubscribes from the streams of unfinished epochs, and disposes the batches that were handed out and not disposed
   * since. Call it when a training stopped half-way or failed.
   */
  dispose(): void;
}

type BatchIterator<T extends LabeledItem> = ReturnType<
  PulledIterable<BatchOf<T>>[typeof Symbol.asyncIterator]
>;

/** Ends epochs whose iterator was collected: `fitDataset` does not tell when it stops half-way. */
const abandoned = new FinalizationRegistry<{ return(): unknown }>((batches) => batches.return());

/**
 * Makes a `tf.data.Dataset` of batches of images or codes, for `model.fitDataset` and other readers of datasets.
 *
 * Each epoch subscribes anew, so the stream should be cold; give a function of the epoch's number (from 0) for other
 * images each time. The reader of a batch owns its two tensors: `fitDataset` and `evaluateDataset` dispose them. Without
 * `classes`, `toBatches` collects them anew in each epoch, and holds all of its images meanwhile.
 *
 * ```ts
 * const samples = toDataset(samples$, { batchSize: 32, classes });
 * await net.fitDataset(samples, { epochs: 10 });
 * ```
 *
 * @throws UsageError for options out of range; while reading, the error of the stream, and DataError for images that
 * do not fit together and for an epoch without any
 */
export function toDataset<T extends LabeledItem = LabeledImage>(
  images: Observable<T> | ((epoch: number) => Observable<T>),
  options: DatasetOptions,
): BatchDataset<T> {
  const { batchSize, batchesPerEpoch = Number.POSITIVE_INFINITY } = checkOptionBag('toDataset', options);
  if (typeof images !== 'function') checkStream('images', images, 'toDataset');
  toAsyncIterable(EMPTY, options);
  checkCount('batchSize', batchSize);
  checkCount('batchesPerEpoch', batchesPerEpoch, { most: Number.POSITIVE_INFINITY });
  const batched = toBatches<T>(batchSize, options);
  const open = new Set<BatchIterator<T>>();
  const handedOut = new Set<BatchOf<T>>();
  let epochs = 0;

  function begin(): BatchIterator<T> {
    const stream = typeof images === 'function' ? images(epochs) : images;
    checkStream(`what the function gives for epoch ${epochs}`, stream, 'toDataset');
    epochs++;
    const batches$ = stream.pipe(batched, take(batchesPerEpoch), throwIfEmpty(noImages));
    const batches = toAsyncIterable(batches$, options)[Symbol.asyncIterator]();
    open.add(batches);
    return batches;
  }

  async function read(batches: BatchIterator<T>): Promise<IteratorResult<Samples<T>>> {
    try {
      const { value: batch, done } = await batches.next();
      if (done !== true) return handOut(batch);
    } catch (error) {
      open.delete(batches);
      throw error;
    }
    open.delete(batches);
    return { value: null, done: true };
  }

  function handOut(batch: BatchOf<T>): IteratorResult<Samples<T>> {
    for (const known of handedOut) if (known.xs.isDisposed && known.ys.isDisposed) handedOut.delete(known);
    handedOut.add(batch);
    return { value: { xs: batch.xs, ys: batch.ys }, done: false };
  }

  const dataset = generator<Samples<T>>(() => {
    let batches: BatchIterator<T> | undefined;
    const iterator: AsyncIterator<Samples<T>> = {
      // fitDataset opens one iterator that it never reads, so an epoch begins with its first request.
      next() {
        if (batches === undefined) {
          batches = begin();
          abandoned.register(iterator, batches);
        }
        return read(batches);
      },
    };
    return iterator;
  });
  return Object.assign(dataset, {
    dispose() {
      for (const batches of open) batches.return();
      open.clear();
      for (const batch of handedOut) batch.dispose();
      handedOut.clear();
    },
  });
}

function noImages(): DataError {
  return new DataError('the stream ended without an image', {
    hint: 'A stream is read anew in each epoch: make its source with from(array) or fromPull(() => images()).',
  });
}
