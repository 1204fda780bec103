import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TASK_SIZE } from '../../src/cli/produce/augment/workshop.js';
import { fewshotProcess as fewshot } from '../cli/fewshot.js';
import { folderWithPhotos, KILLS, killAgainAndAgain, removeFolder } from './killing.js';

/** A run that is killed seldom finishes more of them than one. */
const tasks = KILLS + 4;

let folder: string;
beforeAll(async () => {
  folder = await folderWithPhotos();
  const size = ['--size', '16', '--filters', '8,8', '--latent', '8', '--epochs', '1'];
  const trained = await fewshot(
    ['train', '--data', 'photos', '--out', 'own.safetensors', ...size, '--quiet'],
    {
      cwd: folder,
      env: { FEWSHOT_BACKEND: 'wasm' },
    },
  );
  expect(trained.code, trained.stderr).toBe(0);
});
afterAll(() => removeFolder(folder));

/** How many tasks of a run are done. */
async function tasksDone(out: string): Promise<number> {
  const names = await readdir(join(folder, out, '.unfinished')).catch(() => []);
  return names.filter((name) => /^\d+\.jsonl$/.test(name)).length;
}

/** Every file below a folder, with its bytes. */
async function contentOf(name: string): Promise<Map<string, string>> {
  const entries = await readdir(join(folder, name), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const contents = await Promise.all(files.map((file) => readFile(file, 'latin1')));
  return new Map(files.map((file, i) => [file.slice(join(folder, name).length), contents[i]!]));
}

it.each([
  ['mnist', 10, ['--model', 'mnist']],
  ['photos', 8, ['--model', './own.safetensors', '--fit', 'crop']],
])(
  'ends with the files of an unbroken run on %s after kills at random times, and with no others',
  async (data, classes, flags) => {
    const perClass = Math.ceil((tasks * TASK_SIZE) / classes);
    const args = ['augment', '--backend', 'wasm', '--data', data, ...flags, '--per-class', String(perClass)];
    args.push('--workers', '2', '--quiet');
    const [killed, whole] = [`${data}-killed`, `${data}-whole`];
    const resumed = [...args, '--resume', '--out', killed];
    let done = 0;
    await killAgainAndAgain(
      resumed,
      folder,
      async (signal) => {
        while (!signal.aborted && (await tasksDone(killed)) === done) await sleep(5);
      },
      async (sure) => {
        const reached = await tasksDone(killed);
        expect(reached).toBeGreaterThanOrEqual(sure ? done + 1 : done);
        done = reached;
      },
    );
    const last = await fewshot(resumed, { cwd: folder });
    expect(last.stderr).toBe('');
    expect(last.code).toBe(0);
    expect((await fewshot([...args, '--out', whole], { cwd: folder })).code).toBe(0);
    const [found, expected] = [await contentOf(killed), await contentOf(whole)];
    expect(expected.size).toBe(classes * perClass + 1);
    expect([...found.keys()].sort()).toEqual([...expected.keys()].sort());
    expect([...found].filter(([file, bytes]) => expected.get(file) !== bytes)).toEqual([]);
  },
);
