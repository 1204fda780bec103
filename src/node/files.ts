import { constants, copyFileSync, linkSync } from 'node:fs';
import { access, mkdir, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { FewshotError, UsageError } from '../core/errors.js';
import { isRunning } from './processes.js';

const reasons: Record<string, string> = {
  EACCES: 'no permission',
  EPERM: 'no permission',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EEXIST: 'a part of the path is a file, not a folder',
  EISDIR: 'it is a folder',
  ENOENT: 'no such file or folder',
};

/** Reason of a system error, in words. */
export function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return reasons[code] ?? (error instanceof Error ? error.message : String(error));
}

/**
 * Writes a whole file or nothing: a temporary file beside it, flushed to the disk, then renamed. A reader, or a run after a
 * crash, sees the old content or the new one. Content that comes in pieces is never held as a whole.
 */
export async function atomicWrite(
  path: string,
  content: string | Uint8Array | AsyncIterable<string | Uint8Array>,
): Promise<void> {
  const target = resolve(path);
  const temporary = `${target}.${process.pid}.tmp`;
  try {
    await mkdir(dirname(target), { recursive: true });
    const file = await open(temporary, 'w');
    try {
      await writeFile(file, content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, target);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw new FewshotError(`cannot write ${path}: ${reasonOf(cause)}`, { cause });
  }
}

/**
 * Throws a `UsageError` if a file cannot be written: now rather than after minutes of work.
 *
 * @param name the file's name in the message
 */
export async function assertWritable(path: string, name = path): Promise<void> {
  const target = resolve(path);
  const refuse = (reason: string, cause?: unknown) =>
    new UsageError(`cannot write ${name}: ${reason}`, { hint: 'Choose another path.', cause });
  const present = await stat(target).catch(() => undefined);
  if (present?.isDirectory()) throw refuse('it is a folder');
  let folder = dirname(target);
  for (;;) {
    try {
      // The separator at the end tells a folder from a file.
      await access(folder + sep, constants.W_OK | constants.X_OK);
      break;
    } catch (cause) {
      const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
      if (!missing || folder === dirname(folder)) throw refuse(reasonOf(cause), cause);
      folder = dirname(folder);
    }
  }
}

/**
 * Throws a `UsageError` if a file cannot be written, or exists and may not be replaced.
 *
 * @param force allows replacing
 * @param hint next step when it exists
 */
export async function assertNew(path: string, force: boolean, hint: string): Promise<void> {
  await assertWritable(path);
  if (force || (await stat(path).catch(() => undefined)) === undefined) return;
  throw new UsageError(`${path} exists already`, { hint });
}

/**
 * Removes temporary files of `atomicWrite` whose process is gone and whose name begins with that of a path, as
 * `digits.md.4711.tmp` does for `digits`.
 */
export async function removeTemporaryFiles(path: string): Promise<void> {
  const folder = dirname(path);
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    const writer = /^[.-].*\.(\d+)\.tmp$/.exec(name.slice(basename(path).length))?.[1];
    if (writer === undefined || !name.startsWith(basename(path)) || isRunning(Number(writer))) continue;
    await rm(join(folder, name), { force: true });
  }
}

/** Gives a finished file its name. False if there is one of that name: of many that try at once, one succeeds. */
export function linkOnce(temporary: string, target: string): boolean {
  const tries = [
    () => linkSync(temporary, target),
    // For file systems without hard links.
    () => copyFileSync(temporary, target, constants.COPYFILE_EXCL),
  ];
  for (const [i, link] of tries.entries()) {
    try {
      link();
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      if (i === tries.length - 1) throw error;
    }
  }
  return false;
}
