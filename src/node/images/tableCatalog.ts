import { lstat, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type CsvError, parse } from 'csv-parse/sync';
import * as v from 'valibot';
import { DataError } from '../../core/errors.js';
import { assertLabel, type Catalog, type CatalogImage, storedFile } from './catalog.js';
import { isInsidePath, readInside } from './insidePath.js';
import { type SplitName, splitNames } from './splits.js';

/** Largest table that is read: a million rows take about 50 MB. */
const MOST_BYTES = 2 ** 28;
/** Most characters of a CSV field. A longer one comes from a missing quotation mark. */
const LONGEST_FIELD = 10_000;
/** Longest line of a JSONL table, which also limits nesting. */
const LONGEST_LINE = 2 ** 16;

/** Columns of a row, in either format. */
const rowSchema = v.object({
  path: v.pipe(v.string(), v.nonEmpty()),
  label: v.pipe(
    v.union([v.string(), v.pipe(v.number(), v.finite())], 'a label is a text or a number'),
    v.transform(String),
  ),
  split: v.nullish(v.union([v.literal(''), v.picklist(splitNames)])),
});

/** Receives a row and the line that it begins on, counted from 1. */
type UseRow = (row: unknown, line: number) => void;

/**
 * Lists the images that a table names: a CSV file with a header, or JSON Lines. Its columns are `path`, `label` and, if the
 * data are split, `split` (`train`, `val` or `test`). Paths are relative to the table's folder and stay below it. Images
 * keep the order of the rows. Other columns are ignored, and so is the first line of a manifest of `fewshot augment`, so
 * that a manifest is a table too.
 *
 * @throws DataError naming file and line: a missing column, an empty or unusable label, a path that leaves the folder, a
 *   file that is listed twice, an empty table
 */
export async function tableCatalog(file: string): Promise<Catalog> {
  const text = await readTable(file);
  const root = dirname(file);
  const images: CatalogImage[] = [];
  const seen = new Set<string>();
  const readRows = /\.csv$/i.test(file) ? readCsv : readJsonLines;
  readRows(text, file, (row, line) => {
    const where = `${file}, line ${line}`;
    const image = imageOf(row, where);
    if (seen.has(image.name)) {
      throw new DataError(`${where}: ${image.name} is listed twice`, { hint: 'List each file once.' });
    }
    seen.add(image.name);
    images.push(image);
  });
  assertSplits(images, file);
  return {
    root: file,
    images,
    passedOver: [],
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

/** Errors of the CSV parser that a file can cause. */
const csvFaults: Readonly<Partial<Record<CsvError['code'], string>>> = {
  CSV_QUOTE_NOT_CLOSED: 'a quoted field does not end',
  CSV_INVALID_CLOSING_QUOTE: 'something follows a quoted field',
  INVALID_OPENING_QUOTE: 'a quotation mark stands within a field that is not quoted',
};

/** Reads the rows of a CSV text (RFC 4180) below its header. Empty lines are skipped. */
function readCsv(text: string, file: string, use: UseRow): void {
  const refuse = (line: number, what: string, hint = 'Save it as CSV with commas, as RFC 4180 says.') =>
    new DataError(`${file}, line ${line}: ${what}`, { hint });
  let columns: readonly string[] | undefined;
  // The parser counts a line break within quotes twice if it is CR LF, so lines are counted here.
  let [nextLine, emptyLines] = [1, 0];
  const lineAfter = (empty: number) => nextLine + empty - emptyLines;

  const useFields = (fields: readonly string[], line: number): void => {
    if (fields.length === 1 && fields[0] === '') return;
    if (fields.some((field) => field.length > LONGEST_FIELD)) throw refuse(line, 'a field is too long');
    if (columns === undefined) {
      columns = columnsOf(fields, `${file}, line ${line}`);
      return;
    }
    if (fields.length !== columns.length) {
      const found = `${fields.length} fields, but ${columns.length} columns`;
      throw refuse(line, found, 'Put quotation marks around fields that hold a comma.');
    }
    const named = new Map(columns.map((name, column) => [name, fields[column]!]));
    use({ path: named.get('path'), label: named.get('label'), split: named.get('split') }, line);
  };

  try {
    parse(text, {
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      skip_empty_lines: true,
      // Nothing is returned, so the parser keeps no rows.
      on_record(fields: string[], { empty_lines }): undefined {
        const line = lineAfter(empty_lines);
        emptyLines = empty_lines;
        nextLine = line + 1;
        for (const field of fields) nextLine += field.split('\n').length - 1;
        useFields(fields, line);
      },
    });
  } catch (error) {
    const { code, empty_lines } = error as CsvError;
    const fault = csvFaults[code];
    throw fault === undefined ? error : refuse(lineAfter(Number(empty_lines)), fault);
  }
}

function columnsOf(header: readonly string[], where: string): readonly string[] {
  const columns = header.map((field) => field.trim().toLowerCase());
  const missing = ['path', 'label'].find((name) => !columns.includes(name));
  if (missing === undefined) return columns;
  throw new DataError(`${where}: there is no column ${missing}`, {
    hint: 'The first line names the columns: path,label or path,label,split.',
  });
}

function readJsonLines(text: string, file: string, use: UseRow): void {
  let line = 0;
  for (const content of text.split('\n')) {
    line++;
    if (content.trim() === '') continue;
    // The first line of a manifest lists all parents.
    if (line === 1 && content.startsWith('{"schema":')) continue;
    const refuse = (what: string, cause?: unknown) =>
      new DataError(`${file}, line ${line}: ${what}`, { hint: 'Write one object a line.', cause });
    if (content.length > LONGEST_LINE) throw refuse('the line is too long');
    let row: unknown;
    try {
      row = JSON.parse(content);
    } catch (cause) {
      throw refuse('it is not JSON', cause);
    }
    use(row, line);
  }
}

function imageOf(row: unknown, where: string): CatalogImage {
  const parsed = v.safeParse(rowSchema, row);
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
    { hint: 'Write paths relative to the table, with slashes and without “..”.' },
  );

function assertSplits(images: readonly CatalogImage[], file: string): void {
  if (images.length === 0) {
    throw new DataError(`${file} lists no images`, { hint: 'Write a line for each image.' });
  }
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
