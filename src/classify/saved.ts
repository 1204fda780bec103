import * as v from 'valibot';
import { firstNonFinite } from '../core/checks.js';
import { DataError } from '../core/errors.js';

/** Bytes turned into text by one call, which takes one argument for each. */
const BYTES_PER_CALL = 8192;

/** float32 values, little-endian, as base64. */
export function packFloats(values: Float32Array): string {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  let text = '';
  for (let from = 0; from < bytes.length; from += BYTES_PER_CALL) {
    text += String.fromCharCode(...bytes.subarray(from, from + BYTES_PER_CALL));
  }
  return btoa(text);
}

/**
 * The values of a base64 text.
 *
 * @param count number of values expected
 * @param what names them in the errors: "the saved k-NN classifier: its values"
 * @throws DataError when the text is not base64, is too short or too long, or holds a value that is not finite
 */
export function unpackFloats(packed: string, count: number, what: string): Float32Array {
  const hint = 'The file is damaged; save the classifier again.';
  let text: string;
  try {
    text = atob(packed);
  } catch (cause) {
    throw new DataError(`${what} are not base64`, { hint, cause });
  }
  if (text.length !== count * 4) {
    const wrong = text.length < count * 4 ? 'are truncated' : 'are too long';
    throw new DataError(`${what} ${wrong}: ${text.length} bytes instead of ${count * 4}`, { hint });
  }
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = text.charCodeAt(i);
  const values = new Float32Array(bytes.buffer);
  const bad = firstNonFinite(values);
  if (bad >= 0) throw new DataError(`${what} hold ${values[bad]} at index ${bad}`, { hint });
  return values;
}

/**
 * Checks saved JSON against the schema of its version, and returns it.
 *
 * @param what names it in the errors: "the saved k-NN classifier"
 * @throws DataError for another version, and for anything that the schema does not allow
 */
export function readSaved<Schema extends v.GenericSchema>(
  json: unknown,
  version: string,
  schema: Schema,
  what: string,
): v.InferOutput<Schema> {
  const found = (json as { schema?: unknown } | null | undefined)?.schema;
  if (found !== version) {
    const named = typeof found === 'string' ? `of version ${found}` : 'of an unknown version';
    throw new DataError(`${what} is ${named}, but this release reads ${version}`, {
      hint: 'Give the parsed JSON as it was saved, or use the release that saved it.',
    });
  }
  const parsed = v.safeParse(schema, json);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  throw new DataError(`${what} is wrong at ${v.getDotPath(issue) ?? 'its top'}: ${issue.message}`, {
    hint: 'The file is damaged or was edited; save the classifier again.',
  });
}

/** A whole number of at least 0. */
export const natural = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
/** A whole number of at least 1. */
export const positive = v.pipe(natural, v.minValue(1));
/** A number in [0, 1]. */
export const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
/** The name of a class. */
export const label = v.union([v.string(), v.number()]);
