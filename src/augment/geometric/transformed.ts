import { type LabeledImage, randomStream } from '../../core/index.js';
import type { ImageTransform } from './transform.js';

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
