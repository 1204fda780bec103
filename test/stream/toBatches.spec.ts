import fc from 'fast-check';
import { from, lastValueFrom, of, toArray } from 'rxjs';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { DataError, type LabeledImage, UsageError } from '../../src/core/index.js';
import { type Batch, toBatch, toBatches } from '../../src/stream/index.js';
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

  it.each([0, -1, 1.5, Number.NaN])('refuses batches of %d at once', (size) => {
    expect(() => toBatches(size, { classes })).toThrow(UsageError);
  });

  it('has the type of an operator from images to batches', () => {
    const batches = of(flat('cat')).pipe(toBatches(1, { classes }), toArray());
    expectTypeOf(lastValueFrom(batches)).resolves.toEqualTypeOf<Batch[]>();
  });
});
