import { constants, readFileSync } from 'node:fs';
import { access, mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { FewshotError, UsageError } from '../core/errors.js';

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

/** Whether a process is there, ours or not. */
export function runs(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/**
 * When a process began, in clock ticks since the machine did: it tells a process from a later one of the same number. Of one
 * that was killed and still waits for its parent to notice, `ended`. Undefined where the system does not say (only Linux does).
 */
export function startOf(pid: number): string | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in brackets, which may hold spaces and brackets itself.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? 'ended' : fields[19];
  } catch {
    return undefined;
  }
}

/**
 * Removes what writers that were killed left beside a place: temporary files of `atomicWrite` whose process is gone and
 * whose name begins with that of the place, as `digits.md.4711.tmp` does for `digits`.
 */
export async function removeLeftovers(place: string): Promise<void> {
  const folder = dirname(place);
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    const writer = /^[.-].*\.(\d+)\.tmp$/.exec(name.slice(basename(place).length))?.[1];
    if (writer === undefined || !name.startsWith(basename(place)) || runs(Number(writer))) continue;
    await rm(join(folder, name), { force: true });
  }
}

/**
 * What `make` gives, kept in a file of the folder under the name and the key, so that a run that was cut off goes on after
 * it. The key says all that the value depends on; both are made of what JSON can hold.
 */
export type Keep = <Value>(name: string, key: unknown, make: () => Promise<Value>) => Promise<Value>;

/** Finished parts of a long work, in a folder. A file that is damaged or of another key is made anew. */
export function keptParts(folder: string): Keep {
  return async (name, key, make) => {
    const file = join(folder, `${name}.json`);
    const text = JSON.stringify(key);
    const kept = await readFile(file, 'utf8')
      .then((found) => {
        const { key, value } = JSON.parse(found);
        return { key: JSON.parse(key), value };
      })
      .catch(() => undefined);
    // In whatever order the properties of the key came to stand.
    if (kept !== undefined && isDeepStrictEqual(kept.key, JSON.parse(text))) return kept.value;
    await removeLeftovers(join(folder, name));
    const value = await make();
    await atomicWrite(file, JSON.stringify({ key: text, value }));
    return value;
  };
}
