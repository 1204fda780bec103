import { lstat, readdir, readFile } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, sep } from 'node:path';
import { DataError } from '../../core/errors.js';
import { composed } from '../../core/names.js';

/**
 * Reads a file below a root, for whose path {@link isInsidePath} holds.
 *
 * @throws DataError naming the file when it is missing, cannot be read, or is reached by a symbolic link
 */
export async function readInside(root: string, path: string): Promise<Uint8Array> {
  const full = join(root, path);
  try {
    let reached = root;
    let isFile = false;
    for (const part of path.split('/')) {
      reached = await entryCalled(reached, part);
      const about = await lstat(reached);
      if (about.isSymbolicLink()) throw linkError(reached);
      isFile = about.isFile();
    }
    if (isFile) return await readFile(reached);
  } catch (cause) {
    if (cause instanceof DataError) throw cause;
    const missing = ['ENOENT', 'ENOTDIR'].includes((cause as NodeJS.ErrnoException).code ?? '');
    throw new DataError(missing ? `${full} is missing` : `cannot read ${full}`, {
      hint: missing ? 'Put it back.' : 'Check that it may be read.',
      cause,
    });
  }
  throw new DataError(`${full} is no file`, { hint: 'Put the image there.' });
}

/**
 * The path as it is on disk. A name such as `café` has two forms, and systems differ in which they keep, so where nothing has
 * the name as it is written, its other form is looked for. A path that is not there stays as it is.
 */
export async function asOnDisk(path: string): Promise<string> {
  if (composed(path) === path.normalize('NFD') || (await isThere(path))) return path;
  const above = dirname(path);
  return above === path ? path : entryCalled(await asOnDisk(above), basename(path));
}

/** The path of a folder's entry; see {@link asOnDisk}. */
async function entryCalled(folder: string, name: string): Promise<string> {
  const given = join(folder, name);
  const forms = [...new Set(['NFC', 'NFD'].map((form) => name.normalize(form)))];
  if (forms.length < 2 || (await isThere(given))) return given;
  for (const form of forms) if (await isThere(join(folder, form))) return join(folder, form);
  // Some have a part in each form.
  const entries = await readdir(folder).catch(() => []);
  const other = entries.sort().find((entry) => composed(entry) === composed(name));
  return other === undefined ? given : join(folder, other);
}

const isThere = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  );

export const linkError = (path: string) =>
  new DataError(`${path} is a symbolic link, which is not followed`, {
    hint: 'Put the file or folder itself there.',
  });

/** True for `<class>/<file>`, which can only lead into a folder of the root. */
export function isFolderPath(path: string): boolean {
  return path.split('/').length === 2 && isInsidePath(path);
}

/** True for a label that can be the name of a class's folder, as every class has one in what is written. */
export function isFolderName(label: string): boolean {
  return isPlainName(label) && !label.includes('/') && !label.startsWith('.') && label.length <= 200;
}

/** True for a path that leads from a folder to something below it, on every system. */
export function isInsidePath(path: string): boolean {
  return !isAbsolute(path) && path.split('/').every(isPlainName);
}

/** True for a text that can only be a name within a folder. */
export function isPlainName(part: string): boolean {
  return part !== '' && part !== '.' && part !== '..' && !part.includes('\0') && !part.includes(sep);
}
