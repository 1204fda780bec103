import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import { DataError } from '../core/errors.js';
import { reasonOf } from './files.js';

/** A schema of results, in which `schema` says which results. */
type ResultSchema = v.GenericSchema & { readonly entries: { readonly schema: { readonly literal: string } } };

/**
 * Reads a result that a command wrote.
 *
 * @param again how to have such a file, as a sentence
 * @throws DataError for a file that is missing, is not JSON, has another schema or lacks a part, naming it
 */
export async function readResult<Schema extends ResultSchema>(
  file: string,
  schema: Schema,
  again: string,
): Promise<v.InferOutput<Schema>> {
  const text = await readFile(file, 'utf8').catch((cause) => {
    throw new DataError(`cannot read ${file}: ${reasonOf(cause)}`, { hint: again, cause });
  });
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (cause) {
    throw new DataError(`${file} is not JSON: it is damaged or cut off`, { hint: again, cause });
  }
  const found = (content as { schema?: unknown } | null)?.schema;
  const wanted = schema.entries.schema.literal;
  if (found !== wanted) {
    throw new DataError(`${file} has the schema ${JSON.stringify(found)}, not ${JSON.stringify(wanted)}`, {
      hint: `It is another file, or was written by another version. ${again}`,
    });
  }
  const result = v.safeParse(schema, content);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const place = v.getDotPath(issue);
  const what = place === null ? issue.message : `${place}: ${issue.message}`;
  throw new DataError(`${file} cannot be drawn: ${what}`, { hint: again });
}
