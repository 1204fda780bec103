import { lstat, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import { DataError } from '../../core/errors.js';
import { assertLabel, type Catalog, type CatalogImage, storedFile } from './catalog.js';
import { isInsidePath, readInside, type SplitName, splitNames } from './imageFolder.js';

/** Most characters of a field: longer ones are a missing quotation mark rather than a name. */
const LONGEST = 10_000;

/** A row of a CSV file and the line that it begins on, counted from 1. */
export interface CsvRow {
  readonly line: number;
  readonly fields: readonly string[];
}

/**
 * The rows of a CSV text as RFC 4180 has them: commas, quotation marks around fields that hold some, doubled where they
 * stand for themselves. Empty lines are passed over.
 *
 * @param name the file, for messages
 * @throws DataError naming file and line for a quotation mark out of place or a field without end
 */
export function* csvRows(text: string, name: string): Generator<CsvRow> {
  const refuse = (line: number, what: string) =>
    new DataError(`${name}, line ${line}: ${what}`, {
      hint: 'Save it as CSV with commas, as RFC 4180 says.',
    });
  let line = 1;
  let at = text.startsWith('\uFEFF') ? 1 : 0;
  while (at < text.length) {
    const begun = line;
    const fields: string[] = [];
    for (;;) {
      let field = '';
      if (text[at] === '"') {
        for (;;) {
          const end = text.indexOf('"', at + 1);
          if (end < 0 || end - at > LONGEST) throw refuse(begun, 'a quoted field does not end');
          field += text.slice(at + 1, end);
          at = end + 1;
          if (text[at] !== '"') break;
          field += '"';
        }
        line += field.split('\n').length - 1;
        if (at < text.length && !',\r\n'.includes(text[at]!)) {
          throw refuse(begun, 'something follows a quoted field');
        }
      } else {
        const start = at;
        while (at < text.length && !',\r\n'.includes(text[at]!)) at++;
        field = text.slice(start, at);
        if (field.length > LONGEST) throw refuse(begun, 'a field is too long');
        if (field.includes('"')) throw refuse(begun, 'a quotation mark stands within a field without them');
      }
      fields.push(field);
      if (text[at] !== ',') break;
      at++;
    }
    if (text[at] === '\r') at++;
    if (text[at] === '\n') at++;
    line++;
    if (fields.length > 1 || fields[0] !== '') yield { line: begun, fields };
  }
}

/** Largest table that is read: a million rows take about 50 MB. */
const MOST_BYTES = 2 ** 28;
/** Longest line of a JSONL table, so that nesting has a limit too. */
const LONGEST_LINE = 2 ** 16;

/** One row, wherever it is from. */
const rowSchema = v.object({
  path: v.pipe(v.string(), v.nonEmpty()),
  label: v.pipe(
    v.union([v.string(), v.pipe(v.number(), v.finite())], 'a label is a text or a number'),
    v.transform(String),
  ),
  split: v.nullish(v.union([v.literal(''), v.picklist(splitNames)])),
});

interface Row {
  readonly line: number;
  readonly value: unknown;
}

/**
 * The images that a table lists: a CSV file with a header, or JSON, one object a line, with the columns `path`, `label`
 * and, if the data are split, `split` (`train`, `val` or `test`). Paths are relative to the table's folder and lead
 * nowhere but down from it. The order is that of the lines. Other columns are left alone, and lines of JSON that have a
 * `schema` instead of a `path`, so that a manifest of `fewshot augment` is such a table.
 *
 * @throws DataError naming file and line: no such column, an empty or unusable label, a path that leads out, a file that
 *   is listed twice, a table of nothing
 */
export async function tableCatalog(file: string): Promise<Catalog> {
  const text = await readTable(file);
  const rows = /\.csv$/i.test(file) ? rowsOfCsv(text, file) : rowsOfJsonLines(text, file);
  const root = dirname(file);
  const images: CatalogImage[] = [];
  const seen = new Set<string>();
  for (const { line, value } of rows) {
    const where = `${file}, line ${line}`;
    const image = imageOf(value, where);
    if (seen.has(image.name)) {
      throw new DataError(`${where}: ${image.name} is listed twice`, { hint: 'List each file once.' });
    }
    seen.add(image.name);
    images.push(image);
  }
  assertSplits(images, file);
  return {
    root: file,
    images,
    read: async (name) => {
      if (!isInsidePath(name)) throw leadsOut(name, file);
      return storedFile(await readInside(root, name), join(root, name));
    },
  };
}

async function readTable(file: string): Promise<string> {
  const refuse = (reason: string, cause?: unknown) =>
    new DataError(`cannot read ${file}: ${reason}`, { hint: 'Name a table in CSV or JSONL.', cause });
  try {
    const { size } = await lstat(file);
    if (size > MOST_BYTES) throw refuse(`it has ${size} bytes, but up to ${MOST_BYTES} are read`);
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(file));
  } catch (cause) {
    if (cause instanceof DataError) throw cause;
    throw cause instanceof TypeError
      ? refuse('it is not UTF-8', cause)
      : refuse((cause as Error).message, cause);
  }
}

function* rowsOfCsv(text: string, file: string): Generator<Row> {
  let header: readonly string[] | undefined;
  for (const { line, fields } of csvRows(text, file)) {
    if (header === undefined) {
      header = fields.map((field) => field.trim().toLowerCase());
      const missing = ['path', 'label'].find((name) => !header!.includes(name));
      if (missing === undefined) continue;
      throw new DataError(`${file}, line ${line}: there is no column ${missing}`, {
        hint: 'The first line names the columns: path,label or path,label,split.',
      });
    }
    if (fields.length !== header.length) {
      throw new DataError(`${file}, line ${line}: ${fields.length} fields, but ${header.length} columns`, {
        hint: 'Put quotation marks around fields that hold a comma.',
      });
    }
    const own = new Map(header.map((name, column) => [name, fields[column]!]));
    yield { line, value: { path: own.get('path'), label: own.get('label'), split: own.get('split') } };
  }
}

function* rowsOfJsonLines(text: string, file: string): Generator<Row> {
  let line = 0;
  for (const content of text.split('\n')) {
    line++;
    if (content.trim() === '') continue;
    const where = `${file}, line ${line}`;
    // The first line of our own manifests lists all parents.
    if (line === 1 && content.startsWith('{"schema":')) continue;
    if (content.length > LONGEST_LINE) {
      throw new DataError(`${where}: the line is too long`, { hint: 'Write one object a line.' });
    }
    let value: unknown;
    try {
      value = JSON.parse(content);
    } catch (cause) {
      throw new DataError(`${where}: it is not JSON`, { hint: 'Write one object a line.', cause });
    }
    yield { line, value };
  }
}

function imageOf(value: unknown, where: string): CatalogImage {
  const parsed = v.safeParse(rowSchema, value);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    throw new DataError(`${where}: ${v.getDotPath(issue) ?? 'the row'}: ${issue.message}`, {
      hint: 'Each row has a path, a label, and if the data are split one of train, val, test.',
    });
  }
  const { path, label, split } = parsed.output;
  if (!isInsidePath(path)) throw leadsOut(path, where);
  assertLabel(label, where);
  return { name: path, label, ...(split ? { split } : {}) };
}

const leadsOut = (path: string, where: string) =>
  new DataError(
    `${where}: the path ${JSON.stringify(path).slice(0, 200)} does not lead down from the table’s folder`,
    {
      hint: 'Write paths relative to the table, with slashes, and no “..”.',
    },
  );

function assertSplits(images: readonly CatalogImage[], file: string): void {
  if (images.length === 0) {
    throw new DataError(`${file} lists no images`, { hint: 'Write a line for each image.' });
  }
  const splits = new Set<SplitName | undefined>(images.map(({ split }) => split));
  if (splits.size === 1 && splits.has(undefined)) return;
  if (splits.has(undefined)) {
    const stray = images.find(({ split }) => split === undefined)!;
    throw new DataError(`${file}: ${stray.name} is in no split, but others are`, {
      hint: 'Give every row one of train, val, test, or none of them.',
    });
  }
  if (splits.has('train')) return;
  throw new DataError(`${file} lists no images of the split train`, {
    hint: 'Mark those to learn from as train.',
  });
}
