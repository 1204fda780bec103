import { join } from 'node:path';
import { type Catalog, type CatalogImage, storedFile } from './catalog.js';
import { type FolderClass, folderClasses, readFolderFile } from './imageFolder.js';

/** The files of one class. In one string, joined by NUL, a name takes no more memory than its letters. */
interface ListedClass extends Omit<FolderClass, 'paths'> {
  readonly folder: string;
  readonly names: string;
}

/** Lists the images of a folder with one folder a class. See `imageFolder` for the rules. */
export async function folderCatalog(root: string): Promise<Catalog> {
  const classes: ListedClass[] = [];
  let length = 0;
  for await (const { paths, ...about } of folderClasses(root)) {
    const folder = paths[0]!.slice(0, paths[0]!.lastIndexOf('/') + 1);
    classes.push({ ...about, folder, names: paths.map((path) => path.slice(folder.length)).join('\0') });
    length += paths.length;
  }
  return {
    root,
    images: { length, [Symbol.iterator]: () => imagesOf(classes) },
    passedOver: [],
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
