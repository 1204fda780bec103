import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { defaultArms } from '../../src/evaluate/arms/arms.js';

const run = promisify(execFile);
const repository = fileURLToPath(new URL('../..', import.meta.url));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fewshot-clone-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it("does the README's two commands in a fresh clone with an empty npm cache", async () => {
  const clone = join(folder, 'clone');
  const start = performance.now();
  await run('git', ['clone', '--quiet', repository, clone]);
  await run('npm', ['ci', '--cache', join(folder, 'cache')], { cwd: clone, maxBuffer: 1 << 26 });
  const installed = performance.now();
  const { stdout } = await run('npx', ['fewshot', 'eval', '--shots', '5'], {
    cwd: clone,
    maxBuffer: 1 << 26,
  });
  const seconds = (from: number, to: number) => ((to - from) / 1000).toFixed(0);
  console.log(
    `npm ci ${seconds(start, installed)} s, fewshot eval ${seconds(installed, performance.now())} s\n${stdout}`,
  );
  for (const arm of defaultArms) {
    expect(stdout).toMatch(
      new RegExp(`^${arm.replaceAll('+', '\\+')} +\\d+\\.\\d ± \\d+\\.\\d .*\\d+\\.\\d ± \\d+\\.\\d`, 'm'),
    );
  }
});
