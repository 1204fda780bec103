import { DataError } from './errors.js';
import { assertUsableImage, type ImageShape, type Label, type LabeledImage, sizeOf } from './image.js';

/**
 * Many images of one shape, packed: image `i` holds the values from `i · sizeOf(shape)` on, and belongs to
 * `classes[labels[i]]`.
 */
export interface ImageSet {
  readonly pixels: Float32Array;
  readonly shape: ImageShape;
  /** Class of each image, as an index into `classes`. */
  readonly labels: Int32Array;
  readonly classes: readonly Label[];
}

/** How many images a set holds. */
export function countOf(set: ImageSet): number {
  return set.labels.length;
}

/** The chosen images of a set, in the order given, as a set of their own. */
export function select(set: ImageSet, indices: ArrayLike<number>): ImageSet {
  const size = sizeOf(set.shape);
  const pixels = new Float32Array(indices.length * size);
  const labels = new Int32Array(indices.length);
  for (let i = 0; i < indices.length; i++) {
    const from = indices[i]!;
    pixels.set(set.pixels.subarray(from * size, (from + 1) * size), i * size);
    labels[i] = set.labels[from]!;
  }
  return { ...set, pixels, labels };
}

/** The images of a set one by one. Their pixels are views of the set, not copies. */
export function* imagesOf(set: ImageSet): Generator<LabeledImage> {
  const size = sizeOf(set.shape);
  for (let i = 0; i < countOf(set); i++) {
    yield {
      pixels: set.pixels.subarray(i * size, (i + 1) * size),
      shape: set.shape,
      label: set.classes[set.labels[i]!]!,
    };
  }
}

/** Packs images of one shape into a set. Throws a `DataError` for an image that is not usable or not of `classes`. */
export function packImages(
  images: readonly LabeledImage[],
  shape: ImageShape,
  classes: readonly Label[],
): ImageSet {
  const size = sizeOf(shape);
  const classIndex = new Map(classes.map((label, index) => [label, index]));
  const pixels = new Float32Array(images.length * size);
  const labels = new Int32Array(images.length);
  for (const [i, image] of images.entries()) {
    assertUsableImage(image, i, shape);
    const index = classIndex.get(image.label);
    if (index === undefined) {
      throw new DataError(`image ${i} has the label ${String(image.label)}, which is not among the classes`, {
        hint: `Known classes: ${classes.join(', ')}.`,
      });
    }
    pixels.set(image.pixels, i * size);
    labels[i] = index;
  }
  return { pixels, shape, labels, classes };
}
