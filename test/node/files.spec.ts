import { spawnSync } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { describe, expect, it, vi } from 'vitest';
import { FewshotError, UsageError } from '../../src/core/errors.js';
import { assertWritable, atomicWrite, removeTemporaryFiles } from '../../src/node/files.js';
import { ownFolder } from './folder.js';

/** While `failing` holds a code, nothing reaches the disk. */
const disk = vi.hoisted(() => ({ failing: undefined as string | undefined }));
vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>();
  return {
    ...real,
    async open(...args: Parameters<typeof real.open>) {
      const file = await real.open(...args);
      if (disk.failing === undefined) return file;
      const code = disk.failing;
      return Object.assign(file, {
        sync: () => Promise.reject(Object.assign(new Error('from the disk'), { code })),
      });
    },
  };
});

const at = ownFolder();

describe('atomicWrite', () => {
  it('writes text and bytes, into folders that it makes', async () => {
    await atomicWrite(at('a', 'b', 'text'), 'grüße');
    await atomicWrite(at('bytes'), Uint8Array.of(0, 255, 7));
    expect(await readFile(at('a', 'b', 'text'), 'utf8')).toBe('grüße');
    expect([...(await readFile(at('bytes')))]).toEqual([0, 255, 7]);
    expect((await readdir(at(''))).sort()).toEqual(['a', 'bytes']);
    expect(await readdir(at('a', 'b'))).toEqual(['text']);
  });

  it('writes content in pieces, or nothing if their source fails', async () => {
    async function* pieces(fails: boolean) {
      yield 'grü';
      yield Buffer.from('ße\n');
      if (fails) throw new Error('no more');
    }
    await atomicWrite(at('pieces'), pieces(false));
    await expect(atomicWrite(at('pieces'), pieces(true))).rejects.toThrow(/cannot write .*pieces: no more/);
    expect(await readFile(at('pieces'), 'utf8')).toBe('grüße\n');
    expect(await readdir(at(''))).toEqual(['pieces']);
  });

  it('replaces the old content, longer or not', async () => {
    await writeFile(at('file'), 'a long old content');
    await atomicWrite(at('file'), 'new');
    expect(await readFile(at('file'), 'utf8')).toBe('new');
    expect(await readdir(at(''))).toEqual(['file']);
  });

  it('leaves the old content and nothing else when the disk fails, and gives the reason', async () => {
    await writeFile(at('file'), 'old');
    disk.failing = 'ENOSPC';
    try {
      await expect(atomicWrite(at('file'), 'new')).rejects.toThrow(
        expect.objectContaining({
          constructor: FewshotError,
          message: expect.stringMatching(/the disk is full$/),
        }),
      );
    } finally {
      disk.failing = undefined;
    }
    expect(await readFile(at('file'), 'utf8')).toBe('old');
    expect(await readdir(at(''))).toEqual(['file']);
  });

  it('leaves a folder of that name as it was', async () => {
    await mkdir(at('target'));
    await writeFile(at('target', 'inside'), 'kept');
    await expect(atomicWrite(at('target'), 'new')).rejects.toThrow(/^cannot write .*target: it is a folder$/);
    expect(await readdir(at(''))).toEqual(['target']);
    expect(await readFile(at('target', 'inside'), 'utf8')).toBe('kept');
  });

  it.each([
    ['file', 'child'],
    ['file', 'deep', 'child'],
  ])('reports that %s is a file, not a folder', async (...parts) => {
    await writeFile(at('file'), 'kept');
    await expect(atomicWrite(at(...parts), 'new')).rejects.toThrow(
      /a part of the path is a file, not a folder/,
    );
    expect(await readdir(at(''))).toEqual(['file']);
    expect(await readFile(at('file'), 'utf8')).toBe('kept');
  });
});

describe('assertWritable', () => {
  it('accepts a new file, one in folders that do not exist yet, and an existing file', async () => {
    await writeFile(at('there'), '');
    await assertWritable(at('new'));
    await assertWritable(at('a', 'b', 'c', 'new'));
    await assertWritable(at('there'));
    expect(await readdir(at('')), 'and makes nothing').toEqual(['there']);
  });

  it('refuses a folder', async () => {
    await mkdir(at('folder'));
    await expect(assertWritable(at('folder'))).rejects.toThrow(UsageError);
    await expect(assertWritable(at('folder'))).rejects.toThrow(/it is a folder/);
  });

  it.each([0o644, 0o755])('refuses a path below a file (mode %o)', async (mode) => {
    await writeFile(at('file'), '', { mode });
    for (const path of [at('file', 'new'), at('file', 'a', 'new')]) {
      await expect(assertWritable(path)).rejects.toThrow(UsageError);
      await expect(assertWritable(path)).rejects.toThrow(/a part of the path is a file, not a folder/);
    }
  });

  // The superuser may write anywhere.
  it.skipIf(process.getuid?.() === 0)('refuses a folder without permission', async () => {
    await mkdir(at('locked'), { mode: 0o555 });
    await expect(assertWritable(at('locked', 'new'))).rejects.toThrow(/no permission/);
  });
});

describe('removeTemporaryFiles', () => {
  /** Id of a process that has ended. */
  const gone = spawnSync(process.execPath, ['--version']).pid;

  it('removes temporary files of processes that are gone, and nothing else', async () => {
    const stay = [
      'digits.md',
      'digits.safetensors',
      // Of a writer that is at work, of another path, and of another program.
      `digits.md.${process.pid}.tmp`,
      `faces.md.${gone}.tmp`,
      `mydigits.md.${gone}.tmp`,
      `digits2.md.${gone}.tmp`,
      'digits.tmp',
      `digits.${gone}.txt`,
    ];
    const go = [`digits.md.${gone}.tmp`, `digits.checkpoint.${gone}.tmp`, `digits-1-7.svg.${gone}.tmp`];
    for (const name of [...stay, ...go]) await writeFile(at(name), '');
    await removeTemporaryFiles(at('digits'));
    expect(await readdir(at(''))).toEqual(stay.sort());
  });

  it('accepts a folder that does not exist', async () => {
    await removeTemporaryFiles(at('not', 'there'));
    expect(await readdir(at(''))).toEqual([]);
  });
});
