import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fewshotProcess as fewshot, type Outcome } from '../cli/fewshot.js';

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/** The command where no file can grow beyond some KiB, which a program sees like a disk that is full. */
function withRoomFor(kibibytes: number, args: readonly string[]): Promise<Outcome> {
  const command = ['-c', `ulimit -f ${kibibytes}; exec "$@"`, 'bash', process.execPath, main, ...args];
  return new Promise((resolve) => {
    const child = execFile('bash', command, { cwd: folder }, (_, stdout, stderr) =>
      resolve({ code: child.exitCode, stdout, stderr }),
    );
  });
}

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'full-disk-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const filesIn = async (name: string) =>
  (await readdir(join(folder, name), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();

describe.skipIf(process.platform === 'win32')('where there is no more room', { timeout: 180_000 }, () => {
  it('augment names the file, and goes on from what was written once there is', async () => {
    const args = ['augment', '--per-class', '40', '--backend', 'wasm', '--workers', '1', '--quiet'];
    const failed = await withRoomFor(16, [...args, '--out', 'more']);
    expect(failed.stderr).toMatch(/^fewshot: cannot write more\/\.unfinished\/0\.jsonl: EFBIG/);
    expect(failed.code).toBe(1);
    const kept = await filesIn('more');
    expect(kept).toContain('more/.unfinished/plan.json');
    expect(kept.filter((file) => file.endsWith('.png')).length).toBeGreaterThan(0);
    const resumed = await fewshot([...args, '--out', 'more', '--resume'], { cwd: folder });
    expect(resumed.code).toBe(0);
    expect((await fewshot([...args, '--out', 'whole'], { cwd: folder })).code).toBe(0);
    const [more, whole] = [await filesIn('more'), await filesIn('whole')];
    expect(more.map((file) => file.replace('more', 'whole'))).toEqual(whole);
    for (const [i, file] of more.entries()) {
      expect(await readFile(join(folder, file))).toEqual(await readFile(join(folder, whole[i]!)));
    }
  });

  it.each([
    [
      'train',
      ['train', '--limit', '500', '--epochs', '1', '--latent', '4', '--out', 'new.safetensors'],
      'new.checkpoint',
    ],
    [
      'eval',
      [
        'eval',
        '--episodes',
        '1',
        '--queries',
        '2',
        '--arms',
        'none',
        '--classifiers',
        'knn',
        '--out',
        'new.json',
      ],
      'new.json',
    ],
    ['preview', ['preview', '--shots', '2', '--per-class', '2', '--out', 'new.png'], 'new.png'],
  ])('%s names the file, and leaves neither half of it nor a lock', async (_, args, file) => {
    const { code, stderr } = await withRoomFor(1, [...args, '--backend', 'wasm']);
    expect(stderr).toContain(`fewshot: cannot write ${file}: EFBIG`);
    expect(code).toBe(1);
    expect(await filesIn('.')).toEqual([]);
  });
});
