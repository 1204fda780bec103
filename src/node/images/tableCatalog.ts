import { readdirSync, realpathSync } from 'node:fs';
import { lstat, readFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { DataError } from '../../core/errors.js';
import { trimmed } from '../../core/names.js';
import { isPictureName } from '../../data/fileKinds.js';
import { bitOf, findColumns, NoLabelsError, type TableColumns } from '../../data/tableColumns.js';
import { readCsv, readJsonLines, tableText } from '../../data/tableRows.js';
import { type Catalog, type CatalogImage, labelOf, sameNumbers, storedFile } from './catalog.js';
import { isInsidePath, readInside } from './insidePath.js';
import { type SplitName, splitCalled } from './splits.js';

/** Largest table that is read: a million rows take about 50 MB. */
const MOST_BYTES = 2 ** 28;
/** Most files that are looked for before a table counts as one of other files. */
const MOST_MISSING = 1000;

interface TableOptions {
  /** Take labels from a column only that is called so. Default: the only one beside the paths will do. */
  readonly named?: boolean;
}

type TableImage = { -readonly [Key in keyof CatalogImage]: CatalogImage[Key] };

/**
 * Lists the images that a table names: CSV with a header, or JSON Lines. Its columns are `path`, `label` and, if the data are
 * split, `split`; images of one `group` are never cut apart. See `findColumns` for other names. Paths are relative to the
 * table's folder and stay in it. Images keep the order of the rows. Other columns are ignored. A manifest of `fewshot augment`
 * is a table too.
 *
 * @throws DataError naming file and line: a column that is missing or there twice, an unusable label, a path that leaves the
 *   folder, a file that is listed twice; naming the file: an empty table, or one whose files are all missing
 */
export async function tableCatalog(file: string, options: TableOptions = {}): Promise<Catalog> {
  const text = await readTable(file);
  const root = dirname(file);
  const rows = imagesOf(root, file, options);
  if (/\.(jsonl|ndjson)$/i.test(file)) readJsonLines(text, file, rows.useObject);
  else readCsv(text, file, rows.useFields);
  const { images, notes } = rows.end();
  await assertSomeThere(images, root, file);
  return {
    root: file,
    images,
    passedOver: [],
    notes,
    read: async (name) => {
      if (!isInsidePath(name)) throw leadsOut(name, file, root);
      return storedFile(await readInside(root, name), join(root, name));
    },
  };
}

/** The catalog of a table, or `undefined` if it has no column of paths, none of labels, or none of its files is there. */
export async function labeledTable(file: string, options: TableOptions = {}): Promise<Catalog | undefined> {
  try {
    return await tableCatalog(file, options);
  } catch (error) {
    if (error instanceof NoLabelsError) return undefined;
    throw error;
  }
}

async function readTable(file: string): Promise<string> {
  const refuse = (reason: string, cause?: unknown) =>
    new DataError(`cannot read ${file}: ${reason}`, { hint: 'Name a table in CSV or JSONL.', cause });
  try {
    const { size } = await lstat(file);
    if (size > MOST_BYTES) throw refuse(`it has ${size} bytes, but up to ${MOST_BYTES} are read`);
    return tableText(await readFile(file), file);
  } catch (cause) {
    throw cause instanceof DataError ? cause : refuse((cause as Error).message, cause);
  }
}

/** Makes images of the rows of a table. */
function imagesOf(root: string, file: string, { named = false }: TableOptions) {
  const images: TableImage[] = [];
  const lines = new Map<string, number>();
  const notes = new Set<string>();
  const pathOf = pathsIn(root);
  const labels = new Map<unknown, string>();
  const splits = new Map<unknown, SplitName>();
  let [header, headerLine]: [readonly string[] | undefined, string] = [undefined, ''];
  let columns: TableColumns | undefined;
  let keys: string | undefined;

  const find = (names: readonly string[], values: readonly unknown[], where: string) => {
    const found = findColumns(names, values, where, (value) => splitOf(value) !== undefined);
    if (found.note !== undefined) notes.add(found.note);
    if (found.note === undefined || !named) return found;
    throw new NoLabelsError(`${where}: no column is called label`, {
      hint: 'Name the columns in the first line.',
    });
  };

  const use = (
    values: readonly unknown[],
    line: number,
    at: TableColumns,
    names: readonly string[],
  ): void => {
    const where = `${file}, line ${line}`;
    const name = pathOf(values[at.path], where);
    const listed = lines.get(name);
    if (listed !== undefined) {
      throw new DataError(`${where}: ${name} is listed twice, first in line ${listed}`, {
        hint: 'List each file once.',
      });
    }
    lines.set(name, line);
    const value = typeof at.label === 'number' ? values[at.label] : oneHot(values, at.label, names, where);
    let label = labels.get(value);
    if (label === undefined) {
      label = labelOf(value, where);
      labels.set(value, label);
    }
    const image: TableImage = { name, label };
    if (at.split !== undefined && !isEmpty(values[at.split])) {
      const word = values[at.split];
      const split = splits.get(word) ?? splitOf(word);
      if (split === undefined) throw noSplit(word, where);
      splits.set(word, split);
      image.split = split;
    }
    if (at.group !== undefined && !isEmpty(values[at.group])) image.group = trimmed(String(values[at.group]));
    images.push(image);
  };

  return {
    useFields(fields: readonly string[], line: number): void {
      const where = `${file}, line ${line}`;
      if (header === undefined) {
        const own = withoutLast(fields);
        [header, headerLine] = [own, where];
        if (!isHeaderless(own)) return;
        header = ['path', 'label', 'split'].slice(0, own.length);
        notes.add(`The first line names no columns, so they are read as ${header.join(', ')}`);
      }
      const values = withoutLast(fields, header.length);
      columns ??= find(header, values, headerLine);
      if (values.length !== header.length) {
        throw new DataError(`${where}: ${values.length} fields, but ${header.length} columns`, {
          hint: 'Put quotation marks around fields that hold what separates fields.',
        });
      }
      use(values, line, columns, header);
    },
    useObject(row: Readonly<Record<string, unknown>>, line: number): void {
      const names = Object.keys(row);
      const values = Object.values(row);
      const own = names.join('\0');
      if (columns === undefined || own !== keys) columns = find(names, values, `${file}, line ${line}`);
      keys = own;
      use(values, line, columns, names);
    },
    end() {
      if (images.length === 0) {
        if (header !== undefined) find(header, [], headerLine);
        throw new DataError(`${file} lists no images`, { hint: 'Write a line for each image.' });
      }
      assertSplits(images, file);
      const same = sameNumbers(images.map(({ label }) => label));
      if (same !== undefined) for (const image of images) image.label = same.get(image.label)!;
      const note = noteOnCase(images);
      return { images, notes: [...notes, ...(note === undefined ? [] : [note])] };
    },
  };
}

/** Fields without empty ones at the end, of which `least` are kept. */
function withoutLast(fields: readonly string[], least = 1): readonly string[] {
  let { length } = fields;
  while (length > least && trimmed(fields[length - 1]!) === '') length--;
  return length === fields.length ? fields : fields.slice(0, length);
}

/** True for a first row that is one of values: a picture, a label, perhaps a split. */
const isHeaderless = (fields: readonly string[]): boolean =>
  (fields.length === 2 || (fields.length === 3 && splitOf(fields[2]) !== undefined)) &&
  isPictureName(trimmed(fields[0]!));

const isEmpty = (value: unknown) => value === undefined || value === null || trimmed(String(value)) === '';

const splitOf = (value: unknown): SplitName | undefined =>
  typeof value === 'string' ? splitCalled(value) : undefined;

const noSplit = (value: unknown, where: string) =>
  new DataError(`${where}: split: ${JSON.stringify(value).slice(0, 80)} is none of train, val, test`, {
    hint: 'Write train, val or test in every row, or leave the column out.',
  });

/** The name of the one column that holds 1. */
function oneHot(
  values: readonly unknown[],
  columns: readonly number[],
  names: readonly string[],
  where: string,
): string {
  const bits = columns.map((column) => bitOf(values[column]));
  const ones = columns.filter((_, i) => bits[i] === 1);
  if (ones.length === 1 && !bits.includes(undefined)) return names[ones[0]!]!;
  const odd = bits.indexOf(undefined);
  const found =
    odd < 0
      ? `${ones.length} of the columns of classes hold 1`
      : `the column ${names[columns[odd]!]} holds ${JSON.stringify(values[columns[odd]!])?.slice(0, 40)}, not 0 or 1`;
  throw new DataError(`${where}: ${found}`, {
    hint: 'An image has one class: a 1 in its column and 0 in the others, or its name in a column label.',
  });
}

/** A note on classes whose names differ in nothing but case. */
function noteOnCase(images: readonly CatalogImage[]): string | undefined {
  const byCase = new Map<string, Set<string>>();
  for (const label of new Set(images.map((image) => image.label))) {
    const key = label.toLowerCase();
    byCase.set(key, (byCase.get(key) ?? new Set()).add(label));
  }
  const alike = [...byCase.values()].filter(({ size }) => size > 1).map((own) => [...own].join(' and '));
  if (alike.length === 0) return undefined;
  return `Classes that differ in case only are kept apart: ${alike.slice(0, 5).join('; ')}`;
}

/** Makes of what people write as paths those below a folder, with slashes. */
function pathsIn(root: string): (value: unknown, where: string) => string {
  const base = resolve(root);
  const listings = new Map<string, ReadonlySet<string>>();
  // Most names have nothing odd in them, so only few folders are listed.
  const isThere = (path: string): boolean => {
    if (!isInsidePath(path)) return false;
    const folder = dirname(path);
    let names = listings.get(folder);
    if (names === undefined) {
      names = new Set(listed(join(base, folder)));
      listings.set(folder, names);
    }
    return names.has(path.slice(folder === '.' ? 0 : folder.length + 1));
  };

  return (value, where) => {
    if (typeof value !== 'string' || trimmed(value) === '') {
      throw new DataError(`${where}: path: ${isEmpty(value) ? 'it is empty' : 'it is no text'}`, {
        hint: 'Name the file of an image in every row.',
      });
    }
    const path = trimmed(value);
    if (path === value && !path.includes('\\') && isPlain(path)) return path;
    for (const asWritten of [value, path]) if (isThere(asWritten)) return asWritten;
    const slashed = path.replaceAll('\\', '/');
    if (/^[a-z][\w+.-]+:\/\//i.test(slashed)) {
      throw new DataError(`${where}: ${path.slice(0, 200)} is an address, not a file`, {
        hint: 'Download the images, and write where they lie below the table’s folder.',
      });
    }
    if (isPlain(slashed)) return slashed;
    const below = insideOf(base, slashed) ?? insideOf(realOf(base), slashed);
    if (below === undefined) throw leadsOut(path, where, root);
    return below;
  };
}

/** True for a path that needs no change to be one below a folder. */
const isPlain = (path: string) => isInsidePath(path) && !/^[a-z]:/i.test(path);

function insideOf(base: string, path: string): string | undefined {
  const below = relative(base, resolve(base, path)).split(sep).join('/');
  const drive = sep === '/' && /^[a-z]:\//i.test(path);
  return !drive && isInsidePath(below) && !isAbsolute(below) ? below : undefined;
}

function realOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function listed(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

const leadsOut = (path: string, where: string, root: string) =>
  new DataError(
    `${where}: the path ${JSON.stringify(path).slice(0, 200)} does not lead to a file in the table’s folder, ${resolve(root)}`,
    { hint: 'Put the table into a folder that all images lie below, and write paths relative to it.' },
  );

function assertSplits(images: readonly CatalogImage[], file: string): void {
  const splits = new Set<SplitName | undefined>(images.map(({ split }) => split));
  if (splits.size === 1 && splits.has(undefined)) return;
  if (splits.has(undefined)) {
    const { name } = images.find(({ split }) => split === undefined)!;
    throw new DataError(`${file}: ${name} is in no split, but others are`, {
      hint: 'Give every row one of train, val, test, or give none of them a split.',
    });
  }
  if (splits.has('train')) return;
  throw new DataError(`${file} lists no images of the split train`, {
    hint: 'Mark the images to learn from as train.',
  });
}

/** Throws a `DataError` if the files of a table lie elsewhere. Single ones that are missing are told when they are read. */
async function assertSomeThere(images: readonly CatalogImage[], root: string, file: string): Promise<void> {
  const looked = images.slice(0, MOST_MISSING);
  for (const { name } of looked) {
    const error = await readInside(root, name).then(
      () => undefined,
      (reason: DataError) => reason,
    );
    const { code } = (error?.cause ?? {}) as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTDIR') return;
  }
  const which = looked.length === images.length ? 'its' : `its first ${looked.length}`;
  throw new NoLabelsError(
    `${file}: none of ${which} files is there, such as ${join(root, images[0]!.name)}`,
    {
      hint: 'Paths are relative to the table’s folder. Put the table where they begin.',
    },
  );
}
