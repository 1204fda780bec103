import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import { DataError } from '../core/errors.js';
import { reasonOf } from './files.js';

/** A schema of results, whose `schema` names the kind. */
type ResultSchema = v.GenericSchema & { readonly entries: { readonly schema: { readonly literal: string } } };

/**
 * Reads a result that a command wrote.
 *
 * @param hint how to make such a file, as a sentence
 * @throws DataError that names the file: it is missing, is not JSON, has another schema or lacks a part
 */
export async function readResult<Schema extends ResultSchema>(
  file: string,
  schema: Schema,
  hint: string,
): Promise<v.InferOutput<Schema>> {
  const text = await readFile(file, 'utf8').catch((cause) => {
    throw new DataError(`cannot read ${file}: ${reasonOf(cause)}`, { hint, cause });
  });
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (cause) {
    throw new DataError(`${file} is not JSON: it is damaged or cut off`, { hint, cause });
  }
  const found = (content as { schema?: unknown } | null)?.schema;
  const wanted = schema.entries.schema.literal;
  if (found !== wanted) {
    throw new DataError(`${file} has the schema ${JSON.stringify(found)}, not ${JSON.stringify(wanted)}`, {
      hint: `It is another file, or was written by another version. ${hint}`,
    });
  }
  const result = v.safeParse(schema, content);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const path = v.getDotPath(issue);
  const what = path === null ? issue.message : `${path}: ${issue.message}`;
  throw new DataError(`${file} cannot be drawn: ${what}`, { hint });
}
