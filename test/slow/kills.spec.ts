import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { randomStream } from '../../src/core/index.js';
import { fewshot } from '../cli/fewshot.js';

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const KILLS = 10;
const args = [
  'train',
  '--backend',
  'wasm',
  '--limit',
  '16000',
  '--epochs',
  '2',
  '--batch-size',
  '32',
  '--latent',
  '4',
  '--quiet',
];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fewshot-kills-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Starts the command and kills it after some milliseconds, unless it ends before. */
function killAfter(milliseconds: number): Promise<void> {
  const child = spawn(process.execPath, [main, ...args, '--resume', '--out', 'killed.safetensors'], {
    cwd: folder,
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), milliseconds);
  return new Promise((resolve) => {
    child.on('close', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

it('ends with the weights of an unbroken run after kills at random times', async () => {
  const random = randomStream('kills');
  for (let kill = 0; kill < KILLS; kill++) {
    if ((await readdir(folder)).includes('killed.safetensors')) break;
    await killAfter(random.uniform(1500, 9000));
  }
  if (!(await readdir(folder)).includes('killed.safetensors')) {
    const last = await fewshot([...args, '--resume', '--out', 'killed.safetensors'], { cwd: folder });
    expect(last.stderr).toBe('');
    expect(last.code).toBe(0);
  }
  const whole = await fewshot([...args, '--out', 'whole.safetensors'], { cwd: folder });
  expect(whole.code).toBe(0);
  const digest = async (name: string) =>
    /`([0-9a-f]{64})`/.exec(await readFile(join(folder, name), 'utf8'))?.[1];
  expect(await digest('killed.md')).toBe(await digest('whole.md'));
  const left = await readdir(folder);
  expect(left.sort()).toEqual(['killed.md', 'killed.safetensors', 'whole.md', 'whole.safetensors']);
});
