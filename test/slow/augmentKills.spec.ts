import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { randomStream } from '../../src/core/index.js';
import { fewshot } from '../cli/fewshot.js';

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const KILLS = 20;
const args = ['augment', '--backend', 'wasm', '--per-class', '800', '--workers', '2', '--quiet'];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fewshot-kills-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Starts the command and kills it after some milliseconds, unless it ends before. */
function killAfter(milliseconds: number): Promise<NodeJS.Signals | null> {
  const child = spawn(process.execPath, [main, ...args, '--resume', '--out', 'killed'], { cwd: folder });
  const timer = setTimeout(() => child.kill('SIGKILL'), milliseconds);
  return new Promise((resolve) => {
    child.on('close', (_, signal) => {
      clearTimeout(timer);
      resolve(signal);
    });
  });
}

/** Every file below a folder, with its bytes. */
async function contentOf(name: string): Promise<Map<string, string>> {
  const entries = await readdir(join(folder, name), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const contents = await Promise.all(files.map((file) => readFile(file, 'latin1')));
  return new Map(files.map((file, i) => [file.slice(join(folder, name).length), contents[i]!]));
}

it('ends with the files of an unbroken run after kills at random times, and with no others', async () => {
  const random = randomStream('kills of augment');
  let kills = 0;
  for (let start = 0; start < KILLS; start++) {
    if ((await killAfter(random.uniform(300, 4000))) === 'SIGKILL') kills++;
  }
  expect(kills).toBeGreaterThan(0);
  const last = await fewshot([...args, '--resume', '--out', 'killed'], { cwd: folder });
  expect(last.stderr).toBe('');
  expect(last.code).toBe(0);
  expect((await fewshot([...args, '--out', 'whole'], { cwd: folder })).code).toBe(0);
  const [killed, whole] = [await contentOf('killed'), await contentOf('whole')];
  expect(whole.size).toBe(8001);
  expect([...killed.keys()].sort()).toEqual([...whole.keys()].sort());
  expect([...killed].filter(([file, bytes]) => whole.get(file) !== bytes)).toEqual([]);
});
