import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fewshot } from './fewshot.js';

const small = [
  'train',
  '--backend',
  'wasm',
  '--limit',
  '2560',
  '--epochs',
  '1',
  '--batch-size',
  '32',
  '--latent',
  '4',
];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fewshot-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('fewshot train', () => {
  it('writes a model with its card, and leaves no checkpoint', async () => {
    const { code, stdout, stderr } = await fewshot([...small, '--out', 'a.safetensors'], { cwd: folder });
    expect(code).toBe(0);
    expect((await readdir(folder)).sort()).toEqual(['a.md', 'a.safetensors']);
    expect(stdout).toMatch(/KNN on codes.*: 0\.\d+\n/);
    expect(stderr).toMatch(/epoch 1\/1 · 0 s left · .* images\/s · loss .* · reconstruction .* · atnl /);
    const card = await readFile(join(folder, 'a.md'), 'utf8');
    expect(card).toContain('--out a.safetensors');
    expect(card).toContain('mnist train: 2,560 images with labels');
    expect(card).toContain('`paper`');
  });

  it('stops on Ctrl-C with 130, keeps its checkpoint, and resumes to the weights of an unbroken run', async () => {
    const long = [
      'train',
      '--backend',
      'wasm',
      '--limit',
      '8000',
      '--epochs',
      '1',
      '--batch-size',
      '32',
      '--latent',
      '4',
    ];
    const unbroken = await fewshot([...long, '--out', 'whole/m.safetensors', '--quiet'], { cwd: folder });
    expect(unbroken.code).toBe(0);

    const poll = async (path: string) =>
      (await readdir(path).catch((): string[] => [])).includes('m.checkpoint');
    const broken = await fewshot([...long, '--out', 'broken/m.safetensors'], {
      cwd: folder,
      onStderr: async (child, text) => {
        if (!text.includes('Backend') || text.includes('Interrupted')) return;
        while (!(await poll(join(folder, 'broken')))) await new Promise((resolve) => setTimeout(resolve, 20));
        child.kill('SIGINT');
      },
    });
    expect(broken.code).toBe(130);
    expect(broken.stderr).toMatch(/checkpoint is kept/);
    expect(await readdir(join(folder, 'broken'))).toEqual(['m.checkpoint']);

    const again = await fewshot([...long, '--out', 'broken/m.safetensors'], { cwd: folder });
    expect(again.code).toBe(2);
    expect(again.stderr).toMatch(/--resume/);

    const otherRun = await fewshot([...long, '--seed', '2', '--resume', '--out', 'broken/m.safetensors'], {
      cwd: folder,
    });
    expect(otherRun.code).toBe(1);
    expect(otherRun.stderr).toMatch(/checkpoint of another training/);

    const resumed = await fewshot([...long, '--resume', '--out', 'broken/m.safetensors'], { cwd: folder });
    expect(resumed.stderr).toMatch(/Resuming after step 200 of 250/);
    expect(resumed.code).toBe(0);
    const digest = async (run: string) =>
      /`([0-9a-f]{64})`/.exec(await readFile(join(folder, run, 'm.md'), 'utf8'))?.[1];
    expect(await digest('broken')).toBe(await digest('whole'));
  });
});
