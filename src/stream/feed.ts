import { UsageError } from '../core/index.js';
import { below } from './demand.js';
import { Queue } from './queue.js';
import { release } from './release.js';

/** What a source says next: an item, an error, or that there is no more. */
export type Step<T> = { readonly value: T } | { readonly error: unknown } | 'end';

/** Items of a source, one at a time. */
export interface Feed<T> {
  /** The next step; undefined when it is not there yet, `arrived` is then called once it is. */
  take(): Step<T> | undefined;
  /** Asks for what may be asked for ahead. */
  fill(): void;
  /** Stops the source and releases what was asked for ahead. */
  close(): void;
}

/** A source that answers at once. There is nothing to gain from asking it ahead. */
export function syncFeed<T>(iterator: Iterator<T>): Feed<T> {
  let running = false;
  let ended = false;
  let closed = false;
  return {
    take() {
      running = true;
      try {
        const { value, done } = below(undefined, () => iterator.next());
        ended = done === true;
        if (!closed) return ended ? 'end' : { value };
        // Closed by its own doing, while it could not be told to stop.
        if (!ended) {
          release(value);
          iterator.return?.();
        }
        return 'end';
      } catch (error) {
        ended = true;
        return { error };
      } finally {
        running = false;
      }
    },
    fill() {},
    close() {
      if (closed) return;
      closed = true;
      if (!ended && !running) iterator.return?.();
    },
  };
}

/** A source that answers later: it is asked for one item after the other, up to `readAhead` before they are wanted. */
export function asyncFeed<T>(iterator: AsyncIterator<T>, readAhead: number, arrived: () => void): Feed<T> {
  const steps = new Queue<Step<T>>();
  let asked = false;
  let ended = false;
  let closed = false;

  function arrive(step: Step<T>) {
    asked = false;
    if (closed) {
      if (typeof step === 'object' && 'value' in step) release(step.value);
      return;
    }
    steps.push(step);
    feed.fill();
    arrived();
  }

  function ask() {
    if (asked || ended || closed) return;
    asked = true;
    below(undefined, async () => iterator.next()).then(
      ({ value, done }) => {
        ended = done === true;
        arrive(ended ? 'end' : { value });
      },
      (error: unknown) => {
        ended = true;
        arrive({ error });
      },
    );
  }

  const feed: Feed<T> = {
    take() {
      if (steps.size > 0) return steps.shift();
      ask();
      return undefined;
    },
    fill() {
      if (steps.size < readAhead) ask();
    },
    close() {
      if (closed) return;
      closed = true;
      for (const step of steps.drain()) if (typeof step === 'object' && 'value' in step) release(step.value);
      // Nobody listens any more to what goes wrong while the source stops.
      if (!ended) below(undefined, async () => iterator.return?.()).catch(() => {});
    },
  };
  return feed;
}

/** What can be pulled from: arrays, generators, async generators, Node streams. */
export type PullSource<T> = Iterable<T> | AsyncIterable<T>;

function isAsync<T>(source: PullSource<T>): source is AsyncIterable<T> {
  return Symbol.asyncIterator in source;
}

/** Throws a `UsageError` for what cannot be iterated over. */
export function assertPullSource(source: unknown): asserts source is PullSource<unknown> {
  const object = Object(source) as object;
  if (Symbol.asyncIterator in object || Symbol.iterator in object) return;
  throw new UsageError(`there is nothing to pull from in ${String(source)}`, {
    hint: 'Give an iterable, an async iterable, a Node stream, or a function that makes one.',
  });
}

/** Opens a source. `once` is true when it can be read only this one time. */
export function openFeed<T>(source: PullSource<T>, readAhead: number, arrived: () => void) {
  const iterator = isAsync(source) ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  const feed = isAsync(source)
    ? asyncFeed(iterator as AsyncIterator<T>, readAhead, arrived)
    : syncFeed(iterator as Iterator<T>);
  return { feed, once: (iterator as unknown) === source };
}
