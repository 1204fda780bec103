import { setImmediate as turn } from 'node:timers/promises';
import { concat, defer, EMPTY, from, ignoreElements, type OperatorFunction, Subject, take } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { fromPull } from '../../src/stream/fromPull.js';
import { paced } from '../../src/stream/paced.js';
import { pullThrough } from '../../src/stream/pullThrough.js';
import { toAsyncIterable } from '../../src/stream/toAsyncIterable.js';
import { counter, slowCounter } from './sources.js';

/** Drops what it is given; when that is over, gives the numbers. */
function then(numbers: Iterable<number>): OperatorFunction<number, number> {
  return (source) =>
    defer(() => {
      const items = paced();
      return concat(
        source.pipe(ignoreElements()),
        defer(() => items(numbers)),
      );
    });
}

describe('paced', () => {
  it.each(['pulled', 'pulled later', 'pushed at once', 'pushed later'])(
    'emits only requested items (%s)',
    async (kind) => {
      const { state, numbers } = counter();
      const pushed = new Subject<number>();
      const source = {
        pulled: fromPull([1]),
        'pulled later': fromPull(slowCounter(3).numbers),
        'pushed at once': from([1]),
        'pushed later': pushed,
      }[kind]!;
      const iterator = toAsyncIterable(source.pipe(then(numbers)))[Symbol.asyncIterator]();
      const first = iterator.next();
      pushed.next(1);
      pushed.complete();
      expect((await first).value).toBe(0);
      expect((await iterator.next()).value).toBe(1);
      await turn();
      expect(state.pulled).toBe(2);
      await iterator.return();
      expect(state.closed).toBe(true);
    },
  );

  it('emits the items that pullThrough requests', () => {
    const { state, numbers } = counter();
    const items = pullThrough([1], then(numbers));
    expect([items.next().value, items.next().value]).toEqual([0, 1]);
    expect(state.pulled).toBe(2);
  });

  it('emits one item a turn to a plain subscriber of a pull source', async () => {
    const { state, numbers } = counter();
    const subscription = fromPull([1]).pipe(then(numbers)).subscribe();
    for (let n = 0; n < 6; n++) await turn();
    expect(state.pulled).toBeGreaterThan(0);
    expect(state.pulled).toBeLessThan(7);
    subscription.unsubscribe();
    expect(state.closed).toBe(true);
  });

  it('emits everything at once without a reader', () => {
    const seen: number[] = [];
    EMPTY.pipe(then(counter().numbers), take(5)).subscribe((n) => seen.push(n));
    expect(seen).toEqual([0, 1, 2, 3, 4]);
  });
});
