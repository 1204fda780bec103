import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ImageShape, sizeOf } from '../../../src/core/image.js';
import { encodePng } from '../../../src/data/decode/png.js';
import type { CatalogImage } from '../../../src/node/images/catalog.js';
import { cut } from '../../../src/node/images/cut.js';
import { loadOwnImages, nameOfData, pixelStore } from '../../../src/node/images/loadImages.js';
import { openCatalog } from '../../../src/node/images/openCatalog.js';
import { survey } from '../../../src/node/images/survey.js';
import { ownFolder } from '../folder.js';

const at = ownFolder();
const plain = (shade: number, shape: ImageShape = [4, 4, 1]) =>
  encodePng(new Float32Array(sizeOf(shape)).fill(shade / 255), shape);

async function fill(files: Readonly<Record<string, Uint8Array | string>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(at(path)), { recursive: true });
    await writeFile(at(path), content);
  }
}

const shape: ImageShape = [4, 4, 1];

describe('loadOwnImages', () => {
  it('takes the splits that data name', async () => {
    await fill({
      'train/a/1.png': plain(10),
      'train/b/2.png': plain(20),
      'val/a/3.png': plain(30),
      'test/b/4.png': plain(40),
    });
    const own = await loadOwnImages(await openCatalog(at('')), { shape });
    const shades = (source = own.all) =>
      [...source.images().pixels].filter((_, i) => i % 16 === 0).map((v) => Math.round(255 * v));
    expect([own.train, own.validation!, own.test, own.all].map(shades)).toEqual([
      [10, 20],
      [30],
      [40],
      [10, 20, 30, 40],
    ]);
    expect(own.test.classes).toEqual(['a', 'b']);
    expect([...own.test.labels]).toEqual([1]);
    expect(own.heldOut).toBe(false);
    expect(own.train.images([1, 0]).labels).toEqual(Int32Array.of(1, 0));
    own.dispose();
  });

  it('orders classes as people count', async () => {
    const names = ['0', '1', '2', '10'];
    await fill(
      Object.fromEntries(names.flatMap((name) => [1, 2].map((n) => [`${name}/${n}.png`, plain(9)]))),
    );
    const own = await loadOwnImages(await openCatalog(at('')), { shape });
    expect(own.train.classes).toEqual(names);
    expect([...own.all.labels]).toEqual(expect.arrayContaining([0, 1, 2, 3]));
    own.dispose();
  });

  it('brings every image to the shape by the rule, or names the first that has another', async () => {
    await fill({
      'a/1.png': plain(10),
      'a/2.png': plain(20, [8, 8, 3]),
      'b/3.png': plain(30),
      'b/4.png': plain(40),
    });
    const catalog = await openCatalog(at(''));
    await expect(loadOwnImages(catalog, { shape })).rejects.toMatchObject({
      message: expect.stringMatching(/a\/2\.png in .* is 8×8×3, but 4×4×1 is needed/),
      hint: expect.stringMatching(/fit to letterbox/),
      options: ['fit'],
    });
    const own = await loadOwnImages(catalog, { shape: [2, 2, 3], fit: 'crop' });
    expect(own.all.images().pixels).toHaveLength(4 * 12);
    expect(own.heldOut).toBe(true);
    expect([own.train.labels.length, own.test.labels.length]).toEqual([2, 2]);
  });

  it('lists what it passes over, or names the first and the way out', async () => {
    await fill({
      'a/1.png': plain(1),
      'a/2.png': plain(2),
      'b/3.png': plain(3),
      'b/4.png': plain(4),
      'b/5.png': 'page',
    });
    const catalog = await openCatalog(at(''));
    await expect(loadOwnImages(catalog, { shape })).rejects.toMatchObject({
      message: expect.stringMatching(/b\/5\.png is neither/),
      hint: expect.stringMatching(/set skipBad/),
      options: ['skipBad'],
    });
    const own = await loadOwnImages(catalog, { shape, skipBad: true });
    expect(own.findings.bad).toEqual([
      { name: 'b/5.png', reason: `${at('b/5.png')} is neither PNG nor JPEG` },
    ]);
    expect(own.all.labels).toHaveLength(4);
  });

  it('has a digest that any change of a pixel or label changes', async () => {
    const digest = async (files: Record<string, Uint8Array>) => {
      await fill(files);
      return (await loadOwnImages(await openCatalog(at(Object.keys(files)[0]!.split('/')[0]!)), { shape }))
        .digest;
    };
    const first = {
      'one/a/1.png': plain(1),
      'one/a/2.png': plain(2),
      'one/b/3.png': plain(3),
      'one/b/4.png': plain(4),
    };
    const same = await digest(first);
    expect(await digest(first)).toBe(same);
    expect(await digest({ ...first, 'one/b/4.png': plain(5) })).not.toBe(same);
    const other = Object.fromEntries(
      Object.entries(first).map(([path, file]) => [
        path.replace('one/b', 'two/c').replace('one', 'two'),
        file,
      ]),
    );
    expect(await digest(other)).not.toBe(same);
  });

  it('says what is too little to learn from', async () => {
    await fill({ 'one/a/1.png': plain(1), 'one/a/2.png': plain(2) });
    await expect(loadOwnImages(await openCatalog(at('one')), { shape })).rejects.toThrow(
      /images of 1 class$/,
    );
    await fill({ 'two/a/1.png': plain(1), 'two/b/2.png': plain(2) });
    await expect(loadOwnImages(await openCatalog(at('two')), { shape })).rejects.toThrow(
      /none can be held out/,
    );
  });

  it('stops when it is told to', async () => {
    await fill({ 'a/1.png': plain(1), 'b/2.png': plain(2) });
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(loadOwnImages(await openCatalog(at('')), { shape, signal })).rejects.toThrow('enough');
  });
});

describe('survey', () => {
  it('tells sizes and colors by headers', async () => {
    await fill({ 'a/1.png': plain(1, [3, 9, 1]), 'a/2.png': plain(1, [7, 5, 3]), 'b/3.png': 'page' });
    const catalog = await openCatalog(at(''));
    expect(await survey(catalog, { skipBad: true })).toMatchObject({
      ...{ images: 2, shortSides: [3, 5], longSides: [7, 9], colored: 1 },
      bad: [{ name: 'b/3.png' }],
    });
    await expect(survey(catalog)).rejects.toThrow(/b\/3\.png/);
  });
});

describe('cut', () => {
  const image = (label: string, number: number, split?: CatalogImage['split']): CatalogImage => ({
    ...{ name: `${label}/${number}`, label },
    ...(split === undefined ? {} : { split }),
  });

  it('holds out one in five of each class, at least one of two, the same every time', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(sizes, (counts) => {
        const images = counts.flatMap((count, label) =>
          Array.from({ length: count }, (_, i) => image(`${label}`, i)),
        );
        const { train, test, heldOut } = cut(images);
        expect(heldOut).toBe(true);
        expect(new Set([...train, ...test])).toEqual(new Set(images));
        for (const [label, count] of counts.entries()) {
          const held = test.filter((one) => one.label === `${label}`).length;
          expect(held).toBe(count < 2 ? 0 : Math.max(1, Math.round(count / 5)));
        }
        expect(cut(images)).toEqual(cut(images));
      }),
    );
  });

  it('takes validation images for test images where there are no others', () => {
    const images = [image('a', 1, 'train'), image('a', 2, 'val')];
    expect(cut(images)).toMatchObject({ train: [images[0]], val: [], test: [images[1]], heldOut: false });
  });
});

describe('pixelStore', () => {
  it.each([
    ['memory', 1000],
    ['a file', 0],
  ])('gives back from %s what was added', (_, most) => {
    const store = pixelStore(3, 2, most);
    for (const value of [1, 2, 3]) store.add(Uint8Array.of(value, value + 10));
    expect([2, 0, 1].map((index) => [...store.read(index)])).toEqual([
      [3, 13],
      [1, 11],
      [2, 12],
    ]);
    store.close();
  });
});

describe('nameOfData', () => {
  it('is the last part of the path without an ending', () => {
    expect(['photos/', '/a/b/screws.csv', 'x.npz', './schrauben.v2'].map(nameOfData)).toEqual([
      'photos',
      'screws',
      'x',
      'schrauben.v2',
    ]);
  });
});
