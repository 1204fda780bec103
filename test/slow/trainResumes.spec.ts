import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fewshot } from '../cli/fewshot.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fewshot-train-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it.each([
  ['atnl', 32],
  ['acai', 8],
])(
  'fewshot train stops on Ctrl-C with 130, keeps its checkpoint, and resumes to the weights of an unbroken run: %s',
  async (learner, batch) => {
    const long = [
      'train',
      '--learner',
      learner,
      '--backend',
      'wasm',
      '--limit',
      `${250 * batch}`,
      '--epochs',
      '1',
      '--batch-size',
      `${batch}`,
      '--latent',
      '4',
      '--filters',
      '8,16,16',
    ];
    const unbroken = await fewshot([...long, '--out', `${learner}/whole/m.safetensors`, '--quiet'], {
      cwd: folder,
    });
    expect(unbroken.code).toBe(0);

    const poll = async (path: string) =>
      (await readdir(path).catch((): string[] => [])).includes('m.checkpoint');
    const broken = await fewshot([...long, '--out', `${learner}/broken/m.safetensors`], {
      cwd: folder,
      onStderr: async (child, text) => {
        if (!text.includes('Backend') || text.includes('Interrupted')) return;
        while (!(await poll(join(folder, learner, 'broken'))))
          await new Promise((resolve) => setTimeout(resolve, 20));
        child.kill('SIGINT');
      },
    });
    expect(broken.code).toBe(130);
    expect(broken.stderr).toMatch(/checkpoint is kept/);
    expect(await readdir(join(folder, learner, 'broken'))).toEqual(['m.checkpoint']);

    const again = await fewshot([...long, '--out', `${learner}/broken/m.safetensors`], { cwd: folder });
    expect(again.code).toBe(2);
    expect(again.stderr).toMatch(/--resume/);

    const otherRun = await fewshot(
      [...long, '--seed', '2', '--resume', '--out', `${learner}/broken/m.safetensors`],
      {
        cwd: folder,
      },
    );
    expect(otherRun.code).toBe(1);
    expect(otherRun.stderr).toMatch(/checkpoint of another training/);

    const resumed = await fewshot([...long, '--resume', '--out', `${learner}/broken/m.safetensors`], {
      cwd: folder,
    });
    expect(resumed.stderr).toMatch(/Resuming after step 200 of 250/);
    expect(resumed.code).toBe(0);
    const digest = async (run: string) =>
      /`([0-9a-f]{64})`/.exec(await readFile(join(folder, learner, run, 'm.md'), 'utf8'))?.[1];
    expect(await digest('broken')).toBe(await digest('whole'));
  },
);
