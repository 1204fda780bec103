import type { LabeledImage, RandomStream } from '../../core/index.js';

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
