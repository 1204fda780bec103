import * as v from 'valibot';
import { UsageError } from '../../core/index.js';

/** A number from `low` to `high`. */
export function within(low: number, high: number) {
  const message = `must be a number from ${low} to ${high}`;
  return v.pipe(v.number(message), v.minValue(low, message), v.maxValue(high, message));
}

/** A share of less than all: at 1 the size of an image could become 0. */
export const shareBelowOne = v.pipe(
  v.number('must be a number from 0 to below 1'),
  v.minValue(0, 'must be a number from 0 to below 1'),
  v.ltValue(1, 'must be a number from 0 to below 1'),
);

/** A whole number from `low` to `high`. */
export function wholeWithin(low: number, high: number) {
  const message = `must be a whole number from ${low} to ${high}`;
  return v.pipe(v.number(message), v.integer(message), v.minValue(low, message), v.maxValue(high, message));
}

/** Two numbers from `low` to `high`, the smaller one first. */
export function intervalWithin(low: number, high: number) {
  const message = `must be two numbers from ${low} to ${high}, the smaller one first`;
  const bound = v.pipe(v.number(message), v.minValue(low, message), v.maxValue(high, message));
  return v.pipe(
    v.tuple([bound, bound], message),
    v.check(([first, second]) => first <= second, message),
    v.readonly(),
  );
}

/** One of several words. */
export function oneWordOf<const Words extends readonly string[]>(words: Words) {
  return v.picklist(words, `must be ${words.map((word) => `'${word}'`).join(' or ')}`);
}

/** Schema of an object of options. */
export type OptionsSchema = v.StrictObjectSchema<
  v.ObjectEntries,
  v.ErrorMessage<v.StrictObjectIssue> | undefined
>;

/** The options of a transform with their defaults. Throws a `UsageError` that names the transform and the option. */
export function checkOptions<Schema extends OptionsSchema>(
  transform: string,
  schema: Schema,
  options: unknown,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, options);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const key = issue.path?.[0]?.key;
  const hint = `Options of ${transform}: ${Object.keys(schema.entries).join(', ')}.`;
  if (key === undefined) {
    throw new UsageError(`${transform}: the options must be an object, not ${written(options)}`, { hint });
  }
  if (issue.type === 'strict_object' && issue.expected === 'never') {
    throw new UsageError(`${transform}: there is no option ${String(key)}`, { hint });
  }
  if (issue.type === 'strict_object') {
    throw new UsageError(`${transform}: the option ${String(key)} is missing`, { hint });
  }
  const value = (options as Record<PropertyKey, unknown>)[key as PropertyKey];
  throw new UsageError(`${transform}: ${String(key)} ${issue.message}, not ${written(value)}`, { hint });
}

/** A value as messages show it. JSON would write NaN as null. */
function written(value: unknown): string {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
}
