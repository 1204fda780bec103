import type { Observable } from 'rxjs';
import { assertCount } from './options.js';
import { PulledIterator } from './pulledIterator.js';

export interface AsyncIterableOptions {
  /**
   * Items that are made before they are asked for, so that work goes on while the reader waits for something else.
   * Default 0.
   */
  readonly readAhead?: number;
  /**
   * Items that come unasked to store at most. A source that pushes (a subject, an interval, `from`) cannot be told to
   * wait; when it brings more than these before they are read, the loop ends with a `UsageError` after the last of them.
   * Default 1024.
   */
  readonly bufferLimit?: number;
}

/** What `for await` takes; reading it by hand ends with `return()`. */
export interface PulledIterable<T> extends AsyncIterable<T, undefined> {
  [Symbol.asyncIterator](): AsyncIterator<T, undefined> & {
    return(): Promise<IteratorResult<T, undefined>>;
  };
}

/**
 * An `Observable` to read with `for await`. It subscribes at the first request, anew for each loop.
 *
 * Sources made by `fromPull` (and `hallucinate`) are asked for as much as one request takes, and `readAhead` items more.
 * Sources that push fill a buffer of `bufferLimit` items. Leaving the loop, by `break` or an error, unsubscribes at once
 * and disposes stored batches; a batch that the loop was given belongs to the loop.
 *
 * ```ts
 * for await (const image of toAsyncIterable(fromPull(photos).pipe(hallucinate(model, { perClass: 100 })))) show(image);
 * ```
 *
 * @throws UsageError for options out of range; in the loop, what the stream ends with, after all that came before it
 */
export function toAsyncIterable<T>(
  observable: Observable<T>,
  { readAhead = 0, bufferLimit = 1024 }: AsyncIterableOptions = {},
): PulledIterable<T> {
  assertCount('readAhead', readAhead, 0);
  assertCount('bufferLimit', bufferLimit, 1, Number.POSITIVE_INFINITY);
  return { [Symbol.asyncIterator]: () => new PulledIterator(observable, readAhead, bufferLimit) };
}
