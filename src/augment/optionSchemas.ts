import * as v from 'valibot';
import { UsageError } from '../core/errors.js';
import { shown } from '../core/shown.js';

/** A number from `low` to `high`. */
export function within(low: number, high: number) {
  const message = `must be a number from ${low} to ${high}`;
  return v.pipe(v.number(message), v.minValue(low, message), v.maxValue(high, message));
}

/** A number above 0; `range` follows in the message. */
export function above0(most = Number.MAX_VALUE, range = '') {
  const message = `must be a number above 0${range}`;
  return v.pipe(v.number(message), v.finite(message), v.gtValue(0, message), v.maxValue(most, message));
}

/** A number in [0, 1). */
export const shareBelowOne = v.pipe(
  v.number('must be a number from 0 to below 1'),
  v.minValue(0, 'must be a number from 0 to below 1'),
  v.ltValue(1, 'must be a number from 0 to below 1'),
);

/** A number in [0, 1]. */
export const share = v.pipe(
  v.number('must be a number in [0, 1]'),
  v.minValue(0, 'must be a number in [0, 1]'),
  v.maxValue(1, 'must be a number in [0, 1]'),
);

/** Any whole number. */
export const wholeNumber = v.pipe(
  v.number('must be a whole number'),
  v.safeInteger('must be a whole number'),
);

/** A whole number of at least `least`. */
export function wholeFrom(least: number) {
  const message = `must be a whole number of at least ${least}`;
  return v.pipe(v.number(message), v.safeInteger(message), v.minValue(least, message));
}

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

/** Seed of an operator; a pipeline's step without one derives its own. */
export const seedEntry = v.optional(wholeNumber, 0);

/**
 * The options with their defaults. One that is undefined counts as left out. Throws a `UsageError` that begins with `owner`
 * and names the option.
 */
export function checkOptions<Schema extends OptionsSchema>(
  owner: string,
  schema: Schema,
  options: unknown,
): v.InferOutput<Schema> {
  const given =
    typeof options === 'object' && options !== null && !Array.isArray(options)
      ? Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
      : options;
  const result = v.safeParse(schema, given);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const key = issue.path?.[0]?.key;
  const hint = `Options of ${owner}: ${Object.keys(schema.entries).join(', ')}.`;
  if (key === undefined) {
    throw new UsageError(`${owner}: the options must be an object, not ${shown(options)}`, { hint });
  }
  if (issue.type === 'strict_object' && issue.expected === 'never') {
    throw new UsageError(`${owner}: there is no option ${String(key)}`, { hint });
  }
  if (issue.type === 'strict_object') {
    throw new UsageError(`${owner}: the option ${String(key)} is missing`, { hint });
  }
  const value = (options as Record<PropertyKey, unknown>)[key as PropertyKey];
  throw new UsageError(`${owner}: ${String(key)} is ${shown(value)}, but ${issue.message}`, {
    hint,
    option: String(key),
  });
}
