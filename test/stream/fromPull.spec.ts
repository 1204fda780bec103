import { Readable } from 'node:stream';
import { setImmediate as turn, setTimeout as wait } from 'node:timers/promises';
import fc from 'fast-check';
import {
  bufferCount,
  concat,
  concatMap,
  defer,
  filter,
  firstValueFrom,
  lastValueFrom,
  map,
  merge,
  mergeMap,
  type Observable,
  of,
  repeat,
  retry,
  take,
  takeUntil,
  tap,
  timer,
  toArray,
  zip,
} from 'rxjs';
import { describe, expect, expectTypeOf, it, vi } from 'vitest';
import { UsageError } from '../../src/core/errors.js';
import type { PullSource } from '../../src/stream/fromPull.js';
import { fromPull } from '../../src/stream/fromPull.js';
import { pullThrough } from '../../src/stream/pullThrough.js';
import { toAsyncIterable } from '../../src/stream/toAsyncIterable.js';
import { counter, readAll, slowCounter } from './sources.js';

const all = <T>(observable: Observable<T>) => lastValueFrom(observable.pipe(toArray()));

/** The first `count` items, read one by one. */
async function read<T>(observable: Observable<T>, count: number): Promise<T[]> {
  const items: T[] = [];
  for await (const item of toAsyncIterable(observable.pipe(take(count)))) items.push(item);
  return items;
}

const makers = { sync: counter, async: slowCounter };

describe.each(Object.keys(makers) as (keyof typeof makers)[])('fromPull, %s', (kind) => {
  const make = makers[kind];

  it('emits everything in order, subscribed to or read', async () => {
    const numbers = Array.from({ length: 20 }, (_, i) => i);
    expect(await all(fromPull(make(20).numbers))).toEqual(numbers);
    expect(await readAll(toAsyncIterable(fromPull(make(20).numbers)))).toEqual({ items: numbers });
  });

  it('reads 3 for take(3), and stops the source', async () => {
    for (const run of [all<number>, (o: Observable<number>) => read(o, 9)]) {
      const { state, numbers } = make();
      expect(await run(fromPull(numbers).pipe(take(3)))).toEqual([0, 1, 2]);
      await turn();
      expect(state).toEqual({ pulled: 3, closed: true });
    }
  });

  it('lets timers come between items, which can unsubscribe', async () => {
    const { state, numbers } = make();
    const numbersRead = await all(fromPull(numbers).pipe(takeUntil(timer(20))));
    expect(numbersRead.length).toBeGreaterThan(3);
    await turn();
    expect(state.closed).toBe(true);
    const { pulled } = state;
    await wait(5);
    expect(state.pulled).toBe(pulled);
  });

  it('emits nothing while it is being subscribed to', async () => {
    const seen: number[] = [];
    const subscription = fromPull(make().numbers).subscribe((n) => seen.push(n));
    expect(seen).toEqual([]);
    await vi.waitUntil(() => seen.length > 1);
    subscription.unsubscribe();
  });

  it('sends what the source fails with, after the items before it', async () => {
    const failure = new Error('on purpose');
    const fail = (): never => {
      throw failure;
    };
    const failing: () => PullSource<number> =
      kind === 'sync'
        ? function* () {
            yield* counter(2).numbers;
            fail();
          }
        : async function* () {
            yield* slowCounter(2).numbers;
            fail();
          };
    const read = await readAll(toAsyncIterable(fromPull(failing)));
    expect(read).toEqual({ items: [0, 1], error: failure });
    const pushed: number[] = [];
    await expect(all(fromPull(failing).pipe(tap((n) => pushed.push(n))))).rejects.toBe(failure);
    expect(pushed).toEqual([0, 1]);
    const again = fromPull(failing).pipe(retry(1));
    expect(await readAll(toAsyncIterable(again))).toEqual({ items: [0, 1, 0, 1], error: failure });
  });

  it('refuses to read a generator twice, and reads a function again', async () => {
    const once$ = fromPull(make(2).numbers);
    expect(await all(once$)).toEqual([0, 1]);
    await expect(all(once$)).rejects.toThrow(UsageError);
    const again$ = fromPull(() => make(2).numbers);
    expect(await all(again$.pipe(repeat(2)))).toEqual([0, 1, 0, 1]);
    expect(await read(again$.pipe(repeat()), 5)).toEqual([0, 1, 0, 1, 0]);
  });

  it('is pulled no further than the reader needs, whatever the operators', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 7 }),
        fc.nat(4),
        fc.nat(3),
        fc.array(fc.nat(2), { minLength: 1, maxLength: 6 }),
        async (size, readAhead, outputsAhead, pauses) => {
          const { state, numbers } = make();
          const even$ = fromPull(numbers, { readAhead }).pipe(
            filter((n) => n % 2 === 0),
            mergeMap((n) => of(n, n)),
            bufferCount(2 * size),
          );
          const iterator = toAsyncIterable(even$, { readAhead: outputsAhead })[Symbol.asyncIterator]();
          const ahead = kind === 'sync' ? 0 : readAhead;
          for (const [i, pause] of pauses.entries()) {
            expect((await iterator.next()).value?.[0]).toBe(2 * size * i);
            for (let n = 0; n < 4 * pause; n++) await turn();
            expect(state.pulled).toBeGreaterThanOrEqual(2 * size * (i + 1) - 1);
            expect(state.pulled).toBeLessThanOrEqual(2 * size * (i + 1 + outputsAhead) + ahead);
          }
          await iterator.return();
          await turn();
          expect(state.closed).toBe(true);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('asks both sources of zip alike', async () => {
    const [a, b] = [make(), make()];
    const pairs = toAsyncIterable(zip(fromPull(a.numbers), fromPull(b.numbers).pipe(bufferCount(2))));
    const iterator = pairs[Symbol.asyncIterator]();
    for (let i = 0; i < 10; i++) expect((await iterator.next()).value).toEqual([i, [2 * i, 2 * i + 1]]);
    expect(b.state.pulled).toBeLessThanOrEqual(22);
    expect(a.state.pulled).toBeLessThanOrEqual(22);
    await iterator.return();
  });

  it('gives sources of merge their turns', async () => {
    const named = (name: string) => fromPull(make().numbers).pipe(map((n) => `${name}${n}`));
    const items = await read(merge(named('a'), named('b')), 20);
    expect(items.filter((item) => item.startsWith('a')).length).toBe(10);
  });

  it('does not pull an outer source while its inner one goes on', async () => {
    const outer = make();
    const items$ = fromPull(outer.numbers, { readAhead: 0 }).pipe(
      concatMap((n) => fromPull(() => make(4).numbers, { readAhead: 0 }).pipe(map((m) => [n, m]))),
    );
    const iterator = toAsyncIterable(items$)[Symbol.asyncIterator]();
    for (let i = 0; i < 10; i++) {
      expect((await iterator.next()).value).toEqual([Math.floor(i / 4), i % 4]);
      await turn();
      expect(outer.state.pulled).toBe(Math.floor(i / 4) + 1);
    }
    await iterator.return();
  });

  it('waits as well when it comes second, at the end of the first', async () => {
    const second = make();
    const seen: number[] = [];
    const both$ = concat(
      fromPull(make(2).numbers).pipe(tap((n) => seen.push(n))),
      defer(() => fromPull(second.numbers, { readAhead: 0 }).pipe(map((n) => n + 10 * seen.length))),
    );
    const iterator = toAsyncIterable(both$)[Symbol.asyncIterator]();
    for (const expected of [0, 1, 20, 21]) expect((await iterator.next()).value).toBe(expected);
    await turn();
    expect(second.state.pulled).toBe(2);
    await iterator.return();
  });
});

describe('fromPull', () => {
  it('takes a Node stream, and destroys it when the reader leaves', async () => {
    expect(await all(fromPull(Readable.from([1, 2, 3])))).toEqual([1, 2, 3]);
    const stream = Readable.from(counter().numbers);
    expect(await read(fromPull(stream), 2)).toEqual([0, 1]);
    await vi.waitUntil(() => stream.destroyed);
  });

  it('works on ahead of a slow reader by readAhead items, no more', async () => {
    for (const readAhead of [0, 1, 3]) {
      const { state, numbers } = slowCounter();
      const iterator = toAsyncIterable(fromPull(numbers, { readAhead }))[Symbol.asyncIterator]();
      await iterator.next();
      await wait(5);
      expect(state.pulled).toBe(1 + readAhead);
      await iterator.return();
    }
  });

  it('stops an asynchronous source that has an answer under way, and disposes the answer', async () => {
    const dispose = vi.fn();
    let closed = false;
    async function* batches() {
      try {
        for (;;) {
          await wait(2);
          yield { dispose };
        }
      } finally {
        closed = true;
      }
    }
    const subscription = fromPull(batches).subscribe(() => {});
    await turn();
    await turn();
    subscription.unsubscribe();
    await vi.waitUntil(() => closed);
    expect(dispose).toHaveBeenCalledOnce();
  });

  it('disposes what was read ahead and not taken', async () => {
    const disposed: number[] = [];
    async function* batches() {
      for (let i = 0; ; i++) yield { i, dispose: () => disposed.push(i) };
    }
    const iterator = toAsyncIterable(fromPull(batches, { readAhead: 3 }))[Symbol.asyncIterator]();
    await iterator.next();
    await turn();
    await iterator.return();
    expect(disposed).toEqual([1, 2, 3]);
  });

  it('lets a source unsubscribe itself', async () => {
    let closed = false;
    const dispose = vi.fn();
    const subscription = fromPull(function* () {
      try {
        subscription.unsubscribe();
        yield { dispose };
      } finally {
        closed = true;
      }
    }).subscribe(() => {
      throw new Error('it came nevertheless');
    });
    await vi.waitUntil(() => closed);
    expect(dispose).toHaveBeenCalledOnce();
  });

  it('does not mind an iterator that cannot be stopped, or fails to stop', async () => {
    const next = async () => ({ value: 1, done: false as const });
    const plain = { [Symbol.asyncIterator]: () => ({ next }) };
    const broken = {
      [Symbol.asyncIterator]: () => ({ next, return: () => Promise.reject(new Error('no')) }),
    };
    for (const source of [plain, broken]) expect(await firstValueFrom(fromPull(source))).toBe(1);
    await wait(5);
  });

  it('feeds a pipeline inside an operator at the pace of pullThrough', () => {
    const { state, numbers } = counter();
    const items = pullThrough(
      [1, 2],
      concatMap(() => fromPull(() => numbers)),
    );
    expect([items.next().value, items.next().value]).toEqual([0, 1]);
    expect(state.pulled).toBe(2);
    items.return();
    expect(state.closed).toBe(true);
  });

  it.each([undefined, null, 5, {}])('refuses to pull from %o', async (source) => {
    expect(() => fromPull(source as never)).toThrow(UsageError);
    await expect(all(fromPull(() => source as never))).rejects.toThrow(UsageError);
  });

  it.each([-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('refuses to read %d ahead', (readAhead) => {
    expect(() => fromPull([], { readAhead })).toThrow(UsageError);
  });

  it('sends what opening the source throws', async () => {
    const failure = new Error('on purpose');
    const source = () => {
      throw failure;
    };
    await expect(all(fromPull(source))).rejects.toBe(failure);
  });

  it('has the type of what the source yields', () => {
    expectTypeOf(fromPull([1, 2])).toEqualTypeOf<Observable<number>>();
    expectTypeOf(
      fromPull(async function* () {
        yield 'a' as string;
      }),
    ).toEqualTypeOf<Observable<string>>();
  });
});
