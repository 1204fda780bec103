import { DataError, type Label, type LabeledImage } from '../../core/index.js';
import { type Proportion, proportion } from '../statistics.js';

/**
 * Whether made images are what they are labelled as: the share that a classifier puts into their class, with Wilson's 95 %
 * interval over images. The interval takes images for independent; those of one support set are not quite.
 *
 * @param classify by a judge that the model knows nothing of: `classify` of a `heldOutClassifier`
 * @throws DataError when there are no images; what the classifier throws
 */
export async function labelPreservation(
  images: readonly LabeledImage[],
  classify: (images: readonly LabeledImage[]) => Promise<readonly Label[]>,
): Promise<Proportion> {
  return proportion(await countPreserved(images, classify), images.length);
}

/** How many of the images keep their class: what shares over several support sets are added up from. */
export async function countPreserved(
  images: readonly LabeledImage[],
  classify: (images: readonly LabeledImage[]) => Promise<readonly Label[]>,
): Promise<number> {
  if (images.length === 0) {
    throw new DataError('there are no images whose labels could be preserved', {
      hint: 'Give at least one.',
    });
  }
  const found = await classify(images);
  return images.filter(({ label }, i) => found[i] === label).length;
}
