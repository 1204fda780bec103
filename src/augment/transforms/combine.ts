import * as v from 'valibot';
import { UsageError } from '../../core/errors.js';
import { checkText } from '../../core/kindChecks.js';
import { checkOptions, within } from '../optionSchemas.js';
import { applied, checkTransform, describeTransform, type ImageTransform } from './transform.js';

/**
 * Combines transforms, applied one after another from one random stream, under a name.
 *
 * ```ts
 * const variants = compose('variants', flip(), crop({ margin: 2 }));
 * ```
 *
 * @throws UsageError when the name is empty
 */
export function compose(name: string, ...transforms: readonly ImageTransform[]): ImageTransform {
  if (name === '') throw new UsageError('compose: the name must not be empty');
  checkText('the name', name, 'compose');
  for (const transform of transforms) checkTransform(transform, 'compose');
  return {
    name,
    kind: 'compose',
    options: { name, transforms: transforms.map(describeTransform) },
    apply(image, random) {
      let pixels = image.pixels;
      for (const transform of transforms) pixels = applied(transform, { ...image, pixels }, random);
      return pixels === image.pixels ? pixels.slice() : pixels;
    },
  };
}

/**
 * Applies one of several transforms, drawn for each image with equal chance.
 *
 * ```ts
 * images$.pipe(geometric(oneOf(blur(), noise()), { seed: 7 }));
 * ```
 *
 * @throws UsageError when there is none to choose from
 */
export function oneOf(...transforms: readonly ImageTransform[]): ImageTransform {
  if (transforms.length === 0) throw new UsageError('oneOf: there is no transform to choose from');
  for (const transform of transforms) checkTransform(transform, 'oneOf');
  return {
    name: 'oneOf',
    options: { transforms: transforms.map(describeTransform) },
    apply: (image, random) => transforms[random.integer(transforms.length)]!.apply(image, random),
  };
}

const probabilitySchema = v.strictObject({ probability: within(0, 1) });

/**
 * Applies a transform to some images only.
 *
 * ```ts
 * images$.pipe(geometric([affine(), sometimes(erase(), 0.3)], { seed: 7 }));
 * ```
 *
 * @param probability chance that an image is transformed, in [0, 1]
 * @throws UsageError when `probability` is out of range
 */
export function sometimes(transform: ImageTransform, probability = 0.5): ImageTransform {
  checkTransform(transform, 'sometimes');
  checkOptions('sometimes', probabilitySchema, { probability });
  return {
    name: 'sometimes',
    options: { transform: describeTransform(transform), probability },
    apply: (image, random) =>
      random.uniform() < 1 - probability ? image.pixels.slice() : transform.apply(image, random),
  };
}
