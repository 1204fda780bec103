import { UsageError } from '../../core/index.js';
import { describeTransform, type ImageTransform } from './transform.js';

/**
 * Several transforms, one after another from one random stream, as one under a name of its own.
 *
 * ```ts
 * const variants = compose('variants', flip(), crop({ margin: 2 }));
 * ```
 *
 * @throws UsageError when the name is empty
 */
export function compose(name: string, ...transforms: readonly ImageTransform[]): ImageTransform {
  if (name === '') throw new UsageError('compose: the name must not be empty');
  return {
    name,
    kind: 'compose',
    options: { name, transforms: transforms.map(describeTransform) },
    apply(image, random) {
      let pixels = image.pixels;
      for (const transform of transforms) pixels = transform.apply({ ...image, pixels }, random);
      return pixels === image.pixels ? pixels.slice() : pixels;
    },
  };
}
