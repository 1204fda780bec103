import type { ImageTransform } from './transform.js';

/** Several transforms, one after another, as one. */
export function compose(name: string, ...transforms: readonly ImageTransform[]): ImageTransform {
  return {
    name,
    apply(image, random) {
      let pixels = image.pixels;
      for (const transform of transforms) pixels = transform.apply({ ...image, pixels }, random);
      return pixels;
    },
  };
}
