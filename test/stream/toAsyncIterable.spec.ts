import { setImmediate as turn, setTimeout as wait } from 'node:timers/promises';
import { concatMap, EMPTY, from, interval, map, NEVER, of, Subject, throwError } from 'rxjs';
import { describe, expect, expectTypeOf, it, vi } from 'vitest';
import { UsageError } from '../../src/core/errors.js';
import { fromPull } from '../../src/stream/fromPull.js';
import { toAsyncIterable } from '../../src/stream/toAsyncIterable.js';
import { counter, readAll } from './sources.js';

/** Items that tell whether they were disposed. */
function disposables(count: number) {
  const disposed: number[] = [];
  const items = Array.from({ length: count }, (_, i) => ({ i, dispose: () => disposed.push(i) }));
  return { items, disposed };
}

describe('toAsyncIterable', () => {
  it('gives what the stream emits, then ends', async () => {
    expect(await readAll(toAsyncIterable(of(1, undefined, 3)))).toEqual({ items: [1, undefined, 3] });
    expect(await readAll(toAsyncIterable(EMPTY))).toEqual({ items: [] });
  });

  it('throws what the stream fails with after the items before it, once', async () => {
    const failure = new Error('on purpose');
    const failing$ = of(1, 2, 3).pipe(concatMap((n) => (n < 3 ? of(n) : throwError(() => failure))));
    expect(await readAll(toAsyncIterable(failing$))).toEqual({ items: [1, 2], error: failure });
    const iterator = toAsyncIterable(throwError(() => failure))[Symbol.asyncIterator]();
    const answers = await Promise.allSettled([iterator.next(), iterator.next()]);
    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    expect(await iterator.next()).toEqual({ value: undefined, done: true });
  });

  it('subscribes at the first request, anew for each loop', async () => {
    const subscribed = vi.fn();
    const items = toAsyncIterable(
      fromPull(() => {
        subscribed();
        return [1, 2];
      }),
    );
    const iterator = items[Symbol.asyncIterator]();
    await turn();
    expect(subscribed).not.toHaveBeenCalled();
    await iterator.return();
    expect(await iterator.next()).toEqual({ value: undefined, done: true });
    expect(subscribed).not.toHaveBeenCalled();
    expect([await readAll(items), await readAll(items)]).toEqual([{ items: [1, 2] }, { items: [1, 2] }]);
  });

  it('answers requests made together, in order', async () => {
    const iterator = toAsyncIterable(fromPull([1, 2]))[Symbol.asyncIterator]();
    const answers = await Promise.all([iterator.next(), iterator.next(), iterator.next()]);
    expect(answers.map(({ value }) => value)).toEqual([1, 2, undefined]);
  });

  it('waits for a source that pushes', async () => {
    const numbers = new Subject<number>();
    const iterator = toAsyncIterable(numbers)[Symbol.asyncIterator]();
    const first = iterator.next();
    numbers.next(1);
    numbers.next(2);
    numbers.complete();
    expect([(await first).value, (await iterator.next()).value]).toEqual([1, 2]);
    expect((await iterator.next()).done).toBe(true);
  });

  it('makes readAhead items while the reader is busy', async () => {
    for (const readAhead of [0, 1, 4]) {
      const { state, numbers } = counter();
      const iterator = toAsyncIterable(fromPull(numbers), { readAhead })[Symbol.asyncIterator]();
      expect((await iterator.next()).value).toBe(0);
      await wait(5);
      expect(state.pulled).toBe(1 + readAhead);
      expect((await iterator.next()).value).toBe(1);
      await wait(5);
      expect(state.pulled).toBe(2 + readAhead);
      await iterator.return();
      await wait(5);
      expect(state).toEqual({ pulled: 2 + readAhead, closed: true });
    }
  });

  it('unsubscribes when the loop is left, by break or by an error', async () => {
    for (const leave of ['break', 'throw']) {
      const { state, numbers } = counter();
      const loop = async () => {
        for await (const n of toAsyncIterable(fromPull(numbers))) {
          if (n < 2) continue;
          if (leave === 'break') break;
          throw new Error('on purpose');
        }
      };
      if (leave === 'break') await loop();
      else await expect(loop()).rejects.toThrow('on purpose');
      expect(state).toEqual({ pulled: 3, closed: true });
    }
  });

  it('can be left while it waits', async () => {
    const iterator = toAsyncIterable(NEVER)[Symbol.asyncIterator]();
    const waiting = iterator.next();
    await iterator.return();
    expect(await waiting).toEqual({ value: undefined, done: true });
  });

  it('disposes what it stored when the reader leaves, not what the reader has', async () => {
    const { items, disposed } = disposables(4);
    for await (const { i } of toAsyncIterable(from(items))) if (i === 1) break;
    expect(disposed).toEqual([2, 3]);
  });

  it('ends a source that pushes too much, after what it stored', async () => {
    const { items, disposed } = disposables(9);
    const { items: read, error } = await readAll(toAsyncIterable(from(items), { bufferLimit: 3 }));
    expect(read.map(({ i }) => i)).toEqual([0, 1, 2]);
    expect(error).toBeInstanceOf(UsageError);
    expect((error as UsageError).hint).toContain('fromPull');
    expect(disposed).toEqual([3]);
  });

  it('ends an endless source that never pauses', async () => {
    const { state, numbers } = counter();
    const { items, error } = await readAll(toAsyncIterable(from(numbers)));
    expect(items).toHaveLength(1024);
    expect(error).toBeInstanceOf(UsageError);
    expect(state).toEqual({ pulled: 1025, closed: true });
  });

  it('takes all that comes of one item, however much', async () => {
    const many$ = fromPull([5000, 1]).pipe(concatMap((count) => from(counter(count).numbers)));
    expect((await readAll(toAsyncIterable(many$, { bufferLimit: 2 }))).items).toHaveLength(5001);
  });

  it('stores everything when asked to', async () => {
    const { items } = await readAll(
      toAsyncIterable(from(counter(5000).numbers), { bufferLimit: Number.POSITIVE_INFINITY }),
    );
    expect(items).toEqual(Array.from({ length: 5000 }, (_, i) => i));
  });

  it('lets timers come in between, however fast the source is', async () => {
    let over = false;
    setTimeout(() => {
      over = true;
    }, 5);
    for await (const _ of toAsyncIterable(fromPull(counter().numbers))) if (over) break;
    const never$ = fromPull(counter().numbers).pipe(concatMap(() => EMPTY));
    const iterator = toAsyncIterable(never$)[Symbol.asyncIterator]();
    setTimeout(() => iterator.return(), 5);
    expect((await iterator.next()).done).toBe(true);
  });

  it('reads operators that answer later', async () => {
    const later$ = fromPull([1, 2, 3]).pipe(concatMap(async (n) => wait(1, 10 * n)));
    expect(await readAll(toAsyncIterable(later$))).toEqual({ items: [10, 20, 30] });
    const ticks$ = interval(1).pipe(map((n) => 2 * n));
    for await (const tick of toAsyncIterable(ticks$)) if (tick === 6) break;
  });

  it.each([
    { readAhead: -1 },
    { readAhead: Number.POSITIVE_INFINITY },
    { bufferLimit: 0 },
    { bufferLimit: 1.5 },
  ])('refuses %o', (options) => {
    expect(() => toAsyncIterable(EMPTY, options)).toThrow(UsageError);
  });

  it('has the type of the items', async () => {
    for await (const item of toAsyncIterable(of('a'))) expectTypeOf(item).toEqualTypeOf<string>();
  });
});
