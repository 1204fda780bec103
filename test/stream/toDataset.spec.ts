import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as tf from '@tensorflow/tfjs';
import { concatMap, from, map, type Observable, of, throwError } from 'rxjs';
import { afterAll, beforeAll, describe, expect, expectTypeOf, it, vi } from 'vitest';
import { DataError, UsageError } from '../../src/core/errors.js';
import type { LabeledImage } from '../../src/core/image.js';
import { fromPull } from '../../src/stream/fromPull.js';
import { type Samples, toDataset } from '../../src/stream/toDataset.js';
import { onWasm } from '../models/tiny.js';
import { expectNoLeak } from '../tensors.js';
import { flat } from './images.js';

onWasm();

const classes = ['cat', 'dog'];
const options = { batchSize: 4, classes };

let model: tf.Sequential;
beforeAll(() => {
  model = tf.sequential({
    layers: [
      tf.layers.flatten({ inputShape: [2, 2, 1] }),
      tf.layers.dense({
        units: 2,
        activation: 'softmax',
        kernelInitializer: tf.initializers.glorotNormal({ seed: 1 }),
      }),
    ],
  });
  model.compile({ optimizer: tf.train.sgd(0.5), loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
});
afterAll(() => model.dispose());

const image = (i: number) => (i % 2 === 0 ? flat('cat', 0.1) : flat('dog', 0.9));

/** Images of two classes that keep a tensor while they are read, as an operator with codes does; counts its readers. */
function photos(end = Number.POSITIVE_INFINITY) {
  const state = { begun: 0, pulled: 0, closed: 0 };
  const images$ = fromPull(function* (): Generator<LabeledImage> {
    state.begun++;
    const codes = tf.keep(tf.zeros([3]));
    try {
      for (let i = 0; i < end; i++) {
        state.pulled++;
        yield image(i);
      }
    } finally {
      codes.dispose();
      state.closed++;
    }
  });
  return { state, images$ };
}

const fit = (dataset: tf.data.Dataset<Samples>, rest: Partial<tf.ModelFitDatasetArgs<Samples>> = {}) =>
  model.fitDataset(dataset, { epochs: 3, verbose: 0, ...rest });

/** Number of tensors that are alive after `body` and were not before. */
async function leftBy(body: () => Promise<unknown>): Promise<number> {
  const before = tf.memory().numTensors;
  await body();
  return tf.memory().numTensors - before;
}

/** Tensors that tfjs itself leaves when a training fails after two batches: its logger keeps the totals of the epoch. */
function leftByTfjs(): Promise<number> {
  async function* batches(): AsyncGenerator<Samples> {
    for (let i = 0; i < 2; i++) yield { xs: tf.zeros([4, 2, 2, 1]), ys: tf.ones([4, 2]) };
    throw new Error('on purpose');
  }
  return leftBy(() => fit(tf.data.generator(batches)).catch(() => {}));
}

describe('toDataset', () => {
  it('trains a model as it stands, subscribing anew in each epoch', async () => {
    const { state, images$ } = photos(10);
    await expectNoLeak(async () => {
      const { history } = await fit(toDataset(images$, options), { epochs: 20 });
      expect(history.acc?.at(-1)).toBe(1);
    });
    expect(state).toEqual({ begun: 20, pulled: 200, closed: 20 });
  });

  it('gives the pixels and labels of the images, batch by batch', async () => {
    const list = Array.from({ length: 5 }, (_, i) => image(i));
    await expectNoLeak(async () => {
      const batches = await toDataset(from(list), options).toArray();
      expect(batches.map(({ xs }) => xs.shape)).toEqual([
        [4, 2, 2, 1],
        [1, 2, 2, 1],
      ]);
      expect(batches.flatMap(({ xs }) => [...xs.dataSync()])).toEqual(
        list.flatMap(({ pixels }) => [...pixels]),
      );
      expect(batches.flatMap(({ ys }) => ys.arraySync())).toEqual([0, 1, 0, 1, 0].map((c) => [1 - c, c]));
      tf.dispose(batches);
    });
  });

  it('validates on a dataset of its own', async () => {
    await expectNoLeak(async () => {
      const [training, validation] = [photos(8), photos(6)];
      const validationData = toDataset(validation.images$, options);
      const { history } = await fit(toDataset(training.images$, options), { validationData });
      // tfjs leaves the losses of the validation in the history as numbers.
      expect(history.val_loss).toHaveLength(3);
      expect(validation.state).toEqual({ begun: 3, pulled: 18, closed: 3 });
    });
  });

  it('finds the classes out when they are not given', async () => {
    const { state, images$ } = photos(10);
    await expectNoLeak(async () => {
      const { history } = await fit(toDataset(images$, { batchSize: 4 }), { epochs: 20 });
      expect(history.acc?.at(-1)).toBe(1);
    });
    expect(state).toEqual({ begun: 20, pulled: 200, closed: 20 });
  });

  it('keeps soft labels', async () => {
    const labels = [
      { label: 'cat', weight: 0.25 },
      { label: 'dog', weight: 0.75 },
    ];
    const [batch] = await toDataset(of({ ...flat('dog'), labels }), options).toArray();
    expect(batch!.ys.arraySync()).toEqual([[0.25, 0.75]]);
    tf.dispose(batch!);
  });

  it('ends the epochs of an endless stream', async () => {
    const { state, images$ } = photos();
    await expectNoLeak(() => fit(toDataset(images$, { ...options, batchesPerEpoch: 5 })));
    expect(state).toEqual({ begun: 3, pulled: 60, closed: 3 });
  });

  it('gives the number of the epoch to a function', async () => {
    const epochs: number[] = [];
    const dataset = toDataset((epoch) => {
      epochs.push(epoch);
      return photos(4).images$;
    }, options);
    await fit(dataset);
    expect(epochs).toEqual([0, 1, 2]);
  });

  it('goes on over all epochs with the batchesPerEpoch of fitDataset, until it is disposed', async () => {
    const { state, images$ } = photos();
    await expectNoLeak(async () => {
      const dataset = toDataset(images$, options);
      await fit(dataset, { batchesPerEpoch: 5 });
      expect(state).toEqual({ begun: 1, pulled: 60, closed: 0 });
      dataset.dispose();
    });
    expect(state.closed).toBe(1);
  });

  it('leaves a half-way stopped training without a batch; dispose unsubscribes', async () => {
    const { state, images$ } = photos();
    await expectNoLeak(async () => {
      const dataset = toDataset(images$, options);
      const before = tf.memory().numTensors;
      const onBatchEnd = (batch: number) => {
        if (batch === 2) model.stopTraining = true;
      };
      await fit(dataset, { callbacks: { onBatchEnd } });
      expect(state).toEqual({ begun: 1, pulled: 12, closed: 0 });
      // The codes that the source keeps, nothing else.
      expect(tf.memory().numTensors - before).toBe(1);
      dataset.dispose();
      dataset.dispose();
    });
    expect(state.closed).toBe(1);
  });

  it('is unsubscribed when a stopped training is forgotten', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const { state, images$ } = photos();
    const before = tf.memory().numTensors;
    await fit(toDataset(images$, options), { batchesPerEpoch: 2 });
    expect(state.closed).toBe(0);
    await vi.waitUntil(() => {
      collect();
      return state.closed === 1;
    });
    expect(tf.memory().numTensors).toBe(before);
  });

  it('frees everything when the source fails in the middle', async () => {
    const failure = new Error('on purpose');
    const { state, images$ } = photos();
    const failing$ = images$.pipe(
      concatMap((item, i): Observable<LabeledImage> => (i < 10 ? of(item) : throwError(() => failure))),
    );
    const left = await leftBy(() => expect(fit(toDataset(failing$, options))).rejects.toBe(failure));
    expect(left).toBe(await leftByTfjs());
    expect(state).toEqual({ begun: 1, pulled: 11, closed: 1 });
  });

  it('frees everything when an image does not fit in', async () => {
    const { state, images$ } = photos();
    const mixed$ = images$.pipe(map((item, i) => (i === 9 ? flat('bird') : item)));
    const left = await leftBy(() => expect(fit(toDataset(mixed$, options))).rejects.toThrow(DataError));
    expect(left).toBe(await leftByTfjs());
    expect(state.closed).toBe(1);
  });

  it('disposes what a failed training has left', async () => {
    const { state, images$ } = photos();
    const failure = new Error('on purpose');
    await expectNoLeak(async () => {
      const dataset = toDataset(images$, options);
      const onBatchBegin = () => {
        throw failure;
      };
      await expect(fit(dataset, { callbacks: { onBatchBegin } })).rejects.toBe(failure);
      dataset.dispose();
    });
    expect(state).toEqual({ begun: 1, pulled: 4, closed: 1 });
  });

  it('answers requests made together without mixing their images', async () => {
    await expectNoLeak(async () => {
      const list = Array.from({ length: 8 }, (_, i) => flat('cat', i / 8));
      const batches = await toDataset(fromPull(list), options).prefetch(3).toArray();
      const firstPixels = batches.map(({ xs }) => [...xs.dataSync()].filter((_, i) => i % 4 === 0));
      expect(firstPixels).toEqual([
        [0, 0.125, 0.25, 0.375],
        [0.5, 0.625, 0.75, 0.875],
      ]);
      tf.dispose(batches);
    });
  });

  it('says so when there is no image in an epoch', async () => {
    await expect(fit(toDataset(from([]), options))).rejects.toThrow(DataError);
    function* once() {
      yield image(0);
    }
    await expect(fit(toDataset(fromPull(once()), options))).rejects.toThrow(UsageError);
  });

  it.each([{ batchSize: 0 }, { batchSize: 1.5 }, { batchesPerEpoch: 0 }])('refuses %o', (wrong) => {
    expect(() => toDataset(of(), { ...options, ...wrong })).toThrow(UsageError);
  });

  it('has the type that fitDataset takes', () => {
    const dataset = toDataset(of(), options);
    expectTypeOf(dataset).toExtend<tf.data.Dataset<Samples>>();
  });
});
