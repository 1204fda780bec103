import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DataError } from '../../core/errors.js';
import { composed } from '../../core/names.js';
import type { Catalog, CatalogImage } from './catalog.js';
import type { PassedOver } from './findings.js';
import { folderReader } from './folderCatalog.js';
import { picturesWithin } from './folderClasses.js';
import { type SplitName, splitCalled, splitNames } from './splits.js';
import { labeledTable } from './tableCatalog.js';

const TABLE = /^metadata\.(csv|jsonl)$/i;

/** A table in the folder of a split, or in the root. */
interface Labels {
  /** Path of its folder below the root: empty, or with a slash at its end. */
  readonly below: string;
  readonly table: Catalog;
  readonly split?: SplitName;
}

/**
 * Lists the images of a folder in which tables `metadata.csv` or `metadata.jsonl` give the labels: one in the root, or one in
 * the folder of each split. Hugging Face calls this form of data `imagefolder`. Pictures that no table lists are passed over.
 *
 * @returns `undefined` if there is no such table to learn from, or none with labels
 * @throws DataError naming file and line of what is broken in a table
 */
export async function metadataCatalog(root: string): Promise<Catalog | undefined> {
  const own = await labelsIn(root, '');
  const parts = own === undefined ? await labelsOfSplits(root) : [own];
  if (!parts.some(({ split }) => split === 'train') && own === undefined) return undefined;
  const images = parts.flatMap(({ below, table, split }) =>
    Array.from(table.images, (image): CatalogImage => {
      const name = below + image.name;
      return split === undefined ? image : { ...image, name, split };
    }),
  );
  const listed = new Set(images.map(({ name }) => composed(name)));
  const passedOver: PassedOver[] = [];
  for (const name of await picturesWithin(root)) {
    if (!listed.has(composed(name))) passedOver.push({ name, reason: 'in no table of labels' });
  }
  const notes = parts.flatMap(({ table }) => table.notes ?? []);
  return {
    root,
    images: own === undefined ? images : inSplits(images),
    passedOver,
    notes: [...new Set(notes)],
    ...folderReader(root),
  };
}

/** Images with the splits that their folders name, if they all do. */
function inSplits(images: readonly CatalogImage[]): readonly CatalogImage[] {
  const splitOf = ({ name }: CatalogImage) =>
    name.includes('/') ? splitCalled(name.slice(0, name.indexOf('/'))) : undefined;
  const found = new Set(images.map(splitOf));
  if (found.has(undefined) || !found.has('train') || images.some(({ split }) => split !== undefined))
    return images;
  return splitNames.flatMap((split) =>
    images.filter((image) => splitOf(image) === split).map((image) => ({ ...image, split })),
  );
}

async function labelsOfSplits(root: string): Promise<Labels[]> {
  const entries = await readdir(root, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const parts: Labels[] = [];
  for (const split of splitNames) {
    for (const name of names.filter((folder) => splitCalled(folder) === split).sort()) {
      const found = await labelsIn(root, `${name}/`);
      if (found !== undefined) parts.push({ ...found, split });
    }
  }
  return parts;
}

async function labelsIn(root: string, below: string): Promise<Labels | undefined> {
  const folder = join(root, below);
  const file = (await readdir(folder)).filter((name) => TABLE.test(name)).sort()[0];
  if (file === undefined) return undefined;
  const table =
    (await labeledTable(join(folder, file), { named: true })) ?? (await guessed(join(folder, file)));
  return table === undefined ? undefined : { below, table };
}

/** A table whose column of labels has another name. Where class folders are, it may hold anything. */
async function guessed(file: string): Promise<Catalog | undefined> {
  const table = await labeledTable(file).catch((error: unknown) => {
    if (!(error instanceof DataError)) throw error;
  });
  for (const { name } of table?.images ?? []) if (name.includes('/')) return undefined;
  return table ?? undefined;
}
