import { affine, compose, elastic } from '../../augment/index.js';
import { countOf, type ImageSet, imagesOf, packImages, randomStream } from '../../core/index.js';
import type { TrainingData } from '../../training/index.js';

/** A few images are all that there is: each is met in many shapes and places. */
const strong = compose('strong', elastic(), affine());

/**
 * So many images made of a support set, no two alike: image `i` is support `i mod count`, distorted and moved, so all
 * supports come equally often. It depends on the supports, the seed and `i` alone.
 */
export function augmentedSupports(support: ImageSet, images: number, seed: number): TrainingData {
  const count = countOf(support);
  const real = [...imagesOf(support)];
  return {
    labels: Int32Array.from({ length: images }, (_, i) => support.labels[i % count]!),
    images(indices) {
      const made = Array.from(indices, (index) => {
        const image = real[index % count]!;
        return { ...image, pixels: strong.apply(image, randomStream(seed, 'supports', index)) };
      });
      return packImages(made, support.shape, support.classes);
    },
  };
}
