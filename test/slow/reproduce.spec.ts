import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { randomStream } from '../../src/core/random.js';
import { fewshotProcess as fewshot } from '../cli/fewshot.js';

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const KILLS = 4;
/** The exhibit that trains the fewest encoders. */
const args = ['reproduce', 'figure1', '--quick', '--backend', 'wasm', '--quiet'];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fewshot-reproduce-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A run of its own folders. */
const run = (name: string) => [...args, '--out', `${name}/results`, '--work', `${name}/work`];

/** Starts the command and kills it after some milliseconds, unless it ends before. */
function killAfter(milliseconds: number): Promise<NodeJS.Signals | null> {
  const child = spawn(process.execPath, [main, ...run('killed')], { cwd: folder });
  const timer = setTimeout(() => child.kill('SIGKILL'), milliseconds);
  return new Promise((resolve) => {
    child.on('close', (_, signal) => {
      clearTimeout(timer);
      resolve(signal);
    });
  });
}

const filesOf = async (name: string) => (await readdir(join(folder, name), { recursive: true })).sort();
const read = (...path: string[]) => readFile(join(folder, ...path), 'utf8');

it('ends with the result of an unbroken run after kills at random times, and refuses to write over it', async () => {
  const random = randomStream('kills of reproduce');
  let kills = 0;
  for (let start = 0; start < KILLS; start++) {
    if ((await killAfter(random.uniform(2_000, 15_000))) === 'SIGKILL') kills++;
    else break;
  }
  expect(kills).toBeGreaterThan(0);
  const results = await readdir(join(folder, 'killed', 'results')).catch((): string[] => []);
  if (!results.includes('figure1.json')) {
    const last = await fewshot(run('killed'), { cwd: folder });
    expect(last).toMatchObject({ code: 0, stderr: '' });
    expect(last.stdout.trim().split('\n')).toEqual(
      ['md', 'svg', 'json'].map((ending) => join('killed', 'results', `figure1.${ending}`)),
    );
  }
  expect(await fewshot(run('whole'), { cwd: folder })).toMatchObject({ code: 0, stderr: '' });

  expect(JSON.parse(await read('killed', 'results', 'figure1.json'))).toEqual(
    JSON.parse(await read('whole', 'results', 'figure1.json')),
  );
  expect(await filesOf('killed')).toEqual(await filesOf('whole'));
  expect((await filesOf('whole')).filter((file) => /\.(tmp|checkpoint)$/.test(file))).toEqual([]);

  const before = await read('whole', 'results', 'figure1.json');
  const again = await fewshot(run('whole'), { cwd: folder });
  expect(again.code).toBe(2);
  expect(again.stderr).toContain(`${join('whole', 'results', 'figure1.json')} exists already`);
  expect(await read('whole', 'results', 'figure1.json')).toBe(before);

  const links = [...(await read('whole', 'results', 'figure1.md')).matchAll(/\]\(([^)]+)\)/g)];
  expect(await readdir(join(folder, 'whole', 'results'))).toEqual(
    expect.arrayContaining(links.map(([, link]) => link)),
  );
});

it('gives the bytes of one machine when shards of the work are merged', async () => {
  const shard = (number: number) => [...args, '--shard', `${number}/2`, '--work', `shard-${number}`];
  for (const number of [1, 2]) {
    const { code, stdout } = await fewshot(shard(number), { cwd: folder });
    expect([code, stdout]).toEqual([
      0,
      `shard-${number}: shard ${number} of 2; fewshot merge … --out joins all\n`,
    ]);
  }
  const refused = await fewshot([...args, '--work', 'shard-1', '--out', 'none'], { cwd: folder });
  expect(refused.stderr).toContain('shard-1 is of other work: shard.1 is 2, not 1');
  const merged = await fewshot(['merge', 'shard-1', 'shard-2', '--out', 'merged/work', '--quiet'], {
    cwd: folder,
  });
  expect(merged).toMatchObject({ code: 0, stderr: '' });
  expect(await fewshot(run('merged'), { cwd: folder })).toMatchObject({ code: 0, stderr: '' });
  for (const file of await readdir(join(folder, 'whole', 'results'))) {
    expect(await read('merged', 'results', file)).toBe(await read('whole', 'results', file));
  }
  const trained = (files: readonly string[]) => files.filter((file) => !file.endsWith('shard.json'));
  expect(trained(await filesOf('merged/work'))).toEqual(await filesOf('whole/work'));
  for (const file of (await filesOf('whole/work')).filter((name) => name.endsWith('.safetensors'))) {
    expect(await read('merged/work', file)).toBe(await read('whole/work', file));
  }
});
