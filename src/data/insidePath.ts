import { lstat, readFile } from 'node:fs/promises';
import { isAbsolute, join, sep } from 'node:path';
import { DataError } from '../core/index.js';

/** Whether a text leads from a folder to something below it, part by part, and nowhere else on any system. */
export function isInsidePath(path: string): boolean {
  return !isAbsolute(path) && path.split('/').every(isPlainName);
}

/** Whether a text can only be the name of something in a folder. */
export function isPlainName(part: string): boolean {
  return part !== '' && part !== '.' && part !== '..' && !part.includes('\0') && !part.includes(sep);
}

/**
 * The bytes of a file below a root, for which {@link isInsidePath} holds.
 *
 * @throws DataError naming the file when it is missing, cannot be read, or is reached by a symbolic link
 */
export async function readInside(root: string, path: string): Promise<Uint8Array> {
  const full = join(root, path);
  try {
    let place = root;
    let isFile = false;
    for (const part of path.split('/')) {
      place = join(place, part);
      const about = await lstat(place);
      if (about.isSymbolicLink()) throw linkError(place);
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
