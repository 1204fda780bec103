import { type CsvError, parse } from 'csv-parse/sync';
import { DataError } from '../core/errors.js';
import { trimmed } from '../core/names.js';

/** Most characters of a CSV field. A longer one comes from a missing quotation mark. */
const LONGEST_FIELD = 10_000;
/** Longest line of a JSONL table, which also limits nesting. */
const LONGEST_LINE = 2 ** 16;

/**
 * Decodes the bytes of a table: UTF-8, or UTF-16 with a byte-order mark or without.
 *
 * @throws DataError naming file and line where the bytes are neither
 */
export function tableText(bytes: Uint8Array, file: string): string {
  const encoding = encodingOf(bytes);
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (cause) {
    const before = new TextDecoder(encoding).decode(bytes).split('\ufffd', 1)[0]!;
    throw new DataError(
      `${file}, line ${lineBreaks(before) + 1}: the text is not ${encoding.toUpperCase()}`,
      {
        hint: 'Save it again in UTF-8; Excel calls that “CSV UTF-8”.',
        cause,
      },
    );
  }
}

function encodingOf([first, second]: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  // Without a mark, the first letter of a Latin header has a zero byte beside it.
  if ((first === 0xff && second === 0xfe) || second === 0) return 'utf-16le';
  if ((first === 0xfe && second === 0xff) || first === 0) return 'utf-16be';
  return 'utf-8';
}

const lineBreaks = (text: string): number => text.match(/\r\n?|\n/g)?.length ?? 0;

/** Errors of the CSV parser that a file can cause. */
const csvFaults: Readonly<Partial<Record<CsvError['code'], string>>> = {
  CSV_QUOTE_NOT_CLOSED: 'a quoted field does not end',
  CSV_INVALID_CLOSING_QUOTE: 'something follows a quoted field',
  INVALID_OPENING_QUOTE: 'a quotation mark stands within a field that is not quoted',
};

/**
 * Reads the rows of a CSV text (RFC 4180). Fields are separated by what separates those of the first line, one of
 * `, ; TAB |`, or by what a line `sep=` before it names. Empty rows are skipped.
 *
 * @param use receives the fields of a row and the line that it begins on, counted from 1; the first row is the header
 * @throws DataError naming file and line where quotation marks are wrong, or a field is too long
 */
export function readCsv(
  text: string,
  file: string,
  use: (fields: readonly string[], line: number) => void,
): void {
  const refuse = (line: number, what: string) =>
    new DataError(`${file}, line ${line}: ${what}`, { hint: 'Save it as CSV, as RFC 4180 says.' });
  const [named = '', separator] = /^"?sep=(.)"?[^\S\r\n]*(?:\r\n?|\n|$)/i.exec(text) ?? [];
  const content = text.slice(named.length);
  const delimiter = separator ?? separatorOf(content);
  // The parser counts a line break within quotes twice if it is CR LF, so lines are counted here.
  let [nextLine, emptyLines] = [1 + lineBreaks(named), 0];
  const lineAfter = (empty: number) => nextLine + empty - emptyLines;
  try {
    parse(content, {
      ...{ delimiter, record_delimiter: ['\r\n', '\n', '\r'] },
      ...{ relax_column_count: true, skip_empty_lines: true },
      // A field may be quoted behind a space, but not every file should pay for the search for spaces.
      ltrim: delimiter !== '\t' && new RegExp(`[${delimiter}] +"`).test(content),
      // Nothing is returned, so the parser keeps no rows.
      on_record(fields: string[], { empty_lines }): undefined {
        const line = lineAfter(empty_lines);
        emptyLines = empty_lines;
        nextLine = line + 1;
        let empty = true;
        for (const field of fields) {
          if (field.length > LONGEST_FIELD) throw refuse(line, 'a field is too long');
          if (field.includes('\n') || field.includes('\r')) nextLine += lineBreaks(field);
          empty &&= field === '' || trimmed(field) === '';
        }
        if (!empty) use(fields, line);
      },
    });
  } catch (error) {
    const { code, empty_lines } = error as CsvError;
    const fault = csvFaults[code];
    throw fault === undefined ? error : refuse(lineAfter(Number(empty_lines)), fault);
  }
}

/** What separates the fields of the first line that is not empty. */
function separatorOf(text: string): string {
  const header = /[^\r\n]+/.exec(text.slice(0, LONGEST_FIELD))?.[0].replace(/"[^"]*"/g, '') ?? '';
  const times = (separator: string) => header.split(separator).length - 1;
  return [',', ';', '\t', '|'].reduce((best, other) => (times(other) > times(best) ? other : best));
}

/**
 * Reads the rows of a text in JSON Lines. Empty lines are skipped, and so is the first line of a manifest, which lists all
 * parents.
 *
 * @param use receives the object of a row and its line, counted from 1
 * @throws DataError naming file and line that are no object in JSON
 */
export function readJsonLines(
  text: string,
  file: string,
  use: (row: Readonly<Record<string, unknown>>, line: number) => void,
): void {
  let line = 0;
  for (const content of text.split(/\r\n|\n|\r/)) {
    line++;
    if (trimmed(content) === '') continue;
    if (line === 1 && content.startsWith('{"schema":')) continue;
    const refuse = (what: string, cause?: unknown) =>
      new DataError(`${file}, line ${line}: ${what}`, { hint: 'Write one object a line.', cause });
    if (content.length > LONGEST_LINE) throw refuse('the line is too long');
    let row: unknown;
    try {
      row = JSON.parse(trimmed(content));
    } catch (cause) {
      throw refuse('it is not JSON', cause);
    }
    if (typeof row !== 'object' || row === null || Array.isArray(row)) throw refuse('it is no object');
    use(row as Record<string, unknown>, line);
  }
}
