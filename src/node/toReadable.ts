import { Readable } from 'node:stream';
import type { Observable } from 'rxjs';
import { checkCount } from '../core/checks.js';
import { checkOptionBag } from '../core/kindChecks.js';
import { release } from '../stream/backpressure.js';
import { type AsyncIterableOptions, toAsyncIterable } from '../stream/toAsyncIterable.js';

export interface ReadableOptions extends Pick<AsyncIterableOptions, 'bufferLimit'> {
  /** Items that are made before they are read, as Node counts them. Default 16. */
  readonly highWaterMark?: number;
}

/**
 * Returns a Node stream, in object mode, of the items of an `Observable`. (The other way round, `fromPull` takes a
 * `Readable` as it is.)
 *
 * It subscribes when it is first read, and reads no more than `highWaterMark` items ahead if its sources are made by
 * `fromPull`. Destroying it, or an error in a `pipeline`, unsubscribes and disposes the batches that were not read.
 *
 * ```ts
 * import { pipeline } from 'node:stream/promises';
 *
 * await pipeline(toReadable(images$), writable);
 * ```
 *
 * @throws UsageError for options out of range; (as `error` events) the error that the stream ends with
 */
export function toReadable<T extends object>(
  observable: Observable<T>,
  options: ReadableOptions = {},
): Readable {
  const { highWaterMark = 16, ...rest } = checkOptionBag('toReadable', options);
  checkCount('highWaterMark', highWaterMark, { least: 0 });
  const items = toAsyncIterable(observable, rest)[Symbol.asyncIterator]();
  let pushed: T[] = [];
  return new Readable({
    objectMode: true,
    highWaterMark,
    read() {
      items.next().then(
        ({ value, done }) => {
          if (this.destroyed) {
            if (done !== true) release(value);
          } else if (done === true) this.push(null);
          else {
            // Items that were read belong to their reader.
            pushed = pushed.slice(pushed.length - this.readableLength);
            pushed.push(value);
            this.push(value);
          }
        },
        (error: Error) => this.destroy(error),
      );
    },
    destroy(error, done) {
      for (const item of pushed.slice(pushed.length - this.readableLength)) release(item);
      items.return().then(() => done(error), done);
    },
  });
}
