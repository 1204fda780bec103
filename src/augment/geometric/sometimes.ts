import * as v from 'valibot';
import { checkOptions, within } from './options.js';
import { describeTransform, type ImageTransform } from './transform.js';

const probabilitySchema = v.strictObject({ probability: within(0, 1) });

/**
 * A transform that some images get and others do not.
 *
 * @param probability chance that an image is transformed, in [0, 1]
 * @throws UsageError when `probability` is out of range
 */
export function sometimes(transform: ImageTransform, probability = 0.5): ImageTransform {
  checkOptions('sometimes', probabilitySchema, { probability });
  return {
    name: 'sometimes',
    options: { transform: describeTransform(transform), probability },
    apply: (image, random) =>
      random.uniform() < 1 - probability ? image.pixels.slice() : transform.apply(image, random),
  };
}
