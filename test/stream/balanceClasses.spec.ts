import fc from 'fast-check';
import { concat, from, lastValueFrom, type Observable, of, take, throwError, toArray } from 'rxjs';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { DataError, UsageError } from '../../src/core/errors.js';
import type { Label, LabeledImage } from '../../src/core/image.js';
import { type BalanceOptions, balanceClasses } from '../../src/stream/balanceClasses.js';
import { flat, pool } from './images.js';

const balanced = (images: readonly LabeledImage[], options?: BalanceOptions) =>
  lastValueFrom(from(images).pipe(balanceClasses(options), toArray()));

function counts(images: readonly LabeledImage[]): Map<Label, number> {
  const found = new Map<Label, number>();
  for (const { label } of images) found.set(label, (found.get(label) ?? 0) + 1);
  return found;
}

/** Up to three classes of different sizes, in any order. */
const streams = fc.tuple(fc.nat(12), fc.nat(12), fc.nat(12)).chain(([a, b, c]) => {
  const images = [...pool('a', a), ...pool('b', b), ...pool(3, c)];
  return fc.shuffledSubarray(images, { minLength: images.length, maxLength: images.length });
});

describe('balanceClasses', () => {
  it('passes every image in its order, then repeats rarer classes up to the most frequent one', async () => {
    await fc.assert(
      fc.asyncProperty(streams, fc.nat(), async (images, seed) => {
        const found = await balanced(images, { seed });
        expect(found.slice(0, images.length)).toEqual(images);
        const most = Math.max(0, ...counts(images).values());
        expect([...counts(found).values()].every((count) => count === most)).toBe(true);
        expect(found.every((image) => images.includes(image))).toBe(true);
        expect(await balanced(images, { seed })).toEqual(found);
      }),
    );
  });

  it('repeats each image of a class as often as the others, to one', async () => {
    const images = [...pool('rare', 7), ...pool('common', 25)];
    const times = new Map<LabeledImage, number>();
    for (const image of await balanced(images)) times.set(image, (times.get(image) ?? 0) + 1);
    const rare = images.slice(0, 7).map((image) => times.get(image)!);
    expect([Math.min(...rare), Math.max(...rare)]).toEqual([3, 4]);
  });

  it('evens counts out after each window, so that an endless stream is balanced too', async () => {
    await fc.assert(
      fc.asyncProperty(streams, fc.integer({ min: 1, max: 9 }), async (images, window) => {
        const found = await balanced(images, { window });
        // A window ends where so many of the stream's own images have passed and repeats are over.
        let at = 0;
        for (let start = 0; start < images.length; start += window) {
          const own = images.slice(start, start + window);
          expect(found.slice(at, at + own.length)).toEqual(own);
          const before = counts([...found.slice(0, at), ...own]);
          const most = Math.max(...before.values());
          at += own.length + [...before.values()].reduce((sum, count) => sum + most - count, 0);
          expect(new Set(counts(found.slice(0, at)).values()).size).toBe(1);
        }
        expect(at).toBe(found.length);
      }),
    );
  });

  it('repeats from a bounded bank, in which every image has the same chance', async () => {
    const images = [...pool('rare', 20), ...pool('common', 22)];
    const hits = new Float64Array(20);
    for (let seed = 0; seed < 2000; seed++) {
      const repeats = (await balanced(images, { seed, bankSize: 2 })).slice(42);
      expect(repeats.length).toBe(2);
      for (const image of repeats) hits[images.indexOf(image)]!++;
    }
    // 4000 repeats of 20 images: within five standard errors of 200 each.
    for (const hit of hits) expect(Math.abs(hit - 200)).toBeLessThan(5 * Math.sqrt(200));
    const many = (await balanced([...pool('rare', 20), ...pool('common', 60)], { bankSize: 3 })).slice(80);
    expect([many.length, new Set(many).size]).toEqual([40, 3]);
  });

  it('repeats others for another seed', async () => {
    const images = [...pool('rare', 20), ...pool('common', 25)];
    const repeats = async (seed: number) => (await balanced(images, { seed })).slice(45);
    expect(await repeats(1)).not.toEqual(await repeats(2));
  });

  it('makes nothing that is not taken, and starts anew with each subscription', async () => {
    const stream = from([flat('a'), ...pool('b', 9)]).pipe(balanceClasses({ window: 5 }));
    expect((await lastValueFrom(stream.pipe(take(7), toArray()))).length).toBe(7);
    expect(await lastValueFrom(stream.pipe(toArray()))).toEqual(await lastValueFrom(stream.pipe(toArray())));
  });

  it('names an image without a label, and passes an error on without repeats', async () => {
    await expect(balanced([flat('a'), flat(undefined as never)])).rejects.toThrow(/^image 1 has no label$/);
    await expect(balanced([flat('a', Number.NaN)])).rejects.toThrow(DataError);
    const seen: LabeledImage[] = [];
    const torn = concat(
      from([flat('a'), ...pool('b', 3)]),
      throwError(() => 'torn'),
    );
    const error = await new Promise((resolve) => {
      torn.pipe(balanceClasses()).subscribe({ next: (image) => seen.push(image), error: resolve });
    });
    expect([error, seen.length]).toEqual(['torn', 4]);
  });

  it.each<BalanceOptions>([{ seed: 0.5 }, { window: 0 }, { window: Number.NaN }, { bankSize: 0 }])(
    'refuses %j at once',
    (options) => {
      expect(() => balanceClasses(options)).toThrow(UsageError);
    },
  );

  it('is an operator on images', () => {
    expectTypeOf(of(flat('a')).pipe(balanceClasses())).toEqualTypeOf<Observable<LabeledImage>>();
  });
});
