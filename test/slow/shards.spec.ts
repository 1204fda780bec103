import { execFileSync } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fewshot } from '../cli/fewshot.js';
import { drawPhotos, photosEvaluation } from '../cli/photosFolder.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fewshot-shards-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const at = (name: string) => join(folder, name);
const read = (name: string) => readFile(at(name), 'utf8');
/** A result without the only lines that tell times. */
const timeless = async (name: string) => (await read(name)).replace(/"seconds": [\d.]+/g, '');

async function run(...args: string[]) {
  const outcome = await fewshot(args, { cwd: folder });
  expect(outcome.stderr).not.toMatch(/^fewshot:/m);
  expect(outcome.code).toBe(0);
  return outcome;
}

async function refused(...args: string[]) {
  const { code, stdout, stderr } = await fewshot(args, { cwd: folder });
  expect(stdout).toBe('');
  expect(code).not.toBe(0);
  return stderr;
}

/** Makes `of` shards of a command, named as `name`. */
async function shards(name: string, of: number, args: readonly string[]): Promise<string[]> {
  const files = Array.from({ length: of }, (_, i) => `${name}-${i + 1}`);
  for (const [i, file] of files.entries()) await run(...args, '--shard', `${i + 1}/${of}`, '--out', file);
  return files;
}

const evaluation = [
  ...['eval', '--backend', 'wasm', '--shots', '2', '--queries', '10', '--episodes', '3', '--per-class', '5'],
  ...['--arms', 'none,atnl,codes', '--cnn-steps', '5'],
];

describe('fewshot eval --shard', () => {
  it('gives the bytes of one machine when its parts are merged, in any order', async () => {
    await run(...evaluation, '--out', 'whole.json');
    const files = await shards('eval', 2, evaluation);
    const { stdout } = await run('merge', ...files.toReversed(), '--out', 'merged.json');
    expect(await timeless('merged.json')).toBe(await timeless('whole.json'));
    expect(stdout).toContain('atnl');
    expect((await run('merge', ...files, '--json')).stdout.replace(/"seconds": [\d.]+/g, '')).toBe(
      await timeless('whole.json'),
    );
  });

  it('goes on with a file that was cut off, and leaves a finished one', async () => {
    const whole = await read('eval-1');
    await writeFile(at('eval-1'), whole.slice(0, whole.length - 200));
    await run(...evaluation, '--shard', '1/2', '--out', 'eval-1');
    expect((await read('eval-1')).replace(/"seconds":[\d.]+/, '')).toBe(
      whole.replace(/"seconds":[\d.]+/, ''),
    );
    const { stderr } = await run(...evaluation, '--shard', '1/2', '--out', 'eval-1');
    expect(stderr).toContain('eval-1 is there already and stays');
  });

  it('refuses parts of other settings, kernels or versions', async () => {
    await run(...evaluation, '--seed', '2', '--shard', '2/2', '--out', 'other-seed');
    expect(await refused('merge', 'eval-1', 'other-seed')).toContain(
      'other-seed is of other work than eval-1: settings.seed is 2, not 1',
    );
    const text = await read('eval-2');
    for (const [from, to, name] of [
      [/"arithmetic":"\w+"/, '"arithmetic":"plain"', 'arithmetic is "plain"'],
      [/"node":"[\d.]+"/, '"node":"1.0.0"', 'versions.node is "1.0.0"'],
      [/"sha256":"[0-9a-f]+"/, '"sha256":"00"', 'facts.models.model.sha256 is "00"'],
    ] as const) {
      await writeFile(at('foreign'), text.replace(from, to));
      expect(await refused('merge', 'eval-1', 'foreign')).toContain(name);
    }
    expect(await refused('merge', 'eval-1')).toContain('shard 2 of 2 is missing');
    expect(await refused('merge', 'eval-1', 'eval-1')).toContain('are both shard 1 of 2');
    expect(await refused('merge', 'whole.json')).toContain('whole.json has no parts of a work');
  });

  it('needs a file, and as many parts as shards', async () => {
    expect(await refused(...evaluation, '--shard', '1/2')).toContain('--out');
    expect(await refused(...evaluation, '--shard', '1/4', '--out', 'none')).toContain('there are 3 parts');
    expect(await refused(...evaluation, '--shard', '3/2', '--out', 'none')).toContain('2/8');
  });

  it('tells images of the same names apart', async () => {
    drawPhotos(at('photos'), 4, '--broken', '0');
    const own = photosEvaluation('photos');
    await run(...own, '--shard', '1/2', '--out', 'own-1');
    await rm(at('photos'), { recursive: true });
    drawPhotos(at('photos'), 5, '--broken', '0');
    await run(...own, '--shard', '2/2', '--out', 'own-2');
    expect(await refused('merge', 'own-1', 'own-2')).toMatch(/own-2 is of other work than own-1: facts/);
  });
});

describe('fewshot sweep', () => {
  const plan = {
    schema: 'fewshot.sweep-plan/1',
    eval: { arms: ['none', 'atnl'], classifiers: ['knn'], shots: 2, queries: 10, episodes: 2, perClass: 5 },
    over: { model: ['mnist', 'mnist-plain'], seed: [1, 2] },
  };

  it('evaluates each combination as eval does, and pools the seeds', async () => {
    await writeFile(at('plan.json'), JSON.stringify(plan));
    const { stdout } = await run(
      'sweep',
      'plan.json',
      '--backend',
      'wasm',
      '--out',
      'sweep.json',
      '--svg',
      'sweep.svg',
    );
    const { rows, evaluations } = JSON.parse(await read('sweep.json'));
    expect(evaluations).toHaveLength(4);
    expect(rows).toHaveLength(4);
    expect(stdout).toContain('mnist-plain');
    expect(await read('sweep.svg')).toContain('mnist-plain');
    const { varied, result } = evaluations[1];
    expect(varied).toEqual({ model: 'mnist', seed: 2 });
    const [, ...words] = (result.command as string).split(' ');
    const alone = JSON.parse((await run(...words, '--json')).stdout);
    expect({ ...alone, seconds: 0 }).toEqual({ ...result, seconds: 0 });
    const own = evaluations
      .slice(0, 2)
      .flatMap(
        (each: typeof result) =>
          each.result.results.find(({ arm }: { arm: string }) => arm === 'atnl').episodes,
      );
    const row = rows.find(
      (each: { arm: string; varied: object }) =>
        each.arm === 'atnl' && JSON.stringify(each.varied) === '{"model":"mnist"}',
    );
    expect(row.episodes).toBe(4);
    expect(row.mean).toBeCloseTo(own.reduce((sum: number, value: number) => sum + value, 0) / 4, 12);
  });

  it('gives the same in shards', async () => {
    const files = await shards('sweep', 3, ['sweep', 'plan.json', '--backend', 'wasm']);
    await run('merge', ...files, '--out', 'sweep-merged.json');
    expect(await timeless('sweep-merged.json')).toBe(await timeless('sweep.json'));
  });

  it.each([
    ['no JSON', '{', 'is not JSON'],
    ['another schema', '{"schema":"x"}', 'fewshot.sweep-plan/1'],
    ['no list', JSON.stringify({ ...plan, over: { model: 'mnist' } }), 'over.model must be a list'],
    ['an unknown key', JSON.stringify({ ...plan, over: { shotss: [1] } }), 'no key "shotss" in eval'],
    ['a value out of range', JSON.stringify({ ...plan, over: { shots: [1, 0] } }), 'eval.shots'],
    [
      'an arm that a model cannot go',
      JSON.stringify({ ...plan, eval: { arms: ['restyle'] } }),
      'mnist-plain',
    ],
  ])('names %s, before any work', async (_, text, says) => {
    await writeFile(at('bad.json'), text);
    expect(await refused('sweep', 'bad.json', '--backend', 'wasm')).toContain(says);
  });
});

describe('fewshot augment --shard', () => {
  const augment = [
    ...['augment', '--backend', 'wasm', '--data', 'mnist', '--shots', '3', '--per-class', '60'],
    '--include-originals',
  ];

  it('gives the bytes of one machine when its folders are merged', async () => {
    await run(...augment, '--out', 'images');
    const folders = await shards('images', 3, augment);
    await run('merge', ...folders, '--out', 'images-merged');
    execFileSync('diff', ['--recursive', at('images'), at('images-merged')]);
  });

  it('refuses folders that are missing, doubled, foreign or damaged, and writes nothing', async () => {
    expect(await refused('merge', 'images-1', 'images-2', '--out', 'no')).toContain(
      'shard 3 of 3 is missing',
    );
    expect(await refused('merge', 'images-1', 'images-1', '--out', 'no')).toContain('both shard 1 of 3');
    await run(...augment, '--seed', '2', '--shard', '3/3', '--out', 'images-seed');
    expect(await refused('merge', 'images-1', 'images-2', 'images-seed', '--out', 'no')).toContain(
      'seed is 2',
    );
    await cp(at('images-3'), at('images-cut'), { recursive: true });
    await rm(at('images-cut/.unfinished/2.jsonl'));
    expect(await refused('merge', 'images-1', 'images-2', 'images-cut', '--out', 'no')).toContain(
      'images-cut is not finished',
    );
    await expect(read('no/manifest.jsonl')).rejects.toThrow();
    await run(...augment, '--shard', '3/3', '--out', 'images-cut', '--resume');
    await run('merge', 'images-1', 'images-2', 'images-cut', '--out', 'images-again');
    execFileSync('diff', ['--recursive', at('images'), at('images-again')]);
    expect(await refused(...augment, '--shard', '1/3', '--out', 'images-3', '--resume')).toContain(
      'is shard 3 of 3',
    );
    expect(await refused('merge', 'images-1')).toContain('--out');
  });
});
