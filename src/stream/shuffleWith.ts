import { concat, concatMap, defer, type MonoTypeOperatorFunction } from 'rxjs';
import { checkCount, checkSeed } from '../core/checks.js';
import { checkOptionBag } from '../core/kindChecks.js';
import { randomStream } from '../core/random.js';
import { finishFirst } from './finishFirst.js';

export interface ShuffleOptions {
  /** The order depends on this seed; another one each epoch gives another order. Default 0. */
  readonly seed?: number;
  /** Most items held, at least 1. */
  readonly window: number;
}

/**
 * Brings a stream into random order with bounded memory, as the `shuffle` of tf.data does.
 *
 * Holds back the first `window` items; from then on each new item replaces a held one, drawn at random, which is
 * emitted. When the source completes or fails, the rest follows in random order. A window as large as the stream makes
 * every order equally likely; one of 1 changes nothing. The order depends on the seed and the number of items.
 *
 * ```ts
 * images$.pipe(shuffleWith({ seed: 7, window: 1000 }), toBatches(32, { classes }));
 * ```
 *
 * @throws UsageError for a seed that is not a whole number or a window below 1
 */
export function shuffleWith<T>(options: ShuffleOptions): MonoTypeOperatorFunction<T> {
  const { seed = 0, window } = checkOptionBag('shuffleWith', options);
  checkSeed('seed', seed);
  checkCount('window', window, { most: Number.POSITIVE_INFINITY });
  return finishFirst<T, T>((source) =>
    defer(() => {
      const held: T[] = [];
      let drawn = 0;
      function draw(): T {
        const at = randomStream(seed, 'shuffle', drawn++).integer(held.length);
        const item = held[at]!;
        held[at] = held.at(-1)!;
        held.pop();
        return item;
      }
      function* taken(item: T) {
        if (held.length === window) yield draw();
        held.push(item);
      }
      function* rest() {
        while (held.length > 0) yield draw();
      }
      return concat(
        source.pipe(concatMap(taken)),
        defer(() => rest()),
      );
    }),
  );
}
