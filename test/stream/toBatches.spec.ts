import fc from 'fast-check';
import { from, lastValueFrom, map, of, range, Subject, take, toArray } from 'rxjs';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { DataError, UsageError } from '../../src/core/errors.js';
import type { LabeledImage } from '../../src/core/image.js';
import { type Batch, toBatch, toBatches } from '../../src/stream/toBatches.js';
import { onWasm } from '../models/tiny.js';
import { expectNoLeak } from '../tensors.js';
import { flat, pool } from './images.js';

onWasm();

const classes = ['cat', 3, 'dog'];

/** All batches of a list, or the error notification. */
const batchesOf = (images: LabeledImage[], size: number) =>
  lastValueFrom(from(images).pipe(toBatches(size, { classes }), toArray()));

describe('toBatch', () => {
  it('puts pixels and one-hot labels into tensors, in the order given', async () => {
    await expectNoLeak(() => {
      const batch = toBatch([flat('dog', 0.25, [1, 2, 3]), flat('cat', 0.5, [1, 2, 3])], { classes });
      expect(batch.xs.shape).toEqual([2, 1, 2, 3]);
      expect([...batch.xs.dataSync()]).toEqual([...Array(6).fill(0.25), ...Array(6).fill(0.5)]);
      expect(batch.ys.arraySync()).toEqual([
        [0, 0, 1],
        [1, 0, 0],
      ]);
      expect(batch.ys.dtype).toBe('float32');
      batch.dispose();
    });
  });

  it('takes a single class', () => {
    const batch = toBatch([flat('cat')], { classes: ['cat'] });
    expect(batch.ys.arraySync()).toEqual([[1]]);
    batch.dispose();
  });

  it('writes the shares of soft labels into the rows', async () => {
    await expectNoLeak(() => {
      const shares = (...weights: number[]) => classes.map((label, i) => ({ label, weight: weights[i]! }));
      const batch = toBatch(
        [
          { ...flat('cat'), labels: shares(0.5, 0.125, 0.375) },
          { ...flat('dog'), labels: [...shares(0.25, 0, 0.5), { label: 'cat', weight: 0.25 }] },
          flat(3),
        ],
        { classes },
      );
      expect(batch.ys.arraySync()).toEqual([
        [0.5, 0.125, 0.375],
        [0.5, 0, 0.5],
        [0, 1, 0],
      ]);
      batch.dispose();
    });
  });

  it.each<[string, { label: string; weight: number }[], RegExp]>([
    [
      'of an unknown class',
      [{ label: 'bird', weight: 1 }],
      /^image 1 has a share of 'bird', which is not among the/,
    ],
    [
      'that add up to less than 1',
      [{ label: 'cat', weight: 0.9 }],
      /^image 1 has labels whose shares add up to 0\.9$/,
    ],
    ['below 0', [{ label: 'cat', weight: -1 }], /^image 1 gives 'cat' the share -1$/],
    ['that are no numbers', [{ label: 'cat', weight: Number.NaN }], /^image 1 gives 'cat' the share NaN$/],
    ['of no class', [], /^image 1 has labels whose shares add up to 0$/],
  ])('refuses shares %s, and leaves nothing', async (_, labels, message) => {
    await expectNoLeak(() => {
      const images = [flat('cat'), { ...flat('cat'), labels }];
      expect(() => toBatch(images, { classes })).toThrow(DataError);
      expect(() => toBatch(images, { classes })).toThrow(message);
    });
  });

  it('takes the number of classes for labels that count from 0', () => {
    const batch = toBatch([flat(2), flat(0)], { classes: 3 });
    expect(batch.ys.arraySync()).toEqual([
      [0, 0, 1],
      [1, 0, 0],
    ]);
    batch.dispose();
    expect(() => toBatch([flat('0')], { classes: 3 })).toThrow(
      /^image 0 has the label '0', which is not among/,
    );
  });

  it.each([[[]], [0], [1.5], [Number.NaN], [['cat', 'dog', 'cat']]])('refuses the classes %j', (bad) => {
    expect(() => toBatch([flat('cat')], { classes: bad })).toThrow(UsageError);
    expect(() => toBatches(1, { classes: bad })).toThrow(UsageError);
  });

  it('refuses no images at all', () => {
    expect(() => toBatch([], { classes })).toThrow(UsageError);
  });

  it.each<[string, LabeledImage]>([
    ['an unknown label', flat('bird')],
    ['another shape', flat('cat', 0.5, [4, 1, 1])],
    ['a value that is no number', flat('cat', Number.NaN)],
  ])('refuses %s, names the image, and leaves nothing', async (_, image) => {
    await expectNoLeak(() => {
      expect(() => toBatch([flat('cat'), image], { classes })).toThrow(DataError);
      expect(() => toBatch([flat('cat'), image], { classes })).toThrow(/^image 1 /);
    });
  });
});

describe('toBatches', () => {
  it('makes batches of one size, the last one smaller, and loses no image', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(20), fc.integer({ min: 1, max: 8 }), async (count, size) => {
        await expectNoLeak(async () => {
          const images = pool('dog', count);
          const batches = await batchesOf(images, size);
          const full = Array<number>(Math.floor(count / size)).fill(size);
          const sizes = count % size === 0 ? full : [...full, count % size];
          expect(batches.map(({ xs }) => xs.shape)).toEqual(sizes.map((n) => [n, 2, 2, 1]));
          expect(batches.map(({ ys }) => ys.shape)).toEqual(sizes.map((n) => [n, 3]));
          expect(batches.flatMap(({ xs }) => [...xs.dataSync()])).toEqual(
            images.flatMap(({ pixels }) => [...pixels]),
          );
          for (const { dispose } of batches) dispose();
        });
      }),
      { numRuns: 30 },
    );
  });

  it('sends a DataError for an unknown label', async () => {
    await expectNoLeak(() => expect(batchesOf([flat('cat'), flat('bird')], 2)).rejects.toThrow(DataError));
  });

  it('without classes orders columns of names as people count', async () => {
    await expectNoLeak(async () => {
      const input = new Subject<LabeledImage>();
      const batches: Batch[] = [];
      input.pipe(toBatches(3)).subscribe((batch) => batches.push(batch));
      for (const image of [flat('10'), flat('2'), flat('1')]) input.next(image);
      input.complete();
      expect(batches.map(({ ys }) => ys.arraySync())).toEqual([
        [
          [0, 0, 1],
          [0, 1, 0],
          [1, 0, 0],
        ],
      ]);
      for (const { dispose } of batches) dispose();
    });
  });

  it('without classes waits for the end, then has a column for each label that came, in one order', async () => {
    await expectNoLeak(async () => {
      const soft = {
        ...flat('b'),
        labels: [
          { label: 'b', weight: 0.5 },
          { label: 'a', weight: 0.5 },
        ],
      };
      const input = new Subject<LabeledImage>();
      const batches: Batch[] = [];
      input.pipe(toBatches(2)).subscribe((batch) => batches.push(batch));
      for (const image of [flat('c'), flat(10), soft, flat(9), flat('b')]) input.next(image);
      expect(batches).toEqual([]);
      input.complete();
      // The columns: 9, 10, a, b, c.
      expect(batches.map(({ ys }) => ys.arraySync())).toEqual([
        [
          [0, 0, 0, 0, 1],
          [0, 1, 0, 0, 0],
        ],
        [
          [0, 0, 0.5, 0.5, 0],
          [1, 0, 0, 0, 0],
        ],
        [[0, 0, 0, 1, 0]],
      ]);
      for (const { dispose } of batches) dispose();
    });
  });

  it('without classes makes no batch that is not taken, and none of no images', async () => {
    await expectNoLeak(async () => {
      const [batch] = await lastValueFrom(from(pool('a', 9)).pipe(toBatches(3), take(1), toArray()));
      batch!.dispose();
      expect(await lastValueFrom(from<LabeledImage[]>([]).pipe(toBatches(3), toArray()))).toEqual([]);
    });
  });

  it('without classes gives up on a stream that it cannot hold', async () => {
    const pixels = new Float32Array(2 ** 22);
    const endless = range(0, 100).pipe(
      map((): LabeledImage => ({ pixels, shape: [2048, 2048, 1], label: 'a' })),
    );
    const failed = lastValueFrom(endless.pipe(toBatches(3), toArray()));
    await expect(failed).rejects.toThrow(/^17 images came, and their classes are still unknown$/);
  });

  it.each([0, -1, 1.5, Number.NaN])('refuses batches of %d at once', (size) => {
    expect(() => toBatches(size, { classes })).toThrow(UsageError);
  });

  it('has the type of an operator from images to batches', () => {
    const batches = of(flat('cat')).pipe(toBatches(1, { classes }), toArray());
    expectTypeOf(lastValueFrom(batches)).resolves.toEqualTypeOf<Batch[]>();
  });
});
