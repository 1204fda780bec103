import * as v from 'valibot';
import { refuse } from '../../core/checks.js';
import { UsageError } from '../../core/errors.js';
import type { LabeledImage } from '../../core/image.js';
import { type RandomStream, randomStream } from '../../core/random.js';
import { isFloats, shown } from '../../core/shown.js';
import { checkOptions, type OptionsSchema } from '../optionSchemas.js';

/** A value that JSON can hold. */
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
  /** Name in the provenance of images and in messages. */
  readonly name: string;
  /** Name in `geometricTransforms`, if it differs from `name`. */
  readonly kind?: string;
  /** Every option, defaults filled in, as plain data. */
  readonly options: { readonly [key: string]: Json };
  /** New pixels for an image of values in [0, 1], in the same shape; the image stays as it is. */
  apply(image: LabeledImage, random: RandomStream): Float32Array;
}

/** Throws a `UsageError` unless a value is a transform. */
export function checkTransform(value: unknown, of: string): asserts value is ImageTransform {
  const { apply, name } = (value ?? {}) as Partial<Record<keyof ImageTransform, unknown>>;
  if (typeof apply === 'function' && typeof name === 'string' && name !== '') return;
  const hint =
    typeof value === 'function' ? 'Call what makes it: rotate().' : 'Make one by rotate(), noise(), …';
  refuse('a transform', value, 'an object with name and apply', of, hint);
}

/** Pixels that a transform makes. Throws a `UsageError` for what is no image of the same size. */
export function applied(transform: ImageTransform, image: LabeledImage, random: RandomStream): Float32Array {
  const pixels = transform.apply(image, random);
  if (isFloats(pixels) && pixels.length === image.pixels.length) return pixels;
  throw new UsageError(
    `the transform ${transform.name} gives ${shown(pixels)} for ${image.pixels.length} values`,
    {
      hint: 'Return a Float32Array of the pixels of an image of the same shape.',
    },
  );
}

/** A transform in `geometricTransforms`: its name, its options, and a function that makes it from them. */
export interface TransformKind {
  readonly kind: string;
  /** Names, ranges and defaults of the options. */
  readonly schema: OptionsSchema;
  /** Makes the transform from options that `schema` accepts. */
  make(options: never): ImageTransform;
}

/** Makes a transform. Throws a `UsageError` for an option that does not exist or is out of range. */
export interface TransformMaker<Options> extends TransformKind {
  (options?: Partial<Options>): ImageTransform;
}

/**
 * Declares a transform of the library.
 *
 * @param options schema of each option, with its default
 * @param apply as `ImageTransform.apply`, with every option
 */
export function defineTransform<Options>(
  kind: string,
  options: Schemas<Options>,
  apply: (image: LabeledImage, random: RandomStream, options: Complete<Options>) => Float32Array,
): TransformMaker<Options> {
  const schema: OptionsSchema = v.strictObject(options as unknown as v.ObjectEntries);
  const make = (given: Partial<Options> = {}): ImageTransform => {
    const checked = checkOptions(kind, schema, given);
    return {
      name: kind,
      options: checked as ImageTransform['options'],
      apply: (image, random) => apply(image, random, checked as Complete<Options>),
    };
  };
  return Object.assign(make, { kind, schema, make });
}

type Complete<Options> = { readonly [Key in keyof Options]-?: NonNullable<Options[Key]> };

type Schemas<Options> = {
  readonly [Key in keyof Options]-?: v.GenericSchema<Options[Key] | undefined, NonNullable<Options[Key]>>;
};

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
  const pixels = applied(transform, image, random);
  return derived(image, pixels, { path: transform.name, index, seed, parents: [] });
}
