import { lstat, readFile } from 'node:fs/promises';
import { isAbsolute, join, sep } from 'node:path';
import { DataError } from '../../core/errors.js';

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
      reached = join(reached, part);
      const about = await lstat(reached);
      if (about.isSymbolicLink()) throw linkError(reached);
      isFile = about.isFile();
    }
    if (isFile) return await readFile(full);
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
