import { checkCount, firstNonFinite, refuse } from '../core/checks.js';
import { DataError, UsageError } from '../core/errors.js';
import {
  badPixelOf,
  checkClasses,
  checkImageSet,
  checkIndices,
  checkSetParts,
  checkShape,
  countOf,
  formatShape,
  type ImageSet,
  type ImageShape,
  type Label,
  labelText,
  select,
  sizeOf,
} from '../core/image.js';
import { checkBytes, checkFields, checkFunction, listOf } from '../core/kindChecks.js';

/** A labeled data set that makes floats only of the images that are asked for. */
export interface ImageSource {
  readonly shape: ImageShape;
  /** Class of each image, as an index into `classes`. */
  readonly labels: Int32Array;
  readonly classes: readonly Label[];
  /** The images of these indices in the order given, or all of them. */
  images(indices?: ArrayLike<number>): ImageSet;
}

/** Throws a `UsageError` unless a value is a source of images. */
export function checkSource(name: string, value: unknown, of?: string): asserts value is ImageSource {
  const what = of === undefined ? name : `${of}: ${name}`;
  const { labels, classes } = checkFields(what, value as ImageSource, {
    shape: checkShape,
    classes: checkClasses,
    images: checkFunction,
  });
  checkTypedIndices(labels, classes.length, what);
}

function checkTypedIndices(labels: unknown, classes: number, of: string): void {
  if (!(labels instanceof Int32Array)) refuse('labels', labels, 'an Int32Array', of);
  checkIndices('labels', labels, classes, of);
}

/** Most values of a source that is drawn or composed: 2³² take 4 GiB. */
const MOST_VALUES = 2 ** 32;

/** Throws a `UsageError` when so many images would take too much memory. */
export function checkAmount(
  of: string,
  classes: number,
  perClass: number,
  shape: ImageShape,
  most = MOST_VALUES,
): void {
  const values = classes * perClass * sizeOf(shape);
  if (values <= most) return;
  throw new UsageError(
    `${of}: ${classes} classes of ${perClass} images of ${formatShape(shape)} are ${values} values, too many for memory`,
    { hint: `Ask for fewer: ${most} values are possible.` },
  );
}

/** Each 8-bit value as a float. */
const shades = Float32Array.from({ length: 256 }, (_, value) => value / 255);

/** The nearest 8-bit value of each pixel in [0, 1]. */
export const toBytes = (pixels: Float32Array): Uint8Array =>
  Uint8Array.from(pixels, (value) => Math.round(255 * value));

/**
 * A source over 8-bit pixels, which become value / 255.
 *
 * @param read gives the bytes of an image; they may change with the next call
 */
export function storedSource(
  read: (index: number) => Uint8Array,
  shape: ImageShape,
  labels: Int32Array,
  classes: readonly Label[],
): ImageSource {
  const size = sizeOf(shape);
  const images = (indices: ArrayLike<number> = everyIndex(labels.length)): ImageSet => {
    const pixels = new Float32Array(indices.length * size);
    for (let i = 0; i < indices.length; i++) {
      const bytes = read(indices[i]!);
      for (let j = 0; j < size; j++) pixels[i * size + j] = shades[bytes[j]!]!;
    }
    return { pixels, shape, labels: Int32Array.from(indices, (index) => labels[index]!), classes };
  };
  return { shape, labels, classes, images };
}

/**
 * A source over 8-bit pixels in memory, image after image, which become value / 255. It keeps the bytes: MNIST's train set
 * takes 47 MB this way and 188 MB as floats.
 */
export function byteSource(
  bytes: Uint8Array,
  shape: ImageShape,
  labels: Int32Array,
  classes: readonly Label[],
): ImageSource {
  checkBytes('bytes', bytes, 'byteSource');
  checkShape('shape', shape, 'byteSource');
  checkClasses('classes', classes, 'byteSource');
  checkTypedIndices(labels, classes.length, 'byteSource');
  const size = sizeOf(shape);
  if (bytes.length !== labels.length * size) {
    throw new UsageError(
      `byteSource: ${labels.length} images of ${formatShape(shape)} need ${labels.length * size} bytes, not ${bytes.length}`,
    );
  }
  return storedSource((index) => bytes.subarray(index * size, (index + 1) * size), shape, labels, classes);
}

/** A source over images that are floats already. */
export function setSource(set: ImageSet): ImageSource {
  checkImageSet('setSource', set);
  const bad = firstNonFinite(set.pixels);
  if (bad >= 0) throw badPixelOf(set.pixels, bad, sizeOf(set.shape));
  return {
    shape: set.shape,
    labels: set.labels,
    classes: set.classes,
    images: (indices = everyIndex(countOf(set))) => select(set, indices),
  };
}

/**
 * Draws the images of a new source, kept as 8-bit pixels, class by class.
 *
 * @param drawerOf begins a class, and gives what draws each of its images: pixels in [0, 1]
 */
export function drawnSource(
  classes: readonly Label[],
  perClass: number,
  shape: ImageShape,
  drawerOf: (classIndex: number) => (image: number) => Float32Array,
): ImageSource {
  const size = sizeOf(shape);
  const bytes = new Uint8Array(classes.length * perClass * size);
  for (let classIndex = 0; classIndex < classes.length; classIndex++) {
    const draw = drawerOf(classIndex);
    for (let image = 0; image < perClass; image++) {
      bytes.set(toBytes(draw(image)), (classIndex * perClass + image) * size);
    }
  }
  const labels = Int32Array.from({ length: classes.length * perClass }, (_, i) => Math.floor(i / perClass));
  return byteSource(bytes, shape, labels, classes);
}

/** The images `from` … `to − 1` of a source, or as many as there are, as a source of their own. */
export function slice(source: ImageSource, from: number, to: number): ImageSource {
  checkSource('the source', source, 'slice');
  checkCount('from', from, { least: 0, of: 'slice' });
  checkCount('to', to, { least: from, of: 'slice' });
  const labels = source.labels.subarray(from, to);
  return {
    shape: source.shape,
    labels,
    classes: source.classes,
    images: (indices = everyIndex(labels.length)) =>
      source.images(Int32Array.from(indices, (index) => index + from)),
  };
}

/** The images of some classes, in their order. Labels still are indices into all classes of the source. */
export function ofClasses(source: ImageSource, wanted: readonly Label[]): ImageSource {
  checkSource('the source', source, 'ofClasses');
  checkClasses('the classes', wanted, 'ofClasses');
  assertKnownClasses(wanted, source.classes);
  const kept = new Set(wanted.map((label) => source.classes.indexOf(label)));
  const own = everyIndex(source.labels.length).filter((index) => kept.has(source.labels[index]!));
  return {
    ...source,
    labels: own.map((index) => source.labels[index]!),
    images: (indices = everyIndex(own.length)) =>
      source.images(Int32Array.from(indices, (index) => own[index]!)),
  };
}

/** Throws a `UsageError` that names the first of these classes that is unknown. */
export function assertKnownClasses(wanted: readonly Label[], known: readonly Label[]): void {
  const unknown = wanted.find((label) => !known.includes(label));
  if (unknown === undefined) return;
  throw new UsageError(`there is no class ${labelText(unknown)}`, {
    hint: `Known classes: ${known.map(labelText).join(', ')}.`,
  });
}

/**
 * Several sources as one, their images one after another. A class that two sources name alike is one class.
 *
 * @throws DataError when their images differ in shape
 */
export function joinSources(sources: readonly [ImageSource, ...ImageSource[]]): ImageSource {
  listOf(checkSource, 1)('sources', sources, 'joinSources');
  const { shape } = sources[0];
  for (const [i, other] of sources.entries()) {
    if (other.shape.join() === shape.join()) continue;
    throw new DataError(
      `source ${i} has images of ${formatShape(other.shape)}, but those of the first are ${formatShape(shape)}`,
      { hint: 'Join sources of one size.' },
    );
  }
  const classes: Label[] = [...new Set(sources.flatMap((source) => [...source.classes]))];
  const classIndex = new Map(classes.map((label, index) => [label, index]));
  const labels = Int32Array.from(
    sources.flatMap((source) =>
      Array.from(source.labels, (label) => classIndex.get(source.classes[label]!)!),
    ),
  );
  const images = (indices: ArrayLike<number> = everyIndex(labels.length)): ImageSet => {
    const size = sizeOf(shape);
    const pixels = new Float32Array(indices.length * size);
    let start = 0;
    for (const source of sources) {
      const end = start + source.labels.length;
      const rows = everyIndex(indices.length).filter((row) => indices[row]! >= start && indices[row]! < end);
      const found = source.images(rows.map((row) => indices[row]! - start));
      const own = checkSetParts('what a source gives', found).pixels;
      for (const [i, row] of rows.entries()) {
        pixels.set(own.subarray(i * size, (i + 1) * size), row * size);
      }
      start = end;
    }
    return { pixels, shape, labels: Int32Array.from(indices, (index) => labels[index]!), classes };
  };
  return { shape, labels, classes, images };
}

const everyIndex = (count: number): Int32Array => Int32Array.from({ length: count }, (_, index) => index);
