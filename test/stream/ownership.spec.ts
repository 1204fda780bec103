import { setImmediate as turn } from 'node:timers/promises';
import * as tf from '@tensorflow/tfjs';
import { map, type Observable } from 'rxjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hallucinate } from '../../src/augment/hallucinate.js';
import type { LabeledImage } from '../../src/core/image.js';
import { type RandomStream, randomStream } from '../../src/core/random.js';
import type { Model } from '../../src/models/model.js';
import { toReadable } from '../../src/node/toReadable.js';
import { forEachBatch } from '../../src/stream/forEachBatch.js';
import { fromPull } from '../../src/stream/fromPull.js';
import { toAsyncIterable } from '../../src/stream/toAsyncIterable.js';
import { type Batch, toBatches } from '../../src/stream/toBatches.js';
import { toDataset } from '../../src/stream/toDataset.js';
import { noise, onWasm, tinyArchitecture, tinyModel } from '../models/tiny.js';

onWasm();

let model: Model;
beforeAll(async () => {
  model = await tinyModel();
});
afterAll(() => model.dispose());

const shape = tinyArchitecture.imageShape;
const classes = ['cat', 'dog'];
const photos = Array.from({ length: 8 }, (_, i): LabeledImage => {
  const label = classes[i % 2]!;
  return { pixels: noise(shape, label, i), shape, label };
});
const failure = new Error('on purpose');

/** Counts down to an error. */
function failing(after: number) {
  let left = after;
  return () => {
    if (left-- <= 0) throw failure;
  };
}

/** Sources that are open now. */
const open = new Set<object>();

/** A source of the photos, at once or later, that fails after so many; it keeps a tensor while it is open. */
function source(random: RandomStream, tick: () => void): Observable<LabeledImage> {
  const readAhead = random.integer(4);
  const options = { readAhead };
  function enter() {
    const codes = tf.keep(tf.zeros([2]));
    open.add(codes);
    return () => {
      codes.dispose();
      open.delete(codes);
    };
  }
  if (random.integer(2) === 0) {
    return fromPull(function* () {
      const leave = enter();
      try {
        for (const photo of photos) {
          tick();
          yield photo;
        }
      } finally {
        leave();
      }
    }, options);
  }
  return fromPull(async function* () {
    const leave = enter();
    try {
      for (const photo of photos) {
        if (random.integer(3) === 0) await turn();
        tick();
        yield photo;
      }
    } finally {
      leave();
    }
  }, options);
}

type Reader = (
  batches: Observable<Batch>,
  images: Observable<LabeledImage>,
  random: RandomStream,
) => Promise<void>;

/** Ways to read a stream to a random moment, and to leave it there. Each disposes the batches that it is given. */
const readers: Record<string, Reader> = {
  async subscribe(batches, _, random) {
    const subscription = batches.subscribe({ next: ({ dispose }) => dispose(), error: () => {} });
    for (let n = random.integer(60); n > 0; n--) await turn();
    subscription.unsubscribe();
  },
  async forAwait(batches, _, random) {
    let left = random.integer(12);
    const throws = random.integer(2) === 0;
    for await (const batch of toAsyncIterable(batches, { readAhead: random.integer(3) })) {
      if (random.integer(2) === 0) await turn();
      batch.dispose();
      if (left-- > 0) continue;
      if (throws) throw failure;
      break;
    }
  },
  async leftWaiting(batches, _, random) {
    const iterator = toAsyncIterable(batches, { readAhead: random.integer(3) })[Symbol.asyncIterator]();
    for (let n = random.integer(4); n > 0; n--) (await iterator.next()).value?.dispose();
    const last = iterator.next();
    await iterator.return();
    (await last).value?.dispose();
  },
  async forEachBatch(batches, _, random) {
    const consumer = failing(random.integer(10));
    await forEachBatch(batches, async () => {
      if (random.integer(2) === 0) await turn();
      consumer();
    });
  },
  async toDataset(_, images, random) {
    const dataset = toDataset(images, { batchSize: 3, classes, readAhead: random.integer(4) });
    try {
      const iterator = await dataset.iterator();
      for (let n = random.integer(10); n > 0; n--) {
        const { value } = await iterator.next();
        // Some are left for dispose.
        if (random.integer(3) > 0) tf.dispose(value);
      }
    } finally {
      dataset.dispose();
    }
  },
  async toReadable(batches, _, random) {
    const stream = toReadable(batches, { highWaterMark: 1 + random.integer(3) });
    stream.on('error', () => {});
    for (let n = random.integer(20); n > 0; n--) {
      (stream.read() as Batch | null)?.dispose();
      await turn();
    }
    stream.destroy();
  },
};

describe('leaving a stream at any moment', () => {
  it('frees everything and stops the source, 1,000 times', async () => {
    const names = Object.keys(readers);
    const outcomes = { left: 0, failed: 0 };
    const before = tf.memory().numTensors;
    for (let cycle = 0; cycle < 1000; cycle++) {
      const random = randomStream('ownership', cycle);
      const name = names[cycle % names.length]!;
      // One cycle in two has something that fails: the source, the model or an operator.
      const never = () => {};
      const broken = random.integer(6);
      const tick = (index: number, calls: number) =>
        broken === index ? failing(random.integer(calls)) : never;
      const decoding = tick(1, 4);
      const operator = tick(2, 20);
      const fragile: Model = {
        ...model,
        decode(codes) {
          decoding();
          return model.decode(codes);
        },
      };
      const images$ = source(random, tick(0, photos.length)).pipe(
        hallucinate(fragile, { perClass: 1 + random.integer(8), seed: cycle, batchSize: 3 }),
        map((image) => {
          operator();
          return image;
        }),
      );
      const batches$ = images$.pipe(toBatches(1 + random.integer(5), { classes }));
      try {
        await readers[name]!(batches$, images$, random);
        outcomes.left++;
      } catch (error) {
        expect(error).toBe(failure);
        outcomes.failed++;
      }
      // An answer that is under way arrives, and is disposed.
      for (let n = 0; open.size > 0 && n < 100; n++) await turn();
      expect(open.size, `sources left open in cycle ${cycle} (${name})`).toBe(0);
      expect(tf.memory().numTensors - before, `tensors alive after cycle ${cycle} (${name})`).toBe(0);
    }
    expect(outcomes.left).toBeGreaterThan(300);
    expect(outcomes.failed).toBeGreaterThan(100);
  });
});
