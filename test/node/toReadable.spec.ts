import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as wait } from 'node:timers/promises';
import fc from 'fast-check';
import { concatMap, from, lastValueFrom, type Observable, of, Subject, throwError, toArray } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { UsageError } from '../../src/core/errors.js';
import { toReadable } from '../../src/node/toReadable.js';
import { fromPull } from '../../src/stream/fromPull.js';
import { readAll } from '../stream/sources.js';

/** Items with a number, that tell when they are disposed. */
function batches(end = Number.POSITIVE_INFINITY) {
  const disposed: number[] = [];
  const state = { pulled: 0, closed: false };
  function* items() {
    try {
      while (state.pulled < end) {
        const i = state.pulled++;
        yield { i, dispose: () => disposed.push(i) };
      }
    } finally {
      state.closed = true;
    }
  }
  return { state, disposed, items$: fromPull(items) };
}

describe('toReadable', () => {
  it('emits the items of the stream, then ends', async () => {
    const { items } = await readAll(toReadable(of({ n: 1 }, { n: 2 }, { n: 3 })));
    expect(items).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
    expect(await readAll(toReadable(from([])))).toEqual({ items: [] });
  });

  it('survives the way back through fromPull', async () => {
    const list = Array.from({ length: 100 }, (_, n) => ({ n }));
    const back$: Observable<unknown> = fromPull(toReadable(fromPull(list)));
    expect(await lastValueFrom(back$.pipe(toArray()))).toEqual(list);
  });

  it('pulls no more than highWaterMark items', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 6 }), fc.nat(5), async (highWaterMark, taken) => {
        const { state, items$ } = batches();
        const stream = toReadable(items$, { highWaterMark });
        stream.read(0);
        await wait(2);
        for (let n = 0; n < taken; n++) {
          expect(stream.read()).toHaveProperty('i', n);
          await wait(1);
          expect(state.pulled).toBeLessThanOrEqual(n + 1 + highWaterMark);
        }
        stream.destroy();
      }),
      { numRuns: 15 },
    );
  });

  it('subscribes when it is first read', async () => {
    const { state, items$ } = batches();
    const stream = toReadable(items$);
    await wait(2);
    expect(state.pulled).toBe(0);
    stream.destroy();
  });

  it.each(['read', 'data'])(
    'unsubscribes when it is destroyed, and disposes items that were not read (%s)',
    async (how) => {
      const { state, disposed, items$ } = batches();
      const stream = toReadable(items$, { highWaterMark: 4 });
      const owned: number[] = [];
      if (how === 'data') {
        await new Promise<void>((resolve) => {
          stream.on('data', ({ i }) => {
            owned.push(i);
            if (owned.length === 3) stream.pause();
            if (owned.length === 3) resolve();
          });
        });
        await wait(2);
      } else {
        stream.read(0);
        await wait(2);
        for (let n = 0; n < 3; n++) owned.push(stream.read().i);
        await wait(2);
      }
      stream.destroy();
      await vi.waitUntil(() => stream.closed);
      expect(owned).toEqual([0, 1, 2]);
      expect(state.closed).toBe(true);
      expect(disposed).toEqual(Array.from({ length: state.pulled - 3 }, (_, n) => n + 3));
      expect(disposed.length).toBeGreaterThan(0);
    },
  );

  it('disposes an item that comes as it is being destroyed', async () => {
    const dispose = vi.fn();
    const items = new Subject<{ dispose(): void }>();
    const stream = toReadable(items);
    stream.read(0);
    items.next({ dispose });
    stream.destroy();
    await vi.waitUntil(() => stream.closed);
    expect(dispose).toHaveBeenCalledOnce();
    expect(items.observed).toBe(false);
  });

  it('fails with the error of the stream, after the items before it', async () => {
    const failure = new Error('on purpose');
    const failing$ = fromPull([1, 2, 3]).pipe(
      concatMap((n) => (n < 3 ? of({ n }) : throwError(() => failure))),
    );
    expect((await readAll(toReadable(failing$, { highWaterMark: 1 }))).error).toBe(failure);
  });

  it('is stopped by a pipeline that fails', async () => {
    const { state, disposed, items$ } = batches();
    const owned: number[] = [];
    const sink = new Writable({
      objectMode: true,
      highWaterMark: 1,
      write({ i }, _, done) {
        owned.push(i);
        setTimeout(() => done(i === 5 ? new Error('the disk is full') : null), 1);
      },
    });
    await expect(pipeline(toReadable(items$, { highWaterMark: 2 }), sink)).rejects.toThrow(
      'the disk is full',
    );
    await vi.waitUntil(() => state.closed);
    expect(state.pulled).toBeLessThanOrEqual(5 + 1 + 2 + 2);
    for (const i of disposed) expect(owned).not.toContain(i);
  });

  it('passes bufferLimit on', async () => {
    const list = Array.from({ length: 50 }, (_, n) => ({ n }));
    expect((await readAll(toReadable(from(list), { bufferLimit: 10 }))).error).toBeInstanceOf(UsageError);
    expect(toReadable(from(list))).toBeInstanceOf(Readable);
  });
});
