import { firstNonFinite } from './checks.js';
import { DataError } from './errors.js';

/** Height, width and channels of an image. */
export type ImageShape = readonly [height: number, width: number, channels: number];

/** The name of a class. */
export type Label = string | number;

/** Share of an image that belongs to a class. */
export interface LabelShare {
  readonly label: Label;
  /** In [0, 1]. */
  readonly weight: number;
}

/** Origin of a generated image. Images from a camera or a file have none. */
export interface Provenance {
  /** Indices, within their class and in order of arrival, of the images it was made from. */
  readonly parents: readonly number[];
  /** The latent path or geometric transform that made it: `slerp`, `lerp`, `affine`, … */
  readonly path: string;
  /**
   * Position on the path: in [0, 1], beyond 1 for `extrapolate`; for `transport` and `tangent` the share of the difference.
   * Absent for geometric transforms.
   */
  readonly omega?: number;
  /** Indices of the pairs of the model's base codes that it was made with; absent for paths that take none. */
  readonly base?: readonly number[];
  /** Share of the nearer parent's residual that was added, in (0, 1]; absent when none. */
  readonly detail?: number;
  /** Angle between the last two of the parents' codes, or of the base codes, in radians; absent for geometric transforms. */
  readonly angle?: number;
  /** Index of this image among those generated for its class. */
  readonly index: number;
  /** Number of draws for this index that a label check rejected before this one; absent when none. */
  readonly attempt?: number;
  /** The seed of the operator that made it. */
  readonly seed: number;
  /** SHA-256 of the model that decoded it; absent for geometric transforms. */
  readonly model?: string;
}

/**
 * One labeled image as plain data: nothing to dispose, safe to keep and to post to a worker.
 * `pixels` holds `height · width · channels` values in [0, 1], row by row, channels last.
 */
export interface LabeledImage {
  readonly pixels: Float32Array;
  readonly shape: ImageShape;
  readonly label: Label;
  /** Soft label: shares of several classes that add up to 1; `label` is the heaviest of them. */
  readonly labels?: readonly LabelShare[];
  readonly provenance?: Provenance;
}

/** Shares of an image's classes; without `labels` the whole image belongs to its one class. */
export function labelSharesOf({ label, labels }: LabeledImage): readonly LabelShare[] {
  return labels ?? [{ label, weight: 1 }];
}

/** Number of values in an image of this shape. */
export function sizeOf(shape: ImageShape): number {
  return shape[0] * shape[1] * shape[2];
}

/** The shape as text: `28×28×1`. */
export function formatShape(shape: ImageShape): string {
  return shape.join('×');
}

/** Throws a `DataError` that names the image when its pixels, shape or label cannot be used. */
export function assertUsableImage(image: LabeledImage, position: number, expected?: ImageShape): void {
  const where = `image ${position}`;
  if (image.label === undefined || image.label === null || image.label === '') {
    throw new DataError(`${where} has no label`, {
      hint: 'Give every image a string or number as its label.',
    });
  }
  const named = `${where} (class ${String(image.label)})`;
  if (image.pixels.length !== sizeOf(image.shape)) {
    throw new DataError(
      `${named} has ${image.pixels.length} values, but its shape ${formatShape(image.shape)} needs ${sizeOf(image.shape)}`,
      { hint: 'Pixels are stored row by row with channels last.' },
    );
  }
  if (expected !== undefined && image.shape.some((side, axis) => side !== expected[axis])) {
    throw new DataError(`${named} is ${formatShape(image.shape)}, but ${formatShape(expected)} is expected`, {
      hint: 'Resize or convert images to one shape before this operator.',
    });
  }
  const bad = firstNonFinite(image.pixels);
  if (bad >= 0) {
    throw new DataError(`${named} holds ${image.pixels[bad]} at value ${bad}`, {
      hint: 'Pixels must be finite numbers in [0, 1].',
    });
  }
}

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

/** Number of images in a set. */
export function countOf(set: ImageSet): number {
  return set.labels.length;
}

/** A set of the chosen images, in the order given. */
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

/** Yields the images of a set. Their pixels are views of the set, not copies. */
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

/** Pixels of images of one shape, one image after the other. Throws a `DataError` for an image that cannot be used. */
export function packPixels(images: readonly LabeledImage[], shape: ImageShape): Float32Array {
  const size = sizeOf(shape);
  const pixels = new Float32Array(images.length * size);
  for (const [i, image] of images.entries()) {
    assertUsableImage(image, i, shape);
    pixels.set(image.pixels, i * size);
  }
  return pixels;
}

/** A label as errors show it: a text has quotes, so that `'0'` can be told from the number 0. */
export const labelText = (label: Label): string => (typeof label === 'string' ? `'${label}'` : String(label));

/** The error for an image of an unknown class. */
export function unknownClass(image: string, classes: readonly Label[]): DataError {
  return new DataError(`${image}, which is not among the classes`, {
    hint: `Known classes: ${classes.map(labelText).join(', ')}.`,
  });
}

/** Packs images of one shape into a set. Throws a `DataError` for an image that cannot be used or is not of `classes`. */
export function packImages(
  images: readonly LabeledImage[],
  shape: ImageShape,
  classes: readonly Label[],
): ImageSet {
  const pixels = packPixels(images, shape);
  const indices = new Map(classes.map((label, index) => [label, index]));
  const labels = Int32Array.from(images, ({ label }, i) => {
    const index = indices.get(label);
    if (index === undefined) throw unknownClass(`image ${i} has the label ${labelText(label)}`, classes);
    return index;
  });
  return { pixels, shape, labels, classes };
}
