import * as tf from '@tensorflow/tfjs';
import { from, lastValueFrom, map, type Observable, of, pipe, toArray } from 'rxjs';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { hallucinate } from '../../src/augment/hallucinate.js';
import type { LabeledCode } from '../../src/core/code.js';
import { DataError, UsageError } from '../../src/core/errors.js';
import { labelSharesOf } from '../../src/core/image.js';
import { balanceClasses } from '../../src/stream/balanceClasses.js';
import { forEachBatch } from '../../src/stream/forEachBatch.js';
import { fromPull } from '../../src/stream/fromPull.js';
import { mixSources } from '../../src/stream/mixSources.js';
import { pullThrough } from '../../src/stream/pullThrough.js';
import { shuffleWith } from '../../src/stream/shuffleWith.js';
import { type Batch, type CodeBatch, toBatch, toBatches } from '../../src/stream/toBatches.js';
import { toDataset } from '../../src/stream/toDataset.js';
import { codeOf, codeSpace, codesOfClass } from '../augment/fakeExtractor.js';
import { onWasm } from '../models/tiny.js';
import { expectNoLeak } from '../tensors.js';
import { flat } from './images.js';

onWasm();

const classes = ['a', 'b'];
const codes = [...codesOfClass('a', 5), ...codesOfClass('b', 2)];
const rows = (items: readonly LabeledCode[]) => items.map(({ code }) => [...code]);

describe('toBatch of codes', () => {
  it('makes one row of each code, with one-hot and soft labels', async () => {
    const labels = [
      { label: 'a', weight: 0.25 },
      { label: 'b', weight: 0.75 },
    ];
    await expectNoLeak(() => {
      const batch = toBatch([codeOf('a', 0), { ...codeOf('b', 1), labels }], { classes });
      expectTypeOf(batch).toEqualTypeOf<CodeBatch>();
      expect(batch.xs.shape).toEqual([2, 6]);
      expect(batch.xs.arraySync()).toEqual(rows([codeOf('a', 0), codeOf('b', 1)]));
      expect(batch.ys.arraySync()).toEqual([
        [1, 0],
        [0.25, 0.75],
      ]);
      batch.dispose();
    });
  });

  it.each<[string, readonly unknown[], RegExp]>([
    ['an image among codes', [codeOf('a', 0), flat('a')], /^code 1 is an image/],
    ['a code among images', [flat('a'), codeOf('a', 0)], /^image 1 is/],
    ['codes of two lengths', [codeOf('a', 0), codeOf('a', 1, 5)], /^code 1 \(class a\) has 5 values, but 6/],
    ['an empty code', [{ code: new Float32Array(), label: 'a' }], /^code 0 \(class a\) has 0 values/],
    ['infinity', [{ code: Float32Array.of(1 / 0), label: 'a' }], /^code 0 \(class a\) holds Infinity/],
    ['an unknown class', [codeOf('c', 0)], /^code 0 has the label 'c'/],
    [
      'shares that do not add up',
      [{ ...codeOf('a', 0), labels: [{ label: 'a', weight: 0.5 }] }],
      /^code 0 has labels whose shares add up to 0.5/,
    ],
  ])('refuses %s', async (_, items, words) => {
    await expectNoLeak(() => {
      expect(() => toBatch(items as LabeledCode[], { classes })).toThrow(DataError);
      expect(() => toBatch(items as LabeledCode[], { classes })).toThrow(words);
    });
  });
});

describe('a stream of codes', () => {
  it('comes in batches, with and without classes', async () => {
    for (const options of [{ classes }, {}]) {
      const sizes: (readonly number[])[] = [];
      const batches$ = from(codes).pipe(toBatches(3, options));
      expectTypeOf(batches$).toEqualTypeOf<Observable<CodeBatch>>();
      await expectNoLeak(() =>
        forEachBatch(batches$, ({ xs, ys }) => sizes.push([...xs.shape, ...ys.shape])),
      );
      expect(sizes).toEqual([
        [3, 6, 3, 2],
        [3, 6, 3, 2],
        [1, 6, 1, 2],
      ]);
    }
    expectTypeOf(of(flat('a')).pipe(toBatches(3))).toEqualTypeOf<Observable<Batch>>();
  });

  it('holds no more values than memory has room for while classes are unknown', async () => {
    const long = { code: new Float32Array(2 ** 25).fill(1), label: 'a' };
    const held = from([long, long, long]).pipe(toBatches(1));
    const error = await lastValueFrom(held).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UsageError);
    expect((error as UsageError).message).toMatch(/^3 codes came/);
  });

  it('is balanced, shuffled and mixed as images are', async () => {
    const balanced = await lastValueFrom(
      from(codes).pipe(balanceClasses({ seed: 7 }), shuffleWith({ seed: 7, window: 4 }), toArray()),
    );
    expectTypeOf(balanced).toEqualTypeOf<LabeledCode[]>();
    expect(balanced.filter(({ label }) => label === 'b')).toHaveLength(5);
    expect(new Set(balanced)).toEqual(new Set(codes));
    const mixed = mixSources(
      [
        { images: codesOfClass('a', 3), share: 0.25 },
        { images: codesOfClass('b', 3), share: 0.75 },
      ],
      { batchSize: 4, seed: 1 },
    );
    const labels = [
      ...pullThrough(
        take(mixed, 8),
        map(({ label }) => label),
      ),
    ];
    expect(labels.join('')).toBe('abbbabbb');
    const odd = { code: Float32Array.of(Number.NaN), label: 'a' };
    await expect(lastValueFrom(of(odd).pipe(balanceClasses()))).rejects.toThrow(/^code 0 .*NaN/);
    expect(() => mixSources([{ images: [odd], share: 1 }], { batchSize: 1, seed: 1 }).next()).toThrow(
      /^code 0 .*NaN/,
    );
  });

  it('is pulled through operators into batches', () => {
    const space = codeSpace();
    const made = pullThrough(codes, pipe(hallucinate(space, { perClass: 4 }), toBatches(5, { classes })));
    const shapes = Array.from(made, (batch) => {
      const { shape } = batch.xs;
      batch.dispose();
      return shape;
    });
    expect(shapes).toEqual([
      [5, 6],
      [5, 6],
      [5, 6],
    ]);
  });

  it('trains a head of the user by fitDataset', async () => {
    const head = tf.sequential({
      layers: [
        tf.layers.dense({
          units: 2,
          activation: 'softmax',
          inputShape: [6],
          kernelInitializer: tf.initializers.glorotUniform({ seed: 1 }),
        }),
      ],
    });
    head.compile({ optimizer: tf.train.adam(0.1), loss: 'categoricalCrossentropy' });
    const stream$ = fromPull(() => codes).pipe(hallucinate(codeSpace(), { perClass: 20 }));
    const samples = toDataset(stream$, { batchSize: 8, classes });
    const { history } = await head.fitDataset(samples, { epochs: 8, verbose: 0 });
    expect(history.loss!.at(-1)).toBeLessThan(0.5 * (history.loss![0] as number));
    samples.dispose();
    head.dispose();
  });
});

describe('labelSharesOf', () => {
  it('has the shares of a code', () => {
    const labels = [
      { label: 'a', weight: 0.5 },
      { label: 'b', weight: 0.5 },
    ];
    expect(labelSharesOf({ ...codeOf('a', 0), labels })).toBe(labels);
    expect(labelSharesOf(codeOf('a', 0))).toEqual([{ label: 'a', weight: 1 }]);
    expect(() => labelSharesOf({ code: Float32Array.of(1) } as never)).toThrow(DataError);
  });
});

function* take<T>(items: Iterable<T>, count: number): Generator<T> {
  let taken = 0;
  for (const item of items) {
    yield item;
    if (++taken === count) return;
  }
}
