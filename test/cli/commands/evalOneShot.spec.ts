import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { draw, drawRuns } from '../../node/drawings.js';
import { fewshot } from '../fewshot.js';

let folder = '';
const alphabets = { Greek: 3, Latin: 4, Ogham: 2 };
const DRAWERS = 10;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fewshot-one-shot-'));
  await drawRuns(join(folder, 'all_runs'), { runs: 3, ways: 4 });
  await drawRuns(join(folder, 'two_shots'), { runs: 2, ways: 3, shots: 2 });
  let number = 0;
  for (const [alphabet, characters] of Object.entries(alphabets)) {
    for (let c = 1; c <= characters; c++) {
      number++;
      for (let drawer = 1; drawer <= DRAWERS; drawer++) {
        const file = `${String(number).padStart(4, '0')}_${String(drawer).padStart(2, '0')}.png`;
        const path = join(folder, 'alphabets', alphabet, `character0${c}`, file);
        await draw(path, `${alphabet} ${c}`, drawer);
      }
    }
  }
});
afterAll(() => rm(folder, { recursive: true }));

const run = (...args: string[]) => fewshot(['eval', ...args], { cwd: folder });
const fast = ['--arms', 'none,codes', '--classifiers', 'knn'];
const oneShot = ['--data', 'omniglot', '--protocol', 'one-shot', '--runs', 'all_runs'];

describe('fewshot eval --protocol one-shot', () => {
  it('judges the encoder of drawings on all images of each run, and makes the same again by its command', async () => {
    const { code, stdout, stderr } = await run(...oneShot, ...fast, '--json');
    expect(code, stderr).toBe(0);
    const result = JSON.parse(stdout);
    expect(result).toMatchObject({
      ...{
        data: 'omniglot',
        protocol: 'one-shot',
        model: { name: 'characters' },
        ways: 4,
        shots: 1,
        queries: 4,
      },
      folders: ['run01', 'run02', 'run03'],
    });
    expect(result.results.map(({ episodes }: { episodes: number[] }) => episodes.length)).toEqual([3, 3]);
    expect(result.comparisons).toHaveLength(1);
    expect(result.command).toBe(
      'fewshot eval --data omniglot --runs all_runs --protocol one-shot --arms none,codes --classifiers knn --model characters --seed 1 --backend wasm',
    );
    const again = await run(...result.command.split(' ').slice(2), '--json');
    expect({ ...JSON.parse(again.stdout), seconds: 0 }).toEqual({ ...result, seconds: 0 });
  });

  it('prints images and codes in one table, and takes runs for the protocol', async () => {
    const { stdout } = await run('--data', 'omniglot', '--runs', 'two_shots', ...fast);
    expect(stdout).toContain(
      'omniglot test set · 3-way 2-shot · 3 queries · 2 episodes\nprotocol one-shot · model characters',
    );
    expect(stdout).toMatch(/^none .*\ncodes .*[+−][\d.]+ ± [\d.]+$/m);
  });

  it.each<[string, string[], RegExp]>([
    ['no runs', ['--data', 'omniglot', '--protocol', 'one-shot'], /needs its runs \(--runs\)/],
    [
      'runs under another protocol',
      [...oneShot, '--protocol', 'novel'],
      /novel takes no runs \(--runs, --protocol\)/,
    ],
    ['other data', [...oneShot, '--data', 'mnist'], /is one of omniglot, not of mnist/],
    ['ways', [...oneShot, '--ways', '3'], /no ways \(--ways\)/],
    ['episodes', [...oneShot, '--episodes', '3'], /no episodes \(--episodes\)/],
    ['unknown classes', [...oneShot, '--unknown'], /no unknown \(--unknown\)/],
    ['folders of alphabets', [...oneShot, '--data-dir', 'alphabets'], /no dataDir \(--data-dir\)/],
    ['other images to judge on', [...oneShot, '--split', 'validation'], /no validation images/],
    ['more neighbors than references', [...oneShot, '--k', '5'], /k is 5, but 4 ways × 1 shots/],
    ['a model of photos', [...oneShot, '--model', 'photos'], /gives features of photos/],
  ])('refuses %s', async (_, args, says) => {
    const { code, stdout, stderr } = await run(...fast, ...args);
    expect(stderr).toMatch(says);
    expect([code, stdout]).toEqual([2, '']);
  });
});

describe('fewshot eval of runs that are not there', () => {
  it('names their folder', async () => {
    const { code, stderr } = await run(...oneShot, '--runs', 'nowhere');
    expect(stderr).toMatch(/cannot read the folder of runs nowhere \(--runs\)/);
    expect(code).toBe(1);
  });
});

describe('fewshot eval of classes in folders of classes', () => {
  const few = [...fast, '--shots', '1', '--queries', '1', '--episodes', '4'];

  it('draws the classes of an episode from one folder with --within, and leaves out by name those with too few', async () => {
    const { stdout, stderr } = await run('--data', 'alphabets', '--within', '--ways', '3', ...few, '--json');
    const result = JSON.parse(stdout);
    expect(result).toMatchObject({
      ways: 3,
      protocol: 'novel',
      folders: ['Greek', 'Latin'],
      model: { name: 'characters' },
    });
    expect(stderr).toContain('Left out, with fewer than 3 classes: Ogham (2).');
    expect(result.command).toMatch(/--data alphabets --within --protocol novel/);
    // Of Greek and Latin in turn: no confusion crosses.
    const { classes } = result;
    for (const { confusion } of result.results) {
      for (const [i, row] of confusion.entries()) {
        for (const [j, count] of row.entries())
          if (count > 0) expect(classes[j].split('/')[0]).toBe(classes[i].split('/')[0]);
      }
    }
    const greek = result.results[0].confusion
      .slice(0, 3)
      .flat()
      .reduce((a: number, b: number) => a + b);
    expect(greek).toBe(6);
  });

  it('draws them from all with --levels, and as many as each folder has where no ways are asked for', async () => {
    const across = await run('--data', 'alphabets', '--levels', '2', '--ways', '8', ...few, '--json');
    expect(JSON.parse(across.stdout)).toMatchObject({ ways: 8 });
    expect(JSON.parse(across.stdout)).not.toHaveProperty('folders');
    const own = await run('--data', 'alphabets', '--within', ...few);
    expect(own.stdout).toContain('alphabets test set · 2-way 1-shot');
  });

  it('knows Omniglot by its folder, and asks other drawers than it learns from with --group-by', async () => {
    const drawers = ['--group-by', '_(\\d+)\\.png$'];
    const args = ['--data', 'omniglot', '--data-dir', 'alphabets', '--within', ...few, ...drawers];
    const { code, stdout, stderr } = await run(...args, '--json');
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ data: 'omniglot', protocol: 'novel', groupBy: drawers[1] });
  });

  it.each<[string, string[], RegExp]>([
    [
      'more ways than any folder has',
      ['--data', 'alphabets', '--within', '--ways', '5'],
      /5 ways are asked for within a folder/,
    ],
    [
      'classes that lie in no folder',
      ['--data', 'alphabets/Greek', '--within', '--levels', '1'],
      /lies in no folder of classes/,
    ],
    [
      'Omniglot without a folder',
      ['--data', 'omniglot'],
      /Omniglot is not in this package \(--data-dir, --runs\)/,
    ],
    ['folders of a data set by name', ['--within'], /the class 0 of mnist lies in no folder/],
  ])('refuses %s', async (_, args, says) => {
    const { code, stdout, stderr } = await run(...few, ...args);
    expect(stderr).toMatch(says);
    expect([code, stdout]).toEqual([2, '']);
  });
});

describe('fewshot eval without a model', () => {
  const few = [...fast, '--shots', '1', '--queries', '1', '--episodes', '1'];

  it('takes the encoder of drawings where the protocol refuses the one of digits', async () => {
    const { stdout, stderr } = await run('--protocol', 'novel', ...few);
    expect(stdout).toContain('protocol novel · model characters');
    expect(stderr).toContain('Model characters, as none is named');
    const disjoint = await run('--protocol', 'disjoint', ...few);
    expect(disjoint.stdout).toContain('protocol disjoint · model characters');
  });

  it('takes the default where the protocol allows it', async () => {
    const { stdout } = await run(...few);
    expect(stdout).toContain('protocol paper · model mnist ');
  });
});
