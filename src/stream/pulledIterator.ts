import type { Observable } from 'rxjs';
import type { Reader } from './demand.js';
import { Queue } from './queue.js';
import { Reading } from './reading.js';
import { laterTurn, TimeSlice } from './turn.js';

interface Waiter<T> {
  resolve(result: IteratorResult<T, undefined>): void;
  reject(error: unknown): void;
}

const finished = { value: undefined, done: true } as const;

/** One subscription, made by the first `next()` and ended by `return()`, whatever is under way then. */
export class PulledIterator<T> implements AsyncIterator<T, undefined> {
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
      // What is read ahead is made while the reader waits for something else, not before it gets this item.
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

  /** Hands what came to those who wait; the error, if there is one, to the first who finds nothing else. */
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
