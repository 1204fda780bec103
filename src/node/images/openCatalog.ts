import { lstat, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { DataError, UsageError } from '../../core/errors.js';
import {
  checkFields,
  checkFlag,
  checkText,
  listOf,
  oneAmong,
  optional,
  whole,
} from '../../core/kindChecks.js';
import type { Catalog, CatalogOptions } from './catalog.js';
import { layouts } from './catalog.js';
import { folderCatalog, folderReader } from './folderCatalog.js';
import { idxCatalog, isIdxImages } from './idxCatalog.js';
import { asOnDisk, linkError } from './insidePath.js';
import { metadataCatalog } from './metadataCatalog.js';
import { narrowCatalog } from './narrowCatalog.js';
import { npzCatalog } from './npzCatalog.js';
import { tableCatalog } from './tableCatalog.js';

const hint = 'Name an image folder, a table (.csv, .tsv, .jsonl), an archive of NumPy (.npz) or IDX files.';

/**
 * Opens images of your own: an image folder, a folder of IDX files, or a file: a table in CSV or JSONL, a NumPy archive, or
 * images in the IDX format. No picture is read yet. A folder in which a table `metadata.csv` or `metadata.jsonl` labels the
 * pictures, or one in the folder of each split, is read by its tables.
 *
 * @throws UsageError when there is nothing of that name, or it is of another kind, and for options that fit nothing in it;
 *   DataError naming what is broken in it
 */
export async function openCatalog(path: string, options: CatalogOptions = {}): Promise<Catalog> {
  checkText('the path', path, 'openCatalog');
  checkFields('openCatalog', options, {
    nested: optional(checkFlag),
    levels: optional(whole(1, 16)),
    groupBy: optional(checkText),
    layout: optional(oneAmong(layouts)),
    include: optional(listOf(checkText)),
    exclude: optional(listOf(checkText)),
  });
  return narrowCatalog(await wholeCatalog(await asOnDisk(path), options), options);
}

async function wholeCatalog(path: string, options: CatalogOptions): Promise<Catalog> {
  const about = await lstat(path).catch((cause: unknown) => {
    throw new UsageError(`there are no data at ${path}`, {
      hint,
      cause,
    });
  });
  if (about.isSymbolicLink()) throw linkError(path);
  if (about.isDirectory()) {
    const names = await readdir(path).catch((cause: unknown) => {
      throw new DataError(`cannot read the folder ${path}`, { hint: 'Check that it may be read.', cause });
    });
    const idx = names.filter(isIdxImages).sort();
    if (idx.length === 0) return (await metadataCatalog(path)) ?? folderCatalog(path, options);
    return idxCatalog(
      path,
      idx.map((name) => join(path, name)),
    );
  }
  if (/\.(csv|tsv|tab|jsonl|ndjson)$/i.test(path)) return tableCatalog(path);
  if (/\.npz$/i.test(path)) return npzCatalog(path, options);
  if (isIdxImages(basename(path))) return idxCatalog(path, [path]);
  throw new UsageError(`${path} is no kind of data that is read`, {
    hint: /\.npy$/i.test(path)
      ? 'It holds one array, and labels are needed: save both with numpy.savez(file, images=…, labels=…).'
      : hint,
  });
}

/**
 * Opens images of your own to read some by their names. A folder is not listed, so one that is gone or broken elsewhere
 * gives an error only for an image that cannot be read.
 */
export async function openByName(
  named: string,
  options: CatalogOptions = {},
): Promise<Pick<Catalog, 'read'>> {
  const path = await asOnDisk(named);
  const about = await lstat(path).catch(() => undefined);
  const names = about?.isDirectory() ? await readdir(path).catch(() => []) : [];
  const folder = about === undefined || (about.isDirectory() && !names.some(isIdxImages));
  return folder ? folderReader(path) : openCatalog(path, options);
}
