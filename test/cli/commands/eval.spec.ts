import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fewshot } from '../fewshot.js';

const small = [
  'eval',
  '--backend',
  'wasm',
  '--shots',
  '2',
  '--queries',
  '20',
  '--episodes',
  '2',
  '--per-class',
  '10',
  '--cnn-steps',
  '15',
];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fewshot-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('fewshot eval', () => {
  it('prints the same JSON twice, with one worker and with two', async () => {
    const out = join(folder, 'result.json');
    const runs = [
      await fewshot([...small, '--json', '--workers', '1', '--out', out]),
      await fewshot([...small, '--json', '--workers', '2']),
    ];
    const results = runs.map(({ stdout }) => {
      const { seconds, ...rest } = JSON.parse(stdout);
      expect(seconds).toBeGreaterThan(0);
      return rest;
    });
    expect(results[1]).toEqual(results[0]);
    expect(runs.map(({ code }) => code)).toEqual([0, 0]);
    expect(await readFile(out, 'utf8')).toBe(runs[0]!.stdout);
    expect(await readdir(folder)).toEqual(['result.json']);

    const [result] = results;
    expect(result).toMatchObject({
      schema: 'fewshot.eval/1',
      command:
        'fewshot eval --shots 2 --queries 20 --episodes 2 --cnn-steps 15 --per-class 10 --seed 1 --backend wasm',
      seed: 1,
      backend: 'wasm',
      data: 'mnist',
      protocol: 'paper',
      ways: 10,
      shots: 2,
      queries: 200,
      versions: { node: process.versions.node },
    });
    const arms = [
      ...['none', 'variants', 'lerp', 'atnl', 'geometric', 'restyle', 'restyle+geometric+labels', 'codes'],
    ];
    expect(
      result.results.map((row: { arm: string; classifier: string }) => `${row.arm} ${row.classifier}`),
    ).toEqual(arms.flatMap((arm) => [`${arm} knn`, `${arm} cnn`]));
    for (const { mean, ci95, episodes, k, classifier } of result.results) {
      expect(episodes).toHaveLength(2);
      expect(mean).toBeCloseTo((episodes[0] + episodes[1]) / 2, 12);
      expect(mean).toBeGreaterThan(0.1);
      expect(ci95).toBeGreaterThanOrEqual(0);
      expect(k).toBe(classifier === 'knn' ? 1 : null);
    }
    expect(result.classes).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    for (const { mean, confusion } of result.results) {
      // Two episodes of 20 queries of each class.
      for (const row of confusion) expect(row.reduce((sum: number, n: number) => sum + n)).toBe(40);
      const right = confusion.reduce((sum: number, row: number[], own: number) => sum + row[own]!, 0);
      expect(right / 400).toBeCloseTo(mean, 12);
    }
    const knn = (arm: string) => result.results.find((row: { arm: string }) => row.arm === arm).mean;
    const paired = result.comparisons.find(
      (row: { arm: string; against: string }) => row.arm === 'restyle' && row.against === 'geometric',
    );
    expect(paired.difference).toBeCloseTo(knn('restyle') - knn('geometric'), 12);
  });

  it('prints a table with protocol and intervals, and keeps notes off stdout', async () => {
    const { code, stdout, stderr } = await fewshot([...small, '--arms', 'none,atnl', '--classifiers', 'knn']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/protocol paper/);
    expect(stdout).toMatch(/^none +\d+\.\d ± \d+\.\d$/m);
    expect(stdout).toMatch(/^atnl +\d+\.\d ± \d+\.\d +[+−]\d+\.\d ± \d+\.\d$/m);
    expect(stderr).toMatch(/Backend wasm/);
    expect(stdout + stderr).not.toContain('\u001b');
  });

  it('leaves out arms that the model cannot go, where none are named, and says which', async () => {
    const { code, stdout, stderr } = await fewshot([
      ...[...small, '--model', 'mnist-plain', '--classifiers', 'knn', '--json'],
    ]);
    expect(code).toBe(0);
    expect(stderr).toContain(
      '\nNo restyle, restyle+geometric+labels with mnist-plain: codes have no style part.\n',
    );
    expect(JSON.parse(stdout).command).toContain(' --arms none,variants,lerp,atnl,geometric,codes ');
  });

  it('judges the KNN on unknown classes with --unknown, and changes nothing else', async () => {
    const args = [
      ...small,
      '--arms',
      'none,affine,codes',
      '--classifiers',
      'knn',
      '--ways',
      '6',
      '--workers',
      '1',
    ];
    const [plain, asked] = [
      await fewshot([...args, '--json']),
      await fewshot([...args, '--json', '--unknown']),
    ];
    const before = JSON.parse(plain.stdout);
    const { unknown, ...after } = JSON.parse(asked.stdout);
    expect(before).not.toHaveProperty('unknown');
    expect(after.command).toContain(' --unknown ');
    expect({ ...after, command: '', seconds: 0 }).toEqual({ ...before, command: '', seconds: 0 });
    expect(unknown).toMatchObject({ classes: 4, queries: 80, falseAlarms: 0.05 });
    expect(unknown.results.map(({ arm }: { arm: string }) => arm)).toEqual(['none', 'affine', 'codes']);
    const [none, , codes] = unknown.results;
    expect(codes.auroc.mean).toBeGreaterThan(none.auroc.mean);
    expect(codes.auroc.mean).toBeGreaterThan(0.95);
    // Two photos of each of six classes allow 1 / 13.
    expect(none.promised.episodes).toEqual([1 / 13, 1 / 13]);
  });

  it('keeps a fifth of the classes back with --unknown and no --ways, and prints a table', async () => {
    const args = [...small, '--arms', 'none', '--classifiers', 'knn', '--unknown'];
    const { code, stdout } = await fewshot(args);
    expect(code).toBe(0);
    expect(stdout).toMatch(/8-way/);
    expect(stdout).toMatch(/^unknown +AUROC/m);
    expect(stdout).toMatch(/^40 queries of 2 classes/m);
    const all = await fewshot([...args, '--ways', '10']);
    expect([all.code, all.stderr]).toEqual([2, expect.stringContaining('--unknown')]);
  });

  it('says that one shot leaves nothing to interpolate', async () => {
    const args = [
      '--shots',
      '1',
      '--episodes',
      '1',
      '--queries',
      '5',
      '--arms',
      'none,atnl,mean,tangent',
      '--classifiers',
      'knn',
      '--json',
    ];
    const { stdout, stderr } = await fewshot(['eval', '--backend', 'wasm', ...args]);
    expect(stderr).toMatch(/no pair to interpolate: nothing is hallucinated for atnl, mean\.$/m);
    const { results } = JSON.parse(stdout);
    expect(results[1].episodes).toEqual(results[0].episodes);
    expect(results[2].episodes).toEqual(results[0].episodes);
  });

  it('says where hallucination gains nothing', async () => {
    const args = [
      '--arms',
      'none,atnl',
      '--classifiers',
      'knn',
      '--k',
      '1',
      '--shots',
      '2',
      '--per-class',
      '1',
    ];
    const { stderr, stdout } = await fewshot([...small, ...args]);
    expect(stdout).toMatch(/^atnl +\d/m);
    expect(stderr).toMatch(/^KNN: no arm is clearly above none; the highest is atnl, .* points\.$/m);
  });

  it('is silent with --quiet', async () => {
    const args = ['--episodes', '1', '--queries', '2', '--arms', 'none', '--classifiers', 'knn', '--quiet'];
    const { stderr } = await fewshot(['eval', '--backend', 'wasm', ...args]);
    expect(stderr).toBe('');
  });

  it('stops on Ctrl-C with 130 and writes nothing', async () => {
    const out = join(folder, 'never.json');
    const { code, stdout, stderr } = await fewshot(['eval', '--backend', 'wasm', '--out', out, '--json'], {
      onStderr: (child, text) => text.includes('Backend') && setTimeout(() => child.kill('SIGINT'), 1500),
    });
    expect(stderr).toMatch(/Interrupted/);
    expect(stdout).toBe('');
    expect(code).toBe(130);
    expect((await readdir(folder)).filter((name) => name.startsWith('never'))).toEqual([]);
  });

  it.each(['ml-knn', 'tfjs'])('gives the labels of the exact engine with --knn-engine %s', async (engine) => {
    const args = [
      '--shots',
      '2',
      '--episodes',
      '1',
      '--queries',
      '5',
      '--arms',
      'none,atnl',
      '--per-class',
      '5',
      '--classifiers',
      'knn',
      '--json',
    ];
    const [exact, other] = await Promise.all(
      ['exact', engine].map((name) => fewshot(['eval', '--backend', 'wasm', ...args, '--knn-engine', name])),
    );
    const episodes = ({ stdout }: { stdout: string }) =>
      JSON.parse(stdout).results.map((row: { episodes: number[] }) => row.episodes);
    expect(episodes(other!)).toEqual(episodes(exact!));
  });
});
