import { concatMap, defer, map, type OperatorFunction } from 'rxjs';
import * as v from 'valibot';
import { UsageError } from '../core/errors.js';
import { assertUsableImage, type Label, type LabeledImage } from '../core/image.js';
import { randomStream } from '../core/random.js';
import { checkOptions, seedEntry, wholeFrom } from './optionSchemas.js';
import { applied, checkTransform, derived, type ImageTransform } from './transforms/transform.js';

export interface GeometricOptions {
  /** Default 0. */
  readonly seed?: number;
  /** Images made of each one. Default 1. */
  readonly copies?: number;
  /** True to pass each image as it is, before its copies. Default `false`: the copies replace it. */
  readonly keepOriginals?: boolean;
}

/** Ranges and defaults of the options that a pipeline's step has too. */
export const geometricEntries = {
  copies: v.optional(wholeFrom(1), 1),
  keepOriginals: v.optional(v.boolean('must be true or false'), false),
};

const geometricSchema = v.strictObject({ ...geometricEntries, seed: seedEntry });

/**
 * Replaces each image by transformed copies: all transforms are applied, in order.
 *
 * The copies of the *n*-th image of a class depend on the seed, the label, *n* and the number of the copy alone: not on
 * other classes, nor on how many images are asked for at a time. Each copy's provenance names the transforms; that
 * of an image without provenance gets *n* as its parent.
 *
 * ```ts
 * images$.pipe(geometric([rotate({ degrees: 10 }), noise()], { seed: 7, copies: 5, keepOriginals: true }));
 * ```
 *
 * @throws UsageError for options out of range; (as an error notification) DataError for an image that cannot be used
 */
export function geometric(
  transforms: ImageTransform | readonly ImageTransform[],
  options: GeometricOptions = {},
): OperatorFunction<LabeledImage, LabeledImage> {
  const { seed, copies, keepOriginals } = checkOptions('geometric', geometricSchema, options);
  const list = Array.isArray(transforms) ? transforms : [transforms as ImageTransform];
  for (const transform of list) checkTransform(transform, 'geometric');
  if (list.length === 0) {
    throw new UsageError('geometric: there is no transform', {
      hint: 'Give at least one, as in [rotate()].',
    });
  }
  const path = list.map(({ name }) => name).join('+');

  function variant(image: LabeledImage, number: number, copy: number): LabeledImage {
    const random = randomStream(seed, 'geometric', image.label, number, copy);
    let { pixels } = image;
    for (const transform of list) pixels = applied(transform, { ...image, pixels }, random);
    return derived(image, pixels, { path, index: number * copies + copy, seed, parents: [number] });
  }

  return (source) =>
    defer(() => {
      const arrived = new Map<Label, number>();
      function arrive(image: LabeledImage, position: number): number {
        assertUsableImage(image, position);
        const number = arrived.get(image.label) ?? 0;
        arrived.set(image.label, number + 1);
        return number;
      }
      // One image for each needs no inner stream, which takes most of the time of a small image.
      if (copies === 1 && !keepOriginals)
        return source.pipe(map((image, position) => variant(image, arrive(image, position), 0)));
      return source.pipe(
        concatMap(function* (image, position) {
          const number = arrive(image, position);
          if (keepOriginals) yield image;
          for (let copy = 0; copy < copies; copy++) yield variant(image, number, copy);
        }),
      );
    });
}
