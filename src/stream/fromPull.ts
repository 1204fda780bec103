import { Observable } from 'rxjs';
import { checkCount } from '../core/checks.js';
import { UsageError } from '../core/errors.js';
import {
  assertPullSource,
  below,
  DemandNode,
  openFeed,
  type PullSource,
  pushReader,
} from './backpressure.js';

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
  { readAhead = 1 }: PullOptions = {},
): Observable<T> {
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
    const above = DemandNode.current ?? pushReader();
    const wake = () => above.reader.wake();
    let feed: ReturnType<typeof open>;
    try {
      feed = open(wake);
    } catch (error) {
      subscriber.error(error);
      return;
    }
    const node = new DemandNode(above, () => {
      const step = feed.take();
      if (step === undefined) return false;
      if (typeof step === 'object' && 'value' in step) {
        below(node, () => subscriber.next(step.value));
        feed.fill();
        return true;
      }
      node.end();
      below(node.parent, () => (step === 'end' ? subscriber.complete() : subscriber.error(step.error)));
      return true;
    });
    subscriber.add(() => {
      node.end();
      feed.close();
    });
    wake();
  });
}
