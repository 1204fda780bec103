import fc from 'fast-check';
import {
  concat,
  finalize,
  from,
  lastValueFrom,
  NEVER,
  type Observable,
  of,
  Subject,
  take,
  throwError,
  toArray,
} from 'rxjs';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { UsageError } from '../../src/core/errors.js';
import { shuffleWith } from '../../src/stream/shuffleWith.js';

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);
const shuffled = (count: number, seed: number, window: number) =>
  lastValueFrom(from(numbers(count)).pipe(shuffleWith({ seed, window }), toArray()));
const sorted = (list: readonly number[]) => [...list].sort((a, b) => a - b);

describe('shuffleWith', () => {
  it('is a permutation that moves nothing forward by a window or more, the same for the same seed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(40), fc.integer({ min: 1, max: 50 }), fc.nat(), async (count, window, seed) => {
        const found = await shuffled(count, seed, window);
        expect(sorted(found)).toEqual(numbers(count));
        for (const [index, item] of found.entries()) expect(item - index).toBeLessThan(window);
        expect(await shuffled(count, seed, window)).toEqual(found);
      }),
    );
  });

  it('makes every order equally likely when the window holds the stream', async () => {
    for (const window of [4, 100, Number.POSITIVE_INFINITY]) {
      const counts = new Map<string, number>();
      const rounds = 4800;
      for (let seed = 0; seed < rounds; seed++) {
        const order = (await shuffled(4, seed, window)).join('');
        counts.set(order, (counts.get(order) ?? 0) + 1);
      }
      expect(counts.size).toBe(24);
      // Within five standard errors of one in 24.
      for (const count of counts.values()) expect(Math.abs(count - rounds / 24)).toBeLessThan(5 * 14);
    }
  });

  it('reaches as far back as the stream in a small window, and changes nothing in a window of 1', async () => {
    expect(await shuffled(20, 3, 1)).toEqual(numbers(20));
    const found = await shuffled(400, 3, 10);
    expect(found).not.toEqual(numbers(400));
    expect(Math.max(...found.map((item, index) => index - item))).toBeGreaterThan(20);
  });

  it('holds no more than the window', () => {
    const source = new Subject<number>();
    const seen: number[] = [];
    source.pipe(shuffleWith({ seed: 1, window: 5 })).subscribe((item) => seen.push(item));
    for (let i = 0; i < 50; i++) {
      source.next(i);
      expect(seen.length).toBe(Math.max(0, i + 1 - 5));
    }
  });

  it('starts anew with each subscription', async () => {
    const stream = from(numbers(30)).pipe(shuffleWith({ seed: 2, window: 8 }), toArray());
    expect(await lastValueFrom(stream)).toEqual(await lastValueFrom(stream));
  });

  it('works on endless streams, and unsubscribes from the source', () => {
    let closed = false;
    const watched = concat(from(numbers(20)), NEVER).pipe(
      finalize(() => {
        closed = true;
      }),
    );
    const seen: number[] = [];
    watched.pipe(shuffleWith({ seed: 1, window: 5 }), take(3)).subscribe((item) => seen.push(item));
    expect([seen.length, closed]).toEqual([3, true]);
  });

  it('emits the items that it holds before an error', async () => {
    const seen: number[] = [];
    const error = await new Promise((resolve) => {
      concat(
        from(numbers(7)),
        throwError(() => 'torn'),
      )
        .pipe(shuffleWith({ seed: 1, window: 4 }))
        .subscribe({ next: (item) => seen.push(item), error: resolve });
    });
    expect([error, sorted(seen)]).toEqual(['torn', numbers(7)]);
  });

  it.each([
    [1, 0],
    [1, 1.5],
    [1, Number.NaN],
    [0.5, 3],
    [Number.NaN, 3],
  ])('refuses the seed %d with the window %d at once', (seed, window) => {
    expect(() => shuffleWith({ seed, window })).toThrow(UsageError);
  });

  it('keeps the type of its items', () => {
    expectTypeOf(of('a').pipe(shuffleWith({ seed: 1, window: 2 }))).toEqualTypeOf<Observable<string>>();
  });
});
