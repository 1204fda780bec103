import { lstat, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { DataError, UsageError } from '../../core/errors.js';
import type { Catalog } from './catalog.js';
import { folderCatalog, folderReader } from './folderCatalog.js';
import { idxCatalog, isIdxImages } from './idxCatalog.js';
import { linkError } from './imageFolder.js';
import { npzCatalog } from './npzCatalog.js';
import { tableCatalog } from './tableCatalog.js';

/**
 * Opens somebody's images: an image folder, a folder of IDX files, or a file: a table in CSV or JSONL, an archive of
 * NumPy, images in the IDX format. No picture is read yet.
 *
 * @throws UsageError when there is nothing of that name or it is of no such kind; DataError naming what is broken in it
 */
export async function openCatalog(path: string): Promise<Catalog> {
  const about = await lstat(path).catch((cause: unknown) => {
    throw new UsageError(`there are no data at ${path}`, {
      hint: 'Name an image folder, a table (.csv, .jsonl), an archive of NumPy (.npz) or IDX files.',
      cause,
    });
  });
  if (about.isSymbolicLink()) throw linkError(path);
  if (about.isDirectory()) {
    const names = await readdir(path).catch((cause: unknown) => {
      throw new DataError(`cannot read the folder ${path}`, { hint: 'Check that it may be read.', cause });
    });
    const idx = names.filter(isIdxImages).sort();
    return idx.length > 0
      ? idxCatalog(
          path,
          idx.map((name) => join(path, name)),
        )
      : folderCatalog(path);
  }
  if (/\.(csv|jsonl|ndjson)$/i.test(path)) return tableCatalog(path);
  if (/\.npz$/i.test(path)) return npzCatalog(path);
  if (isIdxImages(basename(path))) return idxCatalog(path, [path]);
  throw new UsageError(`${path} is no kind of data that is read`, {
    hint: 'Name an image folder, a table (.csv, .jsonl), an archive of NumPy (.npz) or IDX files.',
  });
}

/**
 * Opens somebody's images to read some by their names. Of a folder nothing is listed, so that one which is gone or broken elsewhere is
 * noticed with the image alone.
 */
export async function openByName(path: string): Promise<Pick<Catalog, 'read'>> {
  const about = await lstat(path).catch(() => undefined);
  const names = about?.isDirectory() ? await readdir(path).catch(() => []) : [];
  const folder = about === undefined || (about.isDirectory() && !names.some(isIdxImages));
  return folder ? folderReader(path) : openCatalog(path);
}
