import { Observable } from 'rxjs';
import { checkCount } from '../core/checks.js';
import { UsageError } from '../core/errors.js';
import { checkOptionBag } from '../core/kindChecks.js';
import { isStream, shown } from '../core/shown.js';
import { DemandNode, pushReader, Queue, release } from './backpressure.js';

/** Sources that can be pulled from: arrays, generators, async generators, Node streams. */
export type PullSource<T> = Iterable<T> | AsyncIterable<T>;

export interface PullOptions {
  /**
   * Items that an asynchronous source is asked for before they are wanted, so that it works while the reader does.
   * Sources that answer at once are never asked ahead. Default 1.
   */
  readonly readAhead?: number;
}

/**
 * A source that waits to be asked, as an `Observable`.
 *
 * Read by `toAsyncIterable`, `toDataset`, `forEachBatch`, `toReadable` or `pullThrough`, at the other end of any
 * operators that answer at once (`map`, `filter`, `concatMap` of such, `hallucinate`, `toBatches`, …), it is pulled when
 * an item is wanted there, and never more than `readAhead` items beyond what that one takes. Operators that answer later
 * (`delay`, `concatMap` of promises) hide from the source that an item is under way: do such work in the source, as an
 * async generator.
 *
 * Simply subscribed to, it cannot know whether its consumer is done: it emits as fast as the source answers, with a turn
 * of the event loop before each item, so that timers and input come in between and can unsubscribe.
 *
 * Unsubscribing stops the source (`return()` of its iterator); what it throws or rejects with becomes the error
 * notification. A function is called for each subscription, so that a generator can be read again, epoch by epoch.
 *
 * ```ts
 * const images$ = fromPull(async function* () {
 *   for (const path of paths) yield await readImage(path);
 * });
 * const batches$ = images$.pipe(hallucinate(model, { perClass: 100 }), toBatches(32, { classes }));
 * for await (const batch of toAsyncIterable(batches$)) train(batch);
 * ```
 *
 * @throws UsageError for what is not iterable; (as an error notification) UsageError when a source that can be read only
 * once is subscribed to again
 */
export function fromPull<T>(
  source: PullSource<T> | (() => PullSource<T>),
  options: PullOptions = {},
): Observable<T> {
  const { readAhead = 1 } = checkOptionBag('fromPull', options);
  checkCount('readAhead', readAhead, { least: 0 });
  if (typeof source !== 'function') assertPullSource(source);
  let spent = false;

  function open(arrived: () => void) {
    if (spent) {
      throw new UsageError('this source can be read only once', {
        hint: 'Give fromPull a function that makes it anew: fromPull(() => images()).',
      });
    }
    const opened = typeof source === 'function' ? source() : source;
    assertPullSource(opened);
    const { feed, once } = openFeed(opened, readAhead, arrived);
    spent = once && opened === source;
    return feed;
  }

  return new Observable<T>((subscriber) => {
    const parent = DemandNode.current ?? pushReader();
    const wake = () => parent.reader.wake();
    let feed: ReturnType<typeof open>;
    try {
      feed = open(wake);
    } catch (error) {
      subscriber.error(error);
      return;
    }
    const node = new DemandNode(parent, () => {
      const step = feed.take();
      if (step === undefined) return false;
      if (typeof step === 'object' && 'value' in step) {
        DemandNode.within(node, () => subscriber.next(step.value));
        feed.fill();
        return true;
      }
      node.end();
      DemandNode.within(node.parent, () =>
        step === 'end' ? subscriber.complete() : subscriber.error(step.error),
      );
      return true;
    });
    subscriber.add(() => {
      node.end();
      feed.close();
    });
    wake();
  });
}

/** The answer of a source: an item, an error, or the end. */
type Step<T> = { readonly value: T } | { readonly error: unknown } | 'end';

/** An open source, read one item at a time. */
interface Feed<T> {
  /** Returns the next step, or undefined when it is not there yet; `arrived` is then called once it is. */
  take(): Step<T> | undefined;
  /** Asks for items ahead, as far as allowed. */
  fill(): void;
  /** Stops the source and releases items that came ahead. */
  close(): void;
}

/** Opens a source that answers at once. There is nothing to gain from asking it ahead. */
function syncFeed<T>(iterator: Iterator<T>): Feed<T> {
  let running = false;
  let ended = false;
  let closed = false;
  return {
    take() {
      running = true;
      try {
        const { value, done } = DemandNode.within(undefined, () => iterator.next());
        ended = done === true;
        if (!closed) return ended ? 'end' : { value };
        // It closed itself while it ran, and could not be told to stop then.
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

/** Opens a source that answers later: it is asked for one item after the other, up to `readAhead` before they are wanted. */
function asyncFeed<T>(iterator: AsyncIterator<T>, readAhead: number, arrived: () => void): Feed<T> {
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
    DemandNode.within(undefined, async () => iterator.next()).then(
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
      // Errors while the source stops have no listener any more.
      if (!ended) DemandNode.within(undefined, async () => iterator.return?.()).catch(() => {});
    },
  };
  return feed;
}

function isAsync<T>(source: PullSource<T>): source is AsyncIterable<T> {
  return Symbol.asyncIterator in Object(source);
}

/** Throws a `UsageError` unless it can be iterated over. */
function assertPullSource(source: unknown): asserts source is PullSource<unknown> {
  const object = Object(source) as object;
  if (Symbol.asyncIterator in object || Symbol.iterator in object) return;
  throw new UsageError(`there is nothing to pull from in ${shown(source)}`, {
    hint: isStream(source)
      ? 'It is an Observable already: pipe it as it is.'
      : 'Give an iterable, an async iterable, a Node stream, or a function that makes one.',
  });
}

/** Opens a source. `once` is true if it can be read only this one time. */
function openFeed<T>(source: PullSource<T>, readAhead: number, arrived: () => void) {
  const iterator = isAsync(source) ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  const feed = isAsync(source)
    ? asyncFeed(iterator as AsyncIterator<T>, readAhead, arrived)
    : syncFeed(iterator as Iterator<T>);
  return { feed, once: (iterator as unknown) === source };
}
