import { join } from 'node:path';
import { folderClasses, readFolderFile } from '../imageFolder.js';
import type { Catalog, CatalogImage } from './catalog.js';
import { storedFile } from './storedFile.js';

/** The images of a folder with one folder a class. Rules: `imageFolder`. */
export async function folderCatalog(root: string): Promise<Catalog> {
  const images: CatalogImage[] = [];
  for await (const { paths, ...about } of folderClasses(root)) {
    for (const name of paths) images.push({ name, ...about, label: about.label });
  }
  return { root, images, ...folderReader(root) };
}

/** Reads images of a folder by their names, without a look at what else there is. */
export function folderReader(root: string): Pick<Catalog, 'read'> {
  return { read: async (name) => storedFile(await readFolderFile(root, name), join(root, name)) };
}
