import fc from 'fast-check';
import { from, type Observable, of, take } from 'rxjs';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { geometric } from '../../src/augment/geometric.js';
import { rotate } from '../../src/augment/transforms/affine.js';
import { flip } from '../../src/augment/transforms/flip.js';
import { noise } from '../../src/augment/transforms/intensity.js';
import type { ImageTransform } from '../../src/augment/transforms/transform.js';
import { DataError, UsageError } from '../../src/core/errors.js';
import type { LabeledImage } from '../../src/core/image.js';
import { randomStream } from '../../src/core/random.js';
import { randomImage, through } from './images.js';

const images = Array.from({ length: 6 }, (_, i) => randomImage(i, [3, 4, 1], i % 3 === 0 ? 'a' : 'b'));

describe('geometric', () => {
  it('replaces each image by all transforms of it, in order, from the stream of its seed, label and number', async () => {
    const found = await through(images, geometric([rotate(), noise()], { seed: 7 }));
    expect(found.map(({ label, shape }) => [label, shape])).toEqual(
      images.map(({ label, shape }) => [label, shape]),
    );
    const numbers = [0, 0, 1, 1, 2, 3];
    for (const [i, image] of images.entries()) {
      const random = randomStream(7, 'geometric', image.label, numbers[i]!, 0);
      const turned = rotate().apply(image, random);
      expect(found[i]!.pixels).toEqual(noise().apply({ ...image, pixels: turned }, random));
      expect(found[i]!.provenance).toEqual({
        parents: [numbers[i]],
        path: 'rotate+noise',
        index: numbers[i],
        seed: 7,
      });
    }
  });

  it('takes one transform without a list, and has the seed 0 by default', async () => {
    expect(await through(images, geometric(noise()))).toEqual(
      await through(images, geometric([noise()], { seed: 0 })),
    );
    expect(await through(images, geometric(noise()))).not.toEqual(
      await through(images, geometric(noise(), { seed: 1 })),
    );
  });

  it('makes several copies, after the original where it is kept', async () => {
    const copies = await through(images, geometric(noise(), { copies: 3 }));
    const all = await through(images, geometric(noise(), { copies: 3, keepOriginals: true }));
    expect(copies.length).toBe(18);
    expect(all.length).toBe(24);
    for (const [i, image] of images.entries()) {
      expect(all[4 * i]).toBe(image);
      const made = copies.slice(3 * i, 3 * i + 3);
      expect(all.slice(4 * i + 1, 4 * i + 4)).toEqual(made);
      expect(new Set(made.map(({ pixels }) => pixels.join())).size).toBe(3);
    }
    const indices = copies.filter(({ label }) => label === 'a').map(({ provenance }) => provenance!.index);
    expect(indices).toEqual([0, 1, 2, 3, 4, 5]);
    expect((await through(images, geometric(noise())))[0]).toEqual(copies[0]);
  });

  it('gives the n-th image of a class the same, whatever comes between', async () => {
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray([...images.keys()]), async (order) => {
        const shuffled = order.map((i) => images[i]!);
        const ofA = (list: LabeledImage[]) => list.filter(({ label }) => label === 'a');
        const operator = geometric([rotate(), noise()], { seed: 3, copies: 2 });
        expect(ofA(await through(shuffled, operator))).toEqual(await through(ofA(shuffled), operator));
      }),
    );
  });

  it('starts anew with each subscription, and makes nothing that is not taken', async () => {
    let made = 0;
    const counting: ImageTransform = {
      name: 'count',
      options: {},
      apply: ({ pixels }) => {
        made++;
        return pixels.slice();
      },
    };
    const operator = geometric([noise(), counting], { copies: 4 });
    expect(await through(images, operator)).toEqual(await through(images, operator));
    made = 0;
    const few: LabeledImage[] = [];
    from(images)
      .pipe(operator, take(6))
      .subscribe((image) => few.push(image));
    expect([few.length, made]).toEqual([6, 6]);
  });

  it('extends provenance and keeps soft labels', async () => {
    const provenance = {
      parents: [4, 2],
      path: 'slerp',
      omega: 0.5,
      angle: 1,
      index: 9,
      seed: 1,
      model: 'f00',
    };
    const labels = [
      { label: 'a', weight: 0.5 },
      { label: 'b', weight: 0.5 },
    ];
    const [found] = await through([{ ...images[0]!, provenance, labels }], geometric(flip(), { seed: 5 }));
    expect(found!.provenance).toEqual({ ...provenance, path: 'slerp+flip', index: 0, seed: 5 });
    expect(found!.labels).toEqual(labels);
  });

  it.each<[string, Partial<LabeledImage>, RegExp]>([
    ['NaN', { pixels: new Float32Array(12).fill(Number.NaN) }, /^image 2 \(class b\) holds NaN at value 0$/],
    ['no label', { label: undefined as never }, /^image 2 has no label$/],
    ['too few values', { pixels: new Float32Array(11) }, /^image 2 \(class b\) has 11 values/],
  ])('names an image with %s, after those before it', async (_what, change, message) => {
    const list = images.map((image, i) => (i === 2 ? { ...image, ...change } : image));
    const seen: LabeledImage[] = [];
    const error = await new Promise((resolve) => {
      from(list)
        .pipe(geometric(flip()))
        .subscribe({ next: (image) => seen.push(image), error: resolve });
    });
    expect(error).toBeInstanceOf(DataError);
    expect((error as DataError).message).toMatch(message);
    expect(seen.length).toBe(2);
  });

  it.each<[string, () => unknown]>([
    ['no transform', () => geometric([])],
    ['copies of 0', () => geometric(flip(), { copies: 0 })],
    ['half a copy', () => geometric(flip(), { copies: 1.5 })],
    ['a seed of NaN', () => geometric(flip(), { seed: Number.NaN })],
  ])('refuses %s at once', (_what, make) => {
    expect(make).toThrow(UsageError);
  });

  it('is an operator on images', () => {
    expectTypeOf(of(images[0]!).pipe(geometric(flip()))).toEqualTypeOf<Observable<LabeledImage>>();
  });
});
