import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fashionIsHere, madeUpFiles } from '../../node/fashionFiles.js';
import { fewshot } from '../fewshot.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fewshot-fashion-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const quiet = ['--backend', 'wasm', '--quiet'];
const small = [
  ...['eval', ...quiet, '--data', 'fashion-mnist', '--protocol', 'novel', '--episodes', '1', '--queries'],
  ...['5', '--per-class', '5', '--classifiers', 'knn', '--arms', 'none,atnl,transport', '--json'],
];

describe.skipIf(!fashionIsHere)('an encoder of some of Fashion-MNIST’s classes', () => {
  const seen = ['t-shirt', 'trouser', 'pullover', 'dress', 'coat'];
  beforeAll(async () => {
    const { code, stderr } = await fewshot(
      [
        ...['train', ...quiet, '--data', 'fashion-mnist', '--classes', seen.join(), '--limit', '640'],
        ...['--epochs', '1', '--batch-size', '64', '--latent', '4', '--filters', '4,6'],
        ...['--out', 'fashion.safetensors'],
      ],
      { cwd: folder },
    );
    expect([stderr, code]).toEqual(['', 0]);
  }, 180_000);

  it('is judged on the others under the protocol novel, and the result names the data', async () => {
    const run = (ways: string) =>
      fewshot([...small, '--model', './fashion.safetensors', '--ways', ways], { cwd: folder });
    const { code, stdout } = await run('5');
    expect(code).toBe(0);
    const result = JSON.parse(stdout);
    expect(result).toMatchObject({ data: 'fashion-mnist', protocol: 'novel', queries: 25 });
    expect(result.command).toContain('fewshot eval --data fashion-mnist --protocol novel');
    expect(result.results.map(({ arm }: { arm: string }) => arm)).toEqual(['none', 'atnl', 'transport']);
    const refused = await run('6');
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('there are 5 classes')]);
  });

  it('has seen no digit, and the shipped encoder no clothes', async () => {
    const runs = await Promise.all([
      fewshot([...small, '--data', 'mnist', '--model', './fashion.safetensors'], { cwd: folder }),
      fewshot(small),
    ]);
    for (const { code, stdout } of runs) {
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ ways: 10, protocol: 'novel' });
    }
  });

  it('draws pairs and maps, and makes PNG files in folders of the classes’ names', async () => {
    const model = ['--model', './fashion.safetensors', '--data', 'fashion-mnist'];
    const [pairs, map, files] = await Promise.all([
      fewshot(['interpolate', ...quiet, ...model, '--pairs', '2', '--out', 'pairs.png'], { cwd: folder }),
      fewshot(['embed', ...quiet, ...model, '--method', 'umap', '--count', '40', '--out', 'map.json'], {
        cwd: folder,
      }),
      fewshot(['augment', ...quiet, ...model, '--shots', '2', '--per-class', '1', '--out', 'more'], {
        cwd: folder,
      }),
    ]);
    expect([pairs.code, map.code, files.code]).toEqual([0, 0, 0]);
    expect(pairs.stdout).toMatch(/slerp +[a-z-]+ \(image \d+\)/);
    expect((await readdir(join(folder, 'more'))).sort()).toEqual(
      ['manifest.jsonl', 'sandal', 'shirt', 'sneaker', 'bag', 'ankle-boot', ...seen].sort(),
    );
    const replayed = await fewshot(
      ['augment', ...quiet, '--replay', 'more/manifest.jsonl', '--out', 'again'],
      { cwd: folder },
    );
    expect(replayed.stdout).toBe('10 of 10 files came out the same, byte for byte\n');
  });
});

describe('Fashion-MNIST that cannot be used', () => {
  it('is named with the way out when it is another data set in the folder', async () => {
    await madeUpFiles(folder);
    for (const run of [
      await fewshot([...small, '--data-dir', folder]),
      await fewshot(small, { env: { FEWSHOT_FASHION_MNIST: folder } }),
    ]) {
      expect(run.stderr).toMatch(/is not Fashion-MNIST's.*\n.*dataset-fashion-mnist/);
      expect([run.code, run.stdout]).toEqual([1, '']);
    }
  });

  it('is named by file when the environment leads nowhere', async () => {
    const { code, stderr } = await fewshot(small, { env: { FEWSHOT_FASHION_MNIST: '/nowhere' } });
    expect(stderr).toMatch(/cannot read \/nowhere\/(train|t10k)-/);
    expect(code).toBe(1);
  });

  it.each([
    [
      'an unknown class',
      ['train', '--data', 'fashion-mnist', '--classes', 'coat,hat'],
      /no class hat.*\n.*coat/,
    ],
    ['a number for a name', ['train', '--data', 'fashion-mnist', '--classes', '0,1'], /has no class 0/],
    ['a name for a digit', ['train', '--classes', '0,one'], /mnist has no class one.*\n.*0, 1, 2/],
    ['an empty name', ['train', '--classes', '0,,1'], /no class without a name/],
  ])('a wrong request ends with 2: %s', async (_, args, says) => {
    const { code, stdout, stderr } = await fewshot(args);
    expect(stderr).toMatch(says);
    expect([code, stdout]).toEqual([2, '']);
  });
});
