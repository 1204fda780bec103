import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { LabeledImage } from '../../src/core/image.js';
import { forEachBatch } from '../../src/stream/forEachBatch.js';
import { fromPull } from '../../src/stream/fromPull.js';
import { toBatches } from '../../src/stream/toBatches.js';
import { onWasm } from '../models/tiny.js';
import { expectNoLeak } from '../tensors.js';
import { flat } from './images.js';

onWasm();

const classes = ['cat'];

/** Images without end, counted. */
function photos(end = Number.POSITIVE_INFINITY) {
  const state = { pulled: 0, closed: false };
  function* images(): Generator<LabeledImage> {
    try {
      while (state.pulled < end) yield flat('cat', state.pulled++ / 256);
    } finally {
      state.closed = true;
    }
  }
  return { state, batches: fromPull(images).pipe(toBatches(4, { classes })) };
}

describe('forEachBatch', () => {
  it('gives one batch after the other, waits, and disposes it', async () => {
    const { state, batches } = photos(10);
    const seen: number[][] = [];
    let busy = false;
    await expectNoLeak(async () => {
      const count = await forEachBatch(batches, async ({ xs, ys }, index) => {
        expect(busy).toBe(false);
        busy = true;
        await turn();
        seen.push([index, xs.shape[0], ys.shape[0]]);
        expect(state.pulled).toBe(Math.min(4 * (index + 1), 10));
        busy = false;
      });
      expect(count).toBe(3);
    });
    expect(seen).toEqual([
      [0, 4, 4],
      [1, 4, 4],
      [2, 2, 2],
    ]);
  });

  it('lets the function dispose the batch itself', async () => {
    await expectNoLeak(() => forEachBatch(photos(8).batches, (batch) => batch.dispose()));
  });

  it('works on ahead when asked to', async () => {
    const { state, batches } = photos();
    await expectNoLeak(async () => {
      const failing = forEachBatch(
        batches,
        async (_, index) => {
          await turn();
          await turn();
          expect(state.pulled).toBe(4 * (index + 1 + 2));
          if (index === 3) throw new Error('enough');
        },
        { readAhead: 2 },
      );
      await expect(failing).rejects.toThrow('enough');
    });
    expect(state.closed).toBe(true);
  });

  it('stops the stream when the function throws or rejects', async () => {
    const failure = new Error('on purpose');
    const bodies = [
      () => {
        throw failure;
      },
      () => Promise.reject(failure),
    ];
    for (const body of bodies) {
      const { state, batches } = photos();
      await expectNoLeak(() => expect(forEachBatch(batches, body)).rejects.toBe(failure));
      expect(state).toEqual({ pulled: 4, closed: true });
    }
  });
});
