import { type LabeledImage, randomStream } from '../../core/index.js';
import type { ImageTransform } from './transform.js';

/** The `index`-th image that a transform makes of this one under a seed, with its provenance. */
export function transformed(
  image: LabeledImage,
  transform: ImageTransform,
  { seed, index }: { readonly seed: number; readonly index: number },
): LabeledImage {
  const random = randomStream(seed, transform.name, image.label, index);
  return {
    pixels: transform.apply(image, random),
    shape: image.shape,
    label: image.label,
    provenance: {
      ...(image.provenance ?? { parents: [] }),
      path: image.provenance === undefined ? transform.name : `${image.provenance.path}+${transform.name}`,
      index,
      seed,
    },
  };
}
