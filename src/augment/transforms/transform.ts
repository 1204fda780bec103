import * as v from 'valibot';
import { UsageError } from '../../core/errors.js';
import type { LabeledImage } from '../../core/image.js';
import { type RandomStream, randomStream } from '../../core/random.js';

/** What JSON can hold. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** A transform as data, from which `transformFromJSON` makes it again. */
export interface TransformData {
  /** A name of `geometricTransforms`. */
  readonly name: string;
  /** Options by name; those left out have their defaults. */
  readonly options?: { readonly [key: string]: Json };
}

/** Makes one image from another. All chance comes from `random`, so that the same stream gives the same image. */
export interface ImageTransform {
  /** What the provenance of images and messages call it. */
  readonly name: string;
  /** Its name in `geometricTransforms`, where that is another one than `name`. */
  readonly kind?: string;
  /** Every option, defaults filled in, as plain data. */
  readonly options: { readonly [key: string]: Json };
  /** New pixels for an image of values in [0, 1], in the same shape; the image stays as it is. */
  apply(image: LabeledImage, random: RandomStream): Float32Array;
}

/** A transform's name and options as plain data. */
export function describeTransform({ name, kind = name, options }: ImageTransform) {
  return { name: kind, options };
}

/** The image that a transform made of another one: same label and shape, longer provenance. */
export function derived(
  image: LabeledImage,
  pixels: Float32Array,
  made: { readonly path: string; readonly index: number; readonly seed: number; readonly parents: number[] },
): LabeledImage {
  const { path, index, seed, parents } = made;
  const provenance =
    image.provenance === undefined
      ? { parents, path, index, seed }
      : { ...image.provenance, path: `${image.provenance.path}+${path}`, index, seed };
  return { ...image, pixels, provenance };
}

/** The `index`-th image that a transform makes of this one under a seed, with its provenance. */
export function transformed(
  image: LabeledImage,
  transform: ImageTransform,
  { seed, index }: { readonly seed: number; readonly index: number },
): LabeledImage {
  const random = randomStream(seed, transform.name, image.label, index);
  const pixels = transform.apply(image, random);
  return derived(image, pixels, { path: transform.name, index, seed, parents: [] });
}

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
