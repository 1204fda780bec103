import { firstNoPixel, refuse } from './checks.js';
import { DataError, UsageError } from './errors.js';
import { checkArray, checkFields, checkFloats, checkList, checkNumbers } from './kindChecks.js';
import { isFloats, isPromise, shown } from './shown.js';

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

/** Origin of a generated image or code. Images from a camera or a file, and their codes, have none. */
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

/** Shares of the classes of an image or code; without `labels` the whole belongs to its one class. */
export function labelSharesOf(image: Pick<LabeledImage, 'label' | 'labels'>): readonly LabelShare[] {
  if (typeof image !== 'object' || image === null || !('code' in image)) assertObject(image, 'the image');
  assertLabel(image.label, 'the image');
  return image.labels ?? [{ label: image.label, weight: 1 }];
}

/** Number of values in an image of this shape. Throws a `UsageError` for what is no shape. */
export function sizeOf(shape: ImageShape): number {
  if (!isShape(shape)) throw badShape('the shape', shape);
  return shape[0] * shape[1] * shape[2];
}

/** The shape as text: `28×28×1`. */
export function formatShape(shape: ImageShape): string {
  return Array.isArray(shape) ? shape.map(shown).join('×') : shown(shape);
}

/** True for what can name a class: a text that is not empty, or a finite number. */
export const isLabel = (label: unknown): label is Label =>
  typeof label === 'string' ? label !== '' : Number.isFinite(label);

const badShape = (name: string, shape: unknown) =>
  new UsageError(`${name} is ${shown(shape)}`, {
    hint: 'A shape is [height, width, channels], three whole numbers of at least 1.',
    option: 'shape',
  });

/** Most values of an image: 2²⁸ are 1 GiB. */
const MOST_VALUES = 2 ** 28;

/** Throws a `UsageError` unless a value is the shape of an image that memory can hold. */
export function checkShape(name: string, value: unknown, of?: string): asserts value is ImageShape {
  const what = of === undefined ? name : `${of}: ${name}`;
  if (!isShape(value)) throw badShape(what, value);
  if (sizeOf(value) <= MOST_VALUES) return;
  throw new UsageError(`${what} is ${formatShape(value)}, which is too large`, {
    hint: `An image has at most ${MOST_VALUES} values.`,
    option: 'shape',
  });
}

/** Throws a `UsageError` unless a value is a list of at least one label, each once. */
export function checkClasses(name: string, value: unknown, of?: string): asserts value is readonly Label[] {
  checkList(name, value, of);
  const unusable = value.findIndex((label) => !isLabel(label));
  if (unusable >= 0) refuse(`${name}[${unusable}]`, value[unusable], 'a text or a finite number', of);
}

/** Throws a `UsageError` unless a value holds indices into `classes`. */
export function checkIndices(name: string, value: unknown, below: number, of?: string): void {
  checkNumbers(name, value, of);
  for (let i = 0; i < value.length; i++) {
    const index = value[i]!;
    if (!Number.isInteger(index) || index < 0 || index >= below) {
      refuse(`${name}[${i}]`, index, `a whole number from 0 to ${below - 1}`, of);
    }
  }
}

/** Throws a `UsageError` unless a value has the parts of a set of images, in lengths that fit. Labels are not looked at. */
export function checkSetParts(name: string, value: unknown): ImageSet {
  const set = checkFields(name, value as ImageSet, {
    pixels: checkFloats,
    shape: checkShape,
    labels: checkArray,
    classes: checkClasses,
  });
  if (set.pixels.length === set.labels.length * sizeOf(set.shape)) return set;
  throw new UsageError(
    `${name} has ${set.pixels.length} values for ${set.labels.length} images of ${formatShape(set.shape)}`,
    { hint: 'Pixels of all images stand one after the other.' },
  );
}

/** Throws a `UsageError` unless a value is a set of images, each of a class. */
export function checkImageSet(name: string, value: unknown, of?: string): asserts value is ImageSet {
  const what = of === undefined ? name : `${of}: ${name}`;
  const { labels, classes } = checkSetParts(what, value);
  checkIndices('labels', labels, classes.length, what);
}

/** True for three whole numbers of at least 1. */
export const isShape = (shape: unknown): shape is ImageShape =>
  Array.isArray(shape) &&
  shape.length === 3 &&
  shape.every((side) => Number.isSafeInteger(side) && side >= 1);

/**
 * Throws a `DataError` when a label cannot name a class.
 *
 * @param owner what has it: "image 3"
 */
export function assertLabel(label: unknown, owner: string): asserts label is Label {
  if (isLabel(label)) return;
  const missing = label === undefined || label === null || label === '';
  throw new DataError(missing ? `${owner} has no label` : `${owner} has the label ${shown(label)}`, {
    hint: 'A label is a text or a finite number.',
  });
}

/** Throws a `DataError` that names the image when its pixels, shape or label cannot be used. */
export function assertUsableImage(image: LabeledImage, position: number, expected?: ImageShape): void {
  const where = `image ${position}`;
  assertObject(image, where);
  assertLabel(image.label, where);
  const named = `${where} (class ${String(image.label)})`;
  assertShares(image.labels, where, 'an image');
  assertProvenance(image.provenance, named, 'image');
  assertPixels(image, named, expected);
}

/** The same for an image whose label is not used, so that it may be missing. */
export function assertUnlabeledImage(
  image: Pick<LabeledImage, 'pixels' | 'shape'>,
  position: number,
  expected?: ImageShape,
): void {
  assertObject(image, `image ${position}`);
  const { label } = image as Partial<LabeledImage>;
  assertPixels(image, `image ${position}${isLabel(label) ? ` (class ${String(label)})` : ''}`, expected);
}

/** Throws a `DataError` unless a value is an object with pixels. */
export function assertObject(image: unknown, where: string): void {
  if (typeof image === 'object' && image !== null && 'pixels' in image && !isPromise(image)) return;
  throw new DataError(`${where} is ${shown(image)}`, {
    hint: isPromise(image)
      ? 'Await it.'
      : 'An image is { pixels, shape, label }: a Float32Array of values in [0, 1], [height, width, channels], and its class.',
  });
}

/** What is said of shares that are none. `whose` is "an image" or "a code". */
export const sharesHint = (whose: string): string =>
  `The weights of ${whose} in \`labels\` are numbers of at least 0 that add up to 1.`;

/** Throws a `DataError` unless a value is undefined or has the shares of a soft label. Their sum is not looked at. */
export function assertShares(shares: unknown, where: string, whose: string): void {
  if (shares === undefined) return;
  const hint = sharesHint(whose);
  if (!Array.isArray(shares)) throw new DataError(`${where} has ${shown(shares)} as its labels`, { hint });
  if (shares.length === 0) throw new DataError(`${where} has labels whose shares add up to 0`, { hint });
  for (const share of shares) {
    const { label, weight }: Partial<LabelShare> = share ?? {};
    assertLabel(label, `a share of ${where}`);
    if (Number.isFinite(weight) && weight! >= 0) continue;
    throw new DataError(`${where} gives ${labelText(label)} the share ${shown(weight)}`, { hint });
  }
}

/** Throws a `DataError` unless a value is undefined or the provenance of an image or code. */
export function assertProvenance(provenance: unknown, named: string, kind: string): void {
  if (provenance === undefined || typeof (provenance as Provenance | null)?.path === 'string') return;
  throw new DataError(`${named} has the provenance ${shown(provenance)}`, {
    hint: `Pass a provenance as it came with its ${kind}, or leave it out.`,
  });
}

/**
 * Throws a `DataError` when pixels are not a `Float32Array` of values in [0, 1] that fills the shape.
 *
 * @param named the image in the message: "image 3 (class cat)"
 * @param expected shape that it must have
 */
export function assertPixels(
  { pixels, shape }: Pick<LabeledImage, 'pixels' | 'shape'>,
  named: string,
  expected?: ImageShape,
): void {
  if (!isShape(shape)) {
    throw new DataError(`${named} has the shape ${shown(shape)}`, {
      hint: 'A shape is [height, width, channels], three whole numbers of at least 1.',
    });
  }
  assertFloats(pixels, named);
  if (pixels.length !== sizeOf(shape)) {
    throw new DataError(
      `${named} has ${pixels.length} values, but its shape ${formatShape(shape)} needs ${sizeOf(shape)}`,
      { hint: 'Pixels are stored row by row with channels last.' },
    );
  }
  if (expected !== undefined && shape.some((side, axis) => side !== expected[axis])) {
    throw new DataError(`${named} is ${formatShape(shape)}, but ${formatShape(expected)} is expected`, {
      hint: 'Resize or convert images to one shape before this operator.',
    });
  }
  const bad = firstNoPixel(pixels);
  if (bad >= 0) throw badPixel(named, pixels, bad);
}

/** Throws a `DataError` when pixels are in another kind of array. */
export function assertFloats(pixels: unknown, named: string): asserts pixels is Float32Array {
  if (isFloats(pixels)) return;
  const bytes = pixels instanceof Uint8ClampedArray || pixels instanceof Uint8Array;
  const scaled = 'Divide by 255: Float32Array.from(pixels, (value) => value / 255).';
  throw new DataError(`${named} has ${shown(pixels)} as its pixels, but a Float32Array is needed`, {
    hint: bytes ? scaled : 'Pixels are numbers in [0, 1]: Float32Array.from(values).',
  });
}

/** The error for a value that is no pixel, with the scale that it seems to have. */
export function badPixel(named: string, pixels: Float32Array, at: number): DataError {
  const value = pixels[at]!;
  if (!Number.isFinite(value)) {
    return new DataError(`${named} holds ${value} at value ${at}`, {
      hint: 'Pixels must be finite numbers in [0, 1].',
    });
  }
  return new DataError(`${named} holds ${value} at value ${at}, but pixels are numbers in [0, 1]`, {
    hint: scaleHint(pixels),
  });
}

/** The error for a value that is no pixel, of images of `size` values one after the other. */
export function badPixelOf(pixels: Float32Array, bad: number, size: number, where = ''): DataError {
  const image = Math.floor(bad / size);
  const own = pixels.subarray(image * size, (image + 1) * size);
  return badPixel(`image ${image}${where}`, own, bad % size);
}

function scaleHint(pixels: Float32Array): string {
  let [least, most] = [0, 0];
  for (const value of pixels) [least, most] = [Math.min(least, value), Math.max(most, value)];
  if (least >= 0) {
    return most <= 255
      ? 'Divide by 255: pixels.map((value) => value / 255).'
      : 'Divide by the largest value that they can have: 65535 for 16 bits, 255 for 8 bits.';
  }
  return least >= -1 && most <= 1
    ? 'If they are from −1 to 1: pixels.map((value) => (value + 1) / 2).'
    : 'Undo what normalized them, so that black is 0 and white is 1.';
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
  return checkSetParts('countOf', set).labels.length;
}

/** A set of the chosen images, in the order given. */
export function select(set: ImageSet, indices: ArrayLike<number>): ImageSet {
  checkIndices('indices', indices, countOf(set), 'select');
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
  const size = sizeOf(checkSetParts('imagesOf', set).shape);
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
  checkList('images', images);
  checkShape('shape', shape);
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

/**
 * The error for an image of an unknown class.
 *
 * @param has its image and its verb: "image 3 has the label"
 */
export function unknownClass(has: string, label: Label, classes: readonly Label[]): DataError {
  const isAlike = classes.some((known) => String(known) === String(label));
  const known = `Known classes: ${classes.map(labelText).join(', ')}.`;
  return new DataError(`${has} ${labelText(label)}, which is not among the classes`, {
    hint: isAlike ? `${known} A number and a string are two labels: give one kind.` : known,
  });
}

/** Packs images of one shape into a set. Throws a `DataError` for an image that cannot be used or is not of `classes`. */
export function packImages(
  images: readonly LabeledImage[],
  shape: ImageShape,
  classes: readonly Label[],
): ImageSet {
  const pixels = packPixels(images, shape);
  checkClasses('classes', classes);
  const indices = new Map(classes.map((label, index) => [label, index]));
  const labels = Int32Array.from(images, ({ label }, i) => {
    const index = indices.get(label);
    if (index === undefined) throw unknownClass(`image ${i} has the label`, label, classes);
    return index;
  });
  return { pixels, shape, labels, classes };
}
