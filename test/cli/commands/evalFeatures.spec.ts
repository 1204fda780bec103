import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodePng } from '../../../src/data/decode/png.js';
import { fewshot } from '../fewshot.js';
import { photosFolder } from '../photosFolder.js';

let folder = '';
beforeAll(async () => {
  folder = await photosFolder(5);
});
afterAll(() => rm(folder, { recursive: true }));

const run = (...args: string[]) =>
  fewshot(args, { cwd: folder, env: { FEWSHOT_CACHE: join(folder, 'cache') } });
const few = ['--data', 'photos', '--skip-bad', '--episodes', '5', '--arms', 'codes,codes+mean'];
const json = async (name: string) => JSON.parse(await readFile(join(folder, name), 'utf8'));

describe('fewshot eval on eight things with five photos each', () => {
  it('takes the model of photos, and no forward pass the second time', async () => {
    const first = await run('eval', ...few, '--out', 'first.json');
    expect(first.code, first.stderr).toBe(0);
    expect(first.stderr).toMatch(/40 photos in [\d.]+ s \([\d.,]+ a second\), 0 from the cache\./);
    expect(first.stderr).toContain('Each class learns from');
    expect(first.stdout).toMatch(
      /^photos · 8-way 4-shot · 8 queries · 5 episodes\nprotocol novel · model photos · backend wasm/,
    );
    expect(first.stdout).toMatch(/arm +classifier +accuracy +vs codes, prototypes +by the arm alone/);
    expect(first.stdout).toMatch(/codes\+mean +KNN \(k = 1\) .* over codes\n/);
    expect(first.stdout).toMatch(/By shots, codes with prototypes: 1: [\d.]+ · 2: [\d.]+ · 3: [\d.]+ · 4: /);

    const { command, seconds: _, ...result } = await json('first.json');
    expect(command).toContain('--shots 4');
    const again = await run(...command.split(' ').slice(1), '--out', 'again.json');
    expect(again.code, again.stderr).toBe(0);
    expect(again.stderr).toMatch(/40 photos in [\d.]+ s .*, 40 from the cache\./);
    const { command: same, seconds: __, ...other } = await json('again.json');
    expect(same).toBe(command);
    expect(other).toEqual(result);
  });

  it('brings photos to another size, which its command tells, with codes of their own', async () => {
    const smaller = () => run('eval', ...few, '--size', '64', '--out', 'smaller.json');
    expect((await smaller()).stderr).toMatch(/40 photos .*, 0 from the cache\./);
    expect((await smaller()).stderr).toMatch(/40 photos .*, 40 from the cache\./);
    expect((await json('smaller.json')).command).toContain('--size 64');
  });

  it.each<[string, string[], RegExp]>([
    ['a size that no photo is brought to', ['--size', '32'], /64 to 224 pixels, not of 32/],
    [
      'a teacher',
      ['--teacher', 'mnist'],
      /photos gives features of photos, and takes no teachers \(--teacher\)/,
    ],
    ['a network', ['--cnn', 'fast'], /takes no cnn \(--cnn\)/],
    ['detail', ['--detail', '0.5'], /takes no detail/],
    ['a CNN', ['--classifiers', 'cnn'], /no CNN takes[\s\S]*prototypes, knn, head/],
    ['an arm of images', ['--arms', 'affine'], /no arm of codes named affine[\s\S]*codes\+slerp/],
    ['another protocol', ['--protocol', 'disjoint'], /protocol disjoint[\s\S]*novel, paper/],
    ['transport without base codes', ['--arms', 'codes+transport'], /needs base codes/],
    ['too many shots', ['--shots', '5', '--arms', 'codes'], /5 shots are asked for[\s\S]*at most 4 shots/],
    ['drawings', ['--data', 'mnist'], /mnist has small gray images/],
  ])('refuses %s', async (_, args, says) => {
    const { code, stdout, stderr } = await run(
      'eval',
      '--model',
      'photos',
      '--data',
      'photos',
      '--skip-bad',
      ...args,
    );
    expect(stderr).toMatch(says);
    expect([code, stdout]).toEqual([2, '']);
  });

  it('takes no classifier or arm of codes for a model of images', async () => {
    const one = await run('eval', '--episodes', '1', '--classifiers', 'head');
    expect(one.stderr).toMatch(/head.*knn, cnn/);
    const other = await run('eval', '--episodes', '1', '--arms', 'codes+slerp');
    expect(other.stderr).toMatch(/no arm named codes\+slerp/);
  });
});

describe('gray drawings', () => {
  it('are judged by the encoder of drawings without a model, which has not seen them', async () => {
    for (const [i, label] of ['ring', 'bar'].entries()) {
      await mkdir(join(folder, 'gray', label), { recursive: true });
      for (let j = 0; j < 3; j++) {
        const pixels = Float32Array.from({ length: 784 }, (_, k) => Number((k * (i + 2) + 97 * j) % 11 < 3));
        await writeFile(join(folder, 'gray', label, `${j}.png`), encodePng(pixels, [28, 28, 1]));
      }
    }
    const few = ['--shots', '1', '--episodes', '2', '--arms', 'none,codes', '--classifiers', 'knn'];
    const { code, stdout, stderr } = await run('eval', '--data', 'gray', ...few, '--json');
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('Model characters, as none is named, and protocol novel.');
    expect(JSON.parse(stdout)).toMatchObject({
      data: 'gray',
      protocol: 'novel',
      model: { name: 'characters' },
    });
    expect(JSON.parse(stdout).command).toContain('--protocol novel');
    expect(JSON.parse(stdout).command).toContain('--model characters');
    const named = await run('eval', '--data', 'gray', ...few, '--protocol', 'paper');
    expect(named.stdout).toContain('protocol paper · model characters');
  });
});
