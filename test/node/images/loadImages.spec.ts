import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { type ImageShape, sizeOf } from '../../../src/core/image.js';
import { encodePng } from '../../../src/data/decode/png.js';
import { loadOwnImages, nameOfData, pixelStore } from '../../../src/node/images/loadImages.js';
import { openCatalog } from '../../../src/node/images/openCatalog.js';
import { survey } from '../../../src/node/images/survey.js';
import { ownFolder } from '../folder.js';
import { sceneOf } from './scenes.js';

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
      Object.fromEntries(names.flatMap((name) => [1, 2].map((n) => [`${name}/${n}.png`, plain(9 * n)]))),
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

  it('cuts the same images off for every shape and fit, and whole bursts', async () => {
    const files: Record<string, Uint8Array> = {};
    for (const label of ['a', 'b']) {
      for (let scene = 0; scene < 6; scene++) {
        for (let frame = 0; frame < 3; frame++) {
          const { pixels, shape } = sceneOf(label, scene)({ right: 0.02 * frame, zoom: 1 + 0.01 * frame });
          files[`${label}/${scene}-${frame}.png`] = encodePng(pixels, shape);
        }
      }
    }
    await fill(files);
    const catalog = await openCatalog(at(''));
    const cuts = [
      { shape: [8, 8, 1], fit: 'crop' },
      { shape: [48, 48, 3], fit: 'letterbox' },
      { shape: [16, 20, 3], fit: 'letterbox', background: 'white' },
    ] as const;
    const digests = new Set<string>();
    for (const options of cuts) {
      const own = await loadOwnImages(catalog, options);
      const names = [...catalog.images].map(({ name }) => name);
      const all = own.all.images();
      const size = sizeOf(options.shape);
      const textOf = ({ pixels }: { pixels: Float32Array }, i: number) =>
        pixels.subarray(i * size, (i + 1) * size).join();
      const byText = new Map(names.map((name, i) => [textOf(all, i), name]));
      const test = own.test.images();
      const held = Array.from(own.test.labels, (_, i) => byText.get(textOf(test, i))!);
      for (const name of held) {
        const scene = name.slice(0, name.indexOf('-'));
        expect(held.filter((other) => other.startsWith(`${scene}-`))).toHaveLength(3);
      }
      expect(own.findings.alike).toHaveLength(12);
      expect([...own.test.labels]).toEqual([0, 0, 0, 1, 1, 1]);
      digests.add(held.join());
      own.dispose();
    }
    expect(digests.size).toBe(1);
  });

  it('finds the same in the cache as in the files', async () => {
    const files = [0, 1, 2].flatMap((scene) =>
      ['a', 'b'].flatMap((label) =>
        [0, 1].map((frame) => {
          const { pixels, shape } = sceneOf(label, scene)({ right: 0.01 * frame }, 136);
          return [`photos/${label}/${scene}-${frame}.png`, encodePng(pixels, shape)] as const;
        }),
      ),
    );
    await fill({ ...Object.fromEntries(files), 'photos/a/dark.png': plain(1, [200, 200, 1]) });
    vi.stubEnv('FEWSHOT_CACHE', at('cache'));
    try {
      const load = async () =>
        (await loadOwnImages(await openCatalog(at('photos')), { shape: [12, 12, 3], fit: 'crop' })).findings;
      const first = await load();
      expect(await readdir(at('cache'))).toHaveLength(13);
      expect(await load()).toEqual(first);
      expect(first.alike).toHaveLength(6);
      expect(first.dark).toEqual(['a/dark.png']);
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it('tells plain, dark and equal images, and what equal ones of two classes contradict', async () => {
    const scene = (...keys: (number | string)[]) => {
      const { pixels, shape } = sceneOf(...keys)({}, 20);
      return encodePng(pixels, shape);
    };
    const stroke = new Float32Array(400);
    for (let i = 0; i < 12; i++) stroke[20 * i + 10] = 1;
    await fill({
      'a/1.png': scene(1),
      'a/2.png': scene(2),
      'a/again.png': scene(1),
      'a/plain.png': plain(90, [20, 20, 3]),
      'b/3.png': scene(3),
      'b/black.png': plain(0, [20, 20, 3]),
      'b/drawing.png': encodePng(stroke, [20, 20, 1]),
      'b/wrong.png': scene(2),
    });
    const own = await loadOwnImages(await openCatalog(at('')), { shape: [8, 8, 3], fit: 'crop' });
    expect(own.findings).toMatchObject({
      plain: ['a/plain.png', 'b/black.png'],
      dark: ['b/black.png'],
      same: [
        ['a/1.png', 'a/again.png'],
        ['a/2.png', 'b/wrong.png'],
      ],
      contradicting: [['a/2.png', 'b/wrong.png']],
      ...{ leaks: [], leftOut: [], tolerated: [] },
    });
    own.dispose();
  });

  it('names test images beside near ones to learn from, and leaves the splits as they are', async () => {
    const scene = (key: number, right = 0) => {
      const { pixels, shape } = sceneOf(key)({ right });
      return encodePng(pixels, shape);
    };
    await fill({
      'train/a/1.png': scene(1),
      'train/b/2.png': scene(2),
      'test/a/3.png': scene(1, 0.02),
      'test/b/4.png': scene(4),
    });
    const own = await loadOwnImages(await openCatalog(at('')), { shape: [8, 8, 3], fit: 'crop' });
    expect(own.findings.leaks).toEqual([['train/a/1.png', 'test/a/3.png']]);
    expect([own.train.labels.length, own.test.labels.length, own.heldOut]).toEqual([2, 2, false]);
    own.dispose();
  });

  it('goes on without a class of one image, and names it', async () => {
    await fill({
      ...{ 'a/1.png': plain(1), 'a/2.png': plain(20), 'b/1.png': plain(30), 'b/2.png': plain(40) },
      'lonely/1.png': plain(50),
    });
    const own = await loadOwnImages(await openCatalog(at('')), { shape });
    expect(own.findings.leftOut).toEqual([{ label: 'lonely', images: 1 }]);
    expect([own.train.classes, own.test.classes, own.all.classes]).toEqual([
      ['a', 'b'],
      ['a', 'b'],
      ['a', 'b', 'lonely'],
    ]);
    own.dispose();
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
