import type { Observable } from 'rxjs';
import { checkCount } from '../core/checks.js';
import { laterTurn, TimeSlice } from '../core/eventLoop.js';
import { checkOptionBag, checkStream } from '../core/kindChecks.js';
import { Queue, type Reader, Reading } from './backpressure.js';

interface Waiter<T> {
  resolve(result: IteratorResult<T, undefined>): void;
  reject(error: unknown): void;
}

const finished = { value: undefined, done: true } as const;

/** One subscription, made by the first `next()` and ended by `return()`, even in the middle of a request. */
class PulledIterator<T> implements AsyncIterator<T, undefined> {
  readonly #observable: Observable<T>;
  readonly #readAhead: number;
  readonly #reader: Reader;
  readonly #reading: Reading<T>;
  readonly #waiting = new Queue<Waiter<T>>();
  readonly #slice = new TimeSlice();
  #opened = false;
  #scheduled = false;

  constructor(observable: Observable<T>, readAhead: number, bufferLimit: number) {
    this.#observable = observable;
    this.#readAhead = readAhead;
    this.#reader = {
      wants: () => this.#waiting.size > 0 || this.#reading.ready.size < this.#readAhead,
      wake: () => this.#work(),
    };
    this.#reading = new Reading(this.#reader, Math.max(bufferLimit, readAhead));
  }

  next(): Promise<IteratorResult<T, undefined>> {
    if (!this.#opened) {
      this.#opened = true;
      this.#reading.open(this.#observable, () => this.#deliver());
    }
    const { ready } = this.#reading;
    if (ready.size > 0) {
      const value = ready.shift();
      // The reader gets this item first; items ahead are made while it waits for something else.
      this.#workLater();
      return Promise.resolve({ value, done: false });
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#deliver();
      this.#work();
    });
  }

  return(): Promise<IteratorResult<T, undefined>> {
    this.#opened = true;
    this.#reading.close();
    this.#deliver();
    return Promise.resolve(finished);
  }

  /** Asks until there is enough, in slices of time between which the event loop has its turn. */
  #work(): void {
    while (this.#reading.ending === undefined && this.#reader.wants()) {
      if (this.#slice.isOver()) {
        this.#workLater();
        return;
      }
      if (!this.#reading.ask()) return;
    }
  }

  #workLater(): void {
    if (this.#scheduled || this.#reading.ending !== undefined) return;
    this.#scheduled = true;
    laterTurn(() => {
      this.#scheduled = false;
      this.#slice.begin();
      this.#work();
    });
  }

  /** Hands items to waiting requests; an error goes to the first request that is left without an item. */
  #deliver(): void {
    const { ready } = this.#reading;
    while (this.#waiting.size > 0) {
      if (ready.size > 0) {
        this.#waiting.shift().resolve({ value: ready.shift(), done: false });
        continue;
      }
      const { ending } = this.#reading;
      if (ending === undefined) return;
      this.#reading.ending = 'complete';
      if (ending === 'complete') this.#waiting.shift().resolve(finished);
      else this.#waiting.shift().reject(ending.error);
    }
  }
}

export interface AsyncIterableOptions {
  /**
   * Items that are made before they are asked for, so that work goes on while the reader waits for something else.
   * Default 0.
   */
  readonly readAhead?: number;
  /**
   * Largest number of unrequested items to store. A source that pushes (a subject, an interval, `from`) cannot be told to
   * wait; if it brings more before they are read, the loop ends with a `UsageError` after the last of them.
   * Default 1024.
   */
  readonly bufferLimit?: number;
}

/** An iterable for `for await`. When read by hand, end it with `return()`. */
export interface PulledIterable<T> extends AsyncIterable<T, undefined> {
  [Symbol.asyncIterator](): AsyncIterator<T, undefined> & {
    return(): Promise<IteratorResult<T, undefined>>;
  };
}

/**
 * Makes an `Observable` readable with `for await`. It subscribes at the first request, anew for each loop.
 *
 * Sources made by `fromPull` (and `hallucinate`) are pulled for one request, and for `readAhead` items more.
 * Sources that push fill a buffer of `bufferLimit` items. Leaving the loop, by `break` or an error, unsubscribes at once
 * and disposes stored batches; a batch that the loop was given belongs to the loop.
 *
 * ```ts
 * for await (const image of toAsyncIterable(fromPull(photos).pipe(hallucinate(model, { perClass: 100 })))) show(image);
 * ```
 *
 * @throws UsageError for options out of range; in the loop, the error of the stream, after all items before it
 */
export function toAsyncIterable<T>(
  observable: Observable<T>,
  options: AsyncIterableOptions = {},
): PulledIterable<T> {
  const { readAhead = 0, bufferLimit = 1024 } = checkOptionBag('toAsyncIterable', options);
  checkStream('the stream', observable, 'toAsyncIterable');
  checkCount('readAhead', readAhead, { least: 0 });
  checkCount('bufferLimit', bufferLimit, { most: Number.POSITIVE_INFINITY });
  return { [Symbol.asyncIterator]: () => new PulledIterator(observable, readAhead, bufferLimit) };
}
