import type { Observable } from 'rxjs';
import { checkFunction } from '../core/kindChecks.js';
import { type AsyncIterableOptions, toAsyncIterable } from './toAsyncIterable.js';
import { assertBatch, type Batch, type CodeBatch } from './toBatches.js';

/**
 * Calls a function for one batch after the other, waits for it, and disposes the batch: the function only borrows it.
 * The next batch is requested only then (see `readAhead`). If the function throws or rejects, the stream is stopped.
 * Returns the number of batches.
 *
 * ```ts
 * await forEachBatch(samples$.pipe(toBatches(32, { classes })), async ({ xs, ys }) => {
 *   await net.trainOnBatch(xs, ys);
 * });
 * ```
 *
 * @throws the error of the function or the stream
 */
export async function forEachBatch<B extends Batch | CodeBatch>(
  batches: Observable<B>,
  body: (batch: B, index: number) => unknown,
  options: AsyncIterableOptions = {},
): Promise<number> {
  checkFunction('the function', body, 'forEachBatch');
  let count = 0;
  for await (const batch of toAsyncIterable(batches, options)) {
    assertBatch(batch);
    try {
      await body(batch, count++);
    } finally {
      batch.dispose();
    }
  }
  return count;
}
