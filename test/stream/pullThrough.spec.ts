import fc from 'fast-check';
import {
  bufferCount,
  concat,
  concatMap,
  delay,
  filter,
  finalize,
  map,
  of,
  pipe,
  startWith,
  take,
  throwError,
} from 'rxjs';
import { describe, expect, expectTypeOf, it, vi } from 'vitest';
import { UsageError } from '../../src/core/errors.js';
import { pullThrough } from '../../src/stream/pullThrough.js';

/** The numbers from 0, which count how many were asked for and tell when they are closed. */
function counter(end = Number.POSITIVE_INFINITY) {
  const state = { pulled: 0, closed: false };
  function* numbers() {
    try {
      while (state.pulled < end) yield state.pulled++;
    } finally {
      state.closed = true;
    }
  }
  return { state, numbers: numbers() };
}

/** Reads until the end or an error: what came, and the error. */
function readAll<T>(items: Iterable<T>): { items: T[]; error?: unknown } {
  const read: T[] = [];
  try {
    for (const item of items) read.push(item);
    return { items: read };
  } catch (error) {
    return { items: read, error };
  }
}

describe('pullThrough', () => {
  it('gives what the operators make, in order', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.integer({ min: 1, max: 4 }), (numbers, size) => {
        const even = numbers.filter((n) => n % 2 === 0).map((n) => n / 2);
        const expected = Array.from({ length: Math.ceil(even.length / size) }, (_, i) =>
          even.slice(i * size, (i + 1) * size),
        );
        const operators = pipe(
          filter((n: number) => n % 2 === 0),
          map((n) => n / 2),
          bufferCount(size),
        );
        expect([...pullThrough(numbers, operators)]).toEqual(expected);
      }),
    );
  });

  it('pulls nothing before it is asked, and then no more than it needs', () => {
    const { state, numbers } = counter();
    const batches = pullThrough(numbers, bufferCount(3));
    expect(state.pulled).toBe(0);
    expect(batches.next().value).toEqual([0, 1, 2]);
    expect(state.pulled).toBe(3);
    expect(batches.next().value).toEqual([3, 4, 5]);
    expect(state.pulled).toBe(6);
  });

  it('pulls once for an item that becomes many', () => {
    const { state, numbers } = counter();
    const items = pullThrough(
      numbers,
      concatMap((n) => of(n, -n, n)),
    );
    expect([items.next(), items.next(), items.next()].map(({ value }) => value)).toEqual([0, -0, 0]);
    expect(state.pulled).toBe(1);
  });

  it('pulls nothing for what comes before the source', () => {
    const { state, numbers } = counter();
    const items = pullThrough(numbers, startWith(-1));
    expect(items.next().value).toBe(-1);
    expect(state.pulled).toBe(0);
    expect(items.next().value).toBe(0);
  });

  it.each([0, 1, 5])('ends with take(%d), having pulled as many', (count) => {
    const { state, numbers } = counter();
    expect([...pullThrough(numbers, take(count))]).toEqual([0, 1, 2, 3, 4].slice(0, count));
    expect(state.pulled).toBe(count);
    expect(state.closed).toBe(count > 0);
  });

  it('closes the source and unsubscribes when the reader leaves', () => {
    const { state, numbers } = counter();
    const unsubscribed = vi.fn();
    for (const n of pullThrough(numbers, finalize(unsubscribed))) {
      expect(unsubscribed).not.toHaveBeenCalled();
      if (n === 2) break;
    }
    expect(state).toEqual({ pulled: 3, closed: true });
    expect(unsubscribed).toHaveBeenCalledOnce();
  });

  it('throws the error of an operator after the items before it, and closes the source', () => {
    const { state, numbers } = counter();
    const failure = new Error('on purpose');
    const operators = concatMap((n: number) => (n < 2 ? of(n, n) : throwError(() => failure)));
    expect(readAll(pullThrough(numbers, operators))).toEqual({ items: [0, 0, 1, 1], error: failure });
    expect(state).toEqual({ pulled: 3, closed: true });
  });

  it('gives what an operator emits before it fails on the same item', () => {
    const failure = new Error('on purpose');
    const operators = concatMap((n: number) =>
      n < 1
        ? of(n)
        : concat(
            of(n, n),
            throwError(() => failure),
          ),
    );
    expect(readAll(pullThrough([0, 1, 2], operators))).toEqual({ items: [0, 1, 1], error: failure });
  });

  it('throws undefined when that is what an operator fails with', () => {
    const read = readAll(
      pullThrough(
        [1],
        concatMap(() => throwError(() => undefined)),
      ),
    );
    expect(read).toHaveProperty('error', undefined);
  });

  it('throws the error of the source after the items before it', () => {
    const failure = new Error('on purpose');
    function* source() {
      yield 1;
      yield 2;
      throw failure;
    }
    expect(
      readAll(
        pullThrough(
          source(),
          map((n) => 10 * n),
        ),
      ),
    ).toEqual({ items: [10, 20], error: failure });
  });

  it('refuses an operator that answers later, and closes the source', () => {
    const { state, numbers } = counter(3);
    const read = readAll(pullThrough(numbers, delay(1)));
    expect(read.items).toEqual([]);
    expect(read.error).toBeInstanceOf(UsageError);
    expect(state.closed).toBe(true);
  });

  it('disposes what came and was not taken when the reader leaves', () => {
    const disposed: number[] = [];
    const items = pullThrough(
      [0, 3],
      concatMap((n) => [n, n + 1, n + 2].map((i) => ({ i, dispose: () => disposed.push(i) }))),
    );
    for (const { i } of items) if (i === 3) break;
    expect(disposed).toEqual([4, 5]);
  });

  it('has the type of what the operators make', () => {
    const batches = pullThrough([1, 2], pipe(map(String), bufferCount(2)));
    expectTypeOf(batches).toEqualTypeOf<Generator<string[], void, undefined>>();
  });
});
