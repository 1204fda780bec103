import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DataError } from '../../../src/core/errors.js';
import { randomStream } from '../../../src/core/random.js';
import type { CatalogImage } from '../../../src/node/images/catalog.js';
import { cut, cutToLearn } from '../../../src/node/images/cut.js';

const image = (label: string, number: number, more: Partial<CatalogImage> = {}): CatalogImage => ({
  ...{ name: `${label}/${number}`, label },
  ...more,
});

const labelsOf = (images: readonly CatalogImage[]) => [...new Set(images.map(({ label }) => label))];

/** Images of up to four classes, each in one of a few groups or alone. */
const grouped = fc
  .array(
    fc.record({
      label: fc.constantFrom('a', 'b', 'c', 'd'),
      set: fc.option(fc.integer({ min: 0, max: 12 })),
    }),
    { minLength: 1, maxLength: 60 },
  )
  .map((all) => all.map(({ label, set }, i) => ({ ...image(label, i), set })));

describe('cut', () => {
  it('holds out one in five of each class, at least one of two, as it always did', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(sizes, (counts) => {
        const images = counts.flatMap((count, label) =>
          Array.from({ length: count }, (_, i) => image(`${label}`, i)),
        );
        const { train, test, heldOut, leftOut } = cut(images);
        expect(heldOut).toBe(true);
        for (const [label, count] of counts.entries()) {
          const held = test.filter((one) => one.label === `${label}`);
          if (count < 2) {
            expect(leftOut).toContainEqual({ label: `${label}`, images: 1 });
            expect(held).toEqual([]);
            continue;
          }
          const chosen = randomStream('held out', `${label}`).sample(
            count,
            Math.max(1, Math.round(count / 5)),
          );
          expect(new Set(held.map(({ name }) => name))).toEqual(
            new Set(Array.from(chosen, (number) => `${label}/${number}`)),
          );
          expect(train.filter((one) => one.label === `${label}`)).toHaveLength(count - held.length);
        }
        expect(cut(images)).toEqual(cut(images));
      }),
    );
  });

  it('counts test images that differ: a set once', () => {
    const split = (one: CatalogImage, of: 'train' | 'test'): CatalogImage => ({ ...one, split: of });
    const images = [
      ...[0, 1, 2].map((number) => split(image('a', number), 'train')),
      ...[3, 4, 5].map((number) => split(image('a', number), 'test')),
      split(image('b', 0, { group: 'g' }), 'test'),
      split(image('b', 1, { group: 'g' }), 'test'),
    ];
    expect(cut(images).tested).toBe(4);
    expect(cut(images, [['a/3', 'a/5']]).tested).toBe(3);
    const held = cut([0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((number) => image('a', number)));
    expect(held.tested).toBe(held.test.length);
  });

  it('never cuts a set apart, and leaves each class images on both sides', () => {
    fc.assert(
      fc.property(grouped, fc.boolean(), (all, asGroups) => {
        const bySet = new Map<number | string, CatalogImage[]>();
        for (const one of all)
          bySet.set(one.set ?? one.name, [...(bySet.get(one.set ?? one.name) ?? []), one]);
        const sets = [...bySet.values()].map((own) => own.map(({ name }) => name));
        const images = all.map(({ set, ...one }) =>
          asGroups && set !== null ? { ...one, group: `${set}` } : one,
        );
        const { train, test, leftOut } = cut(images, asGroups ? [] : sets);
        const tested = new Set(test.map(({ name }) => name));
        const learned = new Set(train.map(({ name }) => name));
        for (const set of sets) {
          expect(set.some((name) => tested.has(name)) && set.some((name) => learned.has(name))).toBe(false);
        }
        const left = leftOut.map(({ label }) => label);
        const kept = labelsOf(images).filter((label) => !left.includes(label));
        expect(labelsOf(train).sort()).toEqual(kept.sort());
        expect(labelsOf(test).sort()).toEqual(kept.sort());
        expect(train.length + test.length).toBe(images.filter(({ label }) => kept.includes(label)).length);
        // A class is left out only for want of a set of its own to give away.
        for (const { label, images: count } of leftOut) {
          const own = [...bySet.values()].filter((set) => set.some((one) => one.label === label));
          expect(own).toHaveLength(count);
          const alone = own.filter((set) => set.every((one) => one.label === label)).length;
          expect(count < 2 || alone === 0).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('holds out about a fifth where sets are small', () => {
    const images = ['a', 'b'].flatMap((label) => Array.from({ length: 60 }, (_, i) => image(label, i)));
    const alike = images
      .filter((_, i) => i % 3 === 0)
      .map((_, i) => images.slice(3 * i, 3 * i + 3).map(({ name }) => name));
    const { test } = cut(images, alike);
    for (const label of ['a', 'b']) expect(test.filter((one) => one.label === label)).toHaveLength(12);
  });

  it('holds out whole groups that all classes share', () => {
    const images = ['a', 'b', 'c'].flatMap((label) =>
      Array.from({ length: 40 }, (_, i) => image(label, i, { group: `person ${i % 10}` })),
    );
    const { test, leftOut } = cut(images);
    expect(leftOut).toEqual([]);
    expect(new Set(test.map(({ group }) => group)).size).toBe(2);
    expect(test).toHaveLength(24);
  });

  it('takes validation images for test images where there are no others', () => {
    const images = [image('a', 1, { split: 'train' }), image('a', 2, { split: 'val' })];
    expect(cut(images)).toMatchObject({ train: [images[0]], val: [], test: [images[1]], heldOut: false });
  });

  it('leaves given splits as they are, and names what leaks', () => {
    const images = [
      image('a', 1, { split: 'train' }),
      image('a', 2, { split: 'train', group: 'g' }),
      image('a', 3, { split: 'val' }),
      image('a', 4, { split: 'test' }),
      image('b', 5, { split: 'test', group: 'g' }),
      image('b', 6, { split: 'test' }),
    ];
    const found = cut(images, [
      ['a/1', 'a/4'],
      ['a/3', 'b/6'],
    ]);
    expect(found).toMatchObject({ train: images.slice(0, 2), val: [images[2]], test: images.slice(3) });
    expect(found.leaks).toEqual([
      ['a/1', 'a/4'],
      ['a/2', 'b/5'],
      ['a/3', 'b/6'],
    ]);
    expect(cut(images.map(({ group: _, ...one }) => one)).leaks).toEqual([]);
  });
});

describe('cutToLearn', () => {
  it('goes on without a class that cannot be cut, while two are left', () => {
    const images = [1, 2, 3].flatMap((i) => [image('a', i), image('b', i)]).concat(image('c', 1));
    const { train, leftOut } = cutToLearn(images, 'photos');
    expect(labelsOf(train)).toEqual(['a', 'b']);
    expect(leftOut).toEqual([{ label: 'c', images: 1 }]);
  });

  it('says which classes lack what', () => {
    const images = [1, 2, 3].flatMap((i) => [image('cup', i), image('key', i)]);
    const burst = ['key/1', 'key/2', 'key/3'];
    expect(() => cutToLearn(images, 'photos', { alike: [burst] })).toThrow(DataError);
    expect(() => cutToLearn(images, 'photos', { alike: [burst] })).toThrow(/photos .*key/);
    expect(() => cutToLearn(images.slice(0, 1), 'photos')).toThrow(/images of 1 class$/);
    const dark = images.map(({ name }) => name);
    expect(() => cutToLearn(images, 'photos', { alike: [dark], dark })).toThrow(
      expect.objectContaining({ options: ['background'], hint: expect.stringMatching(/background/) }),
    );
  });
});
