import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { fewshotProcess as fewshot } from '../cli/fewshot.js';

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fewshot-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const wasm = ['--backend', 'wasm', '--quiet'];
const long = {
  train: ['train', ...wasm, '--epochs', '50', '--latent', '4', '--filters', '4,8', '--out', 'm.safetensors'],
  augment: ['augment', ...wasm, '--per-class', '50000', '--workers', '1', '--out', 'more'],
  eval: ['eval', ...wasm, '--episodes', '500', '--workers', '1', '--out', 'result.json'],
  reproduce: ['reproduce', 'figure1', '--quick', ...wasm, '--work', 'work', '--out', 'out'],
};

/** Starts a command, and waits until it has locked its output. */
async function started(args: readonly string[], lock: string) {
  const child = spawn(process.execPath, [main, ...args], { cwd: folder, stdio: 'ignore' });
  const closed = once(child, 'close');
  await expect.poll(() => existsSync(join(folder, lock)), { timeout: 60_000 }).toBe(true);
  return { child, closed };
}

it.each([
  ['train', 'm.lock', 'm.safetensors'],
  ['augment', 'more/.fewshot.lock', 'more'],
  ['eval', 'result.json.lock', 'result.json'],
  ['reproduce', 'work/quick/.fewshot.lock', 'out'],
] as const)(
  '%s refuses to write what another run writes, which goes on until Ctrl-C',
  async (name, lock, out) => {
    const { child, closed } = await started(long[name], lock);
    const { code, stdout, stderr } = await fewshot(long[name], { cwd: folder });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(
      new RegExp(
        `^fewshot: ${out} is in use: process ${child.pid} has been writing it since .*\n {2}Wait for that run`,
      ),
    );
    expect(child.exitCode).toBeNull();
    child.kill('SIGINT');
    expect(await closed).toEqual([130, null]);
    const left = await readdir(folder, { recursive: true });
    expect(left.filter((file) => /\.(lock|tmp|dead)$/.test(file))).toEqual([]);
  },
);

it('a lock goes with a process that is stopped by a second Ctrl-C, and is no hindrance after a kill', async () => {
  const first = await started(long.train, 'm.lock');
  first.child.kill('SIGINT');
  first.child.kill('SIGTERM');
  await first.closed;
  expect(await readdir(folder)).not.toContain('m.lock');
  const second = await started([...long.train, '--force'], 'm.lock');
  second.child.kill('SIGKILL');
  await second.closed;
  expect(await readdir(folder)).toContain('m.lock');
  const short = [...long.train, '--limit', '256', '--epochs', '1', '--force'];
  expect((await fewshot(short, { cwd: folder })).code).toBe(0);
  expect((await readdir(folder)).sort()).toEqual(['m.md', 'm.safetensors']);
});
