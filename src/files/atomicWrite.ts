import { constants } from 'node:fs';
import { access, mkdir, open, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, resolve, sep } from 'node:path';
import { FewshotError, UsageError } from '../core/index.js';

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

/** What a system error means, in words. */
export function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return reasons[code] ?? (error instanceof Error ? error.message : String(error));
}

/**
 * Writes a whole file or nothing: beside its place first, flushed to the disk, then renamed. A reader, or a run that
 * starts after a crash, sees the old content or the new one. Content that comes in pieces is never held as a whole.
 */
export async function atomicWrite(
  path: string,
  content: string | Uint8Array | AsyncIterable<string | Uint8Array>,
): Promise<void> {
  const target = resolve(path);
  const beside = `${target}.${process.pid}.tmp`;
  try {
    await mkdir(dirname(target), { recursive: true });
    const file = await open(beside, 'w');
    try {
      await writeFile(file, content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, target);
  } catch (cause) {
    await rm(beside, { force: true }).catch(() => undefined);
    throw new FewshotError(`cannot write ${path}: ${reasonOf(cause)}`, { cause });
  }
}

/**
 * Throws a `UsageError` now rather than after minutes of work when a file could not be written at the end.
 *
 * @param called the file's name in the message
 */
export async function assertWritable(path: string, called = path): Promise<void> {
  const target = resolve(path);
  const refuse = (reason: string, cause?: unknown) =>
    new UsageError(`cannot write ${called}: ${reason}`, { hint: 'Choose another place.', cause });
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
 * Throws a `UsageError` when a file could not be written, or is there already and is not to be replaced.
 *
 * @param hint what to do about one that is there
 */
export async function assertNew(path: string, force: boolean, hint: string): Promise<void> {
  await assertWritable(path);
  if (force || (await stat(path).catch(() => undefined)) === undefined) return;
  throw new UsageError(`${path} exists already`, { hint });
}
