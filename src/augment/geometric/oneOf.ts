import { UsageError } from '../../core/index.js';
import { describeTransform, type ImageTransform } from './transform.js';

/**
 * One of several transforms, chosen anew for each image, all with the same chance.
 *
 * @throws UsageError when there is none to choose from
 */
export function oneOf(...transforms: readonly ImageTransform[]): ImageTransform {
  if (transforms.length === 0) throw new UsageError('oneOf: there is no transform to choose from');
  return {
    name: 'oneOf',
    options: { transforms: transforms.map(describeTransform) },
    apply: (image, random) => transforms[random.integer(transforms.length)]!.apply(image, random),
  };
}
