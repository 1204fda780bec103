import { DataError } from '../../core/index.js';

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
