import { join } from 'node:path';
import { type Catalog, type CatalogImage, type CatalogOptions, storedFile } from './catalog.js';
import type { PassedOver } from './findings.js';
import { type FolderClass, folderClasses } from './folderClasses.js';
import { readFolderFile } from './imageFolder.js';

/** The files of one class. In one string, joined by NUL, a name takes no more memory than its letters. */
interface ListedClass extends Omit<FolderClass, 'files'> {
  readonly names: string;
}

/** Lists the images of a folder with one folder a class, or with folders in it that hold those of classes. See `imageFolder` for the rules. */
export async function folderCatalog(
  root: string,
  { nested, levels }: Pick<CatalogOptions, 'nested' | 'levels'> = {},
): Promise<Catalog> {
  const classes: ListedClass[] = [];
  const passedOver: PassedOver[] = [];
  let length = 0;
  const listing = folderClasses(root, { nested, levels, onPassedOver: (file) => passedOver.push(file) });
  for await (const { files, ...about } of listing) {
    classes.push({ ...about, names: files.join('\0') });
    length += files.length;
  }
  return {
    root,
    images: { length, [Symbol.iterator]: () => imagesOf(classes) },
    passedOver,
    ...folderReader(root),
  };
}

function* imagesOf(classes: readonly ListedClass[]): Generator<CatalogImage, void, undefined> {
  for (const { folder, names, ...about } of classes) {
    for (let start = 0, end = 0; end < names.length; start = end + 1) {
      end = names.indexOf('\0', start);
      if (end < 0) end = names.length;
      yield { name: folder + names.slice(start, end), ...about };
    }
  }
}

/** Reads images of a folder by their names, without listing the folder. */
export function folderReader(root: string): Pick<Catalog, 'read'> {
  return { read: async (name) => storedFile(await readFolderFile(root, name), join(root, name)) };
}
