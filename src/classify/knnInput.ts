import * as tf from '@tensorflow/tfjs-core';
import { firstNonFinite, refuse } from '../core/checks.js';
import { chunksOf } from '../core/chunks.js';
import { assertValues, isCode, type LabeledCode } from '../core/code.js';
import { DataError } from '../core/errors.js';
import {
  assertUnlabeledImage,
  formatShape,
  type ImageShape,
  isShape,
  type Label,
  type LabeledImage,
  sizeOf,
} from '../core/image.js';
import { isPromise, shown } from '../core/shown.js';

/** An encoder of images, such as a model of this package. */
export interface KnnEncoder {
  readonly imageShape: ImageShape;
  readonly latentSize: number;
  /** Digest of the weights, so that a saved classifier is not read with another encoder. */
  readonly digest: string;
  /** Images `[n, h, w, c]` in [0, 1] to codes `[n, latentSize]`. */
  encode(images: tf.Tensor4D): tf.Tensor2D;
}

/** Throws a `UsageError` unless a value is an encoder. */
export function checkEncoder(name: string, value: unknown, of?: string): void {
  const hint = isPromise(value)
    ? "Await it: await loadModel('mnist')."
    : "Load one: await loadModel('mnist').";
  const { encode, imageShape, latentSize } = (value ?? {}) as Partial<KnnEncoder>;
  if (typeof encode !== 'function' || !isShape(imageShape) || !Number.isSafeInteger(latentSize)) {
    refuse(name, value, 'an encoder, such as a model', of, hint);
  }
}

/** Numbers, nested to any depth: `[n]`, `[h][w]`, `[h][w][c]`, … */
export type NestedNumbers = ArrayLike<number> | readonly NestedNumbers[];

/** An image by its pixels, channels last. One with a provenance was made of others. */
export type KnnImage = Pick<LabeledImage, 'pixels' | 'shape' | 'provenance'>;

/** A code, which is compared as it is. One with a provenance was made of others. */
export type KnnCode = Pick<LabeledCode, 'code' | 'provenance'>;

/**
 * An image, a code, or features, which are compared as they are. Arrays and tensors are told apart by their shape: `[n]` and
 * `[1, n]` are features, `[h, w]` is a gray image, `[h, w, c]` and `[1, h, w, c]` are an image. Tensors are only read.
 */
export type KnnInput = KnnImage | KnnCode | NestedNumbers | tf.Tensor;

/** An input that was read: features, a code or an image. */
export type KnnExample = Float32Array | KnnCode | KnnImage;

/** Shape and length that inputs must have, as far as they are known. */
export interface Expected {
  readonly shape: ImageShape | undefined;
  /** Values of each vector. */
  readonly dimension: number | undefined;
}

const kinds =
  'Give features as a list of numbers, an image as { pixels, shape } or nested lists, a tensor of either, or a code.';

const isFeatures = (example: KnnExample): example is Float32Array => example instanceof Float32Array;

/** Values of features and codes, which are compared as they are; undefined for an image. */
const featuresOf = (example: KnnExample): Float32Array | undefined =>
  isFeatures(example) ? example : 'code' in example ? example.code : undefined;

/** True for an array or typed array of numbers or of arrays. Arrays of `bigint` hold no numbers. */
function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

/** A value as errors name it: `a Promise`, `the text 'cat'`, `null`. */
function nameOf(value: unknown): string {
  if (value === null || value === undefined || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return `the text '${value}'`;
  if (typeof value === 'number' || typeof value === 'bigint') return `the ${typeof value} ${value}`;
  if (typeof value !== 'object') return `a ${typeof value}`;
  const name = value.constructor?.name ?? 'Object';
  return `${/^[AEIO]/.test(name) ? 'an' : 'a'} ${name}`;
}

/** The error for a value that is nothing a classifier can take. `hint` says what is. */
function refusal(what: string, value: unknown, hint: string): DataError {
  const waits = typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
  return new DataError(`${what} is ${nameOf(value)}`, {
    hint: waits ? 'It is not there yet: await it.' : hint,
  });
}

/** Inputs as an array. Throws a `DataError` for what is no list of inputs. */
export function listOf<T>(inputs: Iterable<T>, hint: string): T[] {
  if (typeof (inputs as Partial<Iterable<T>> | null | undefined)?.[Symbol.iterator] === 'function') {
    if (typeof inputs !== 'string') return [...inputs];
  }
  throw refusal('the list of inputs', inputs, hint);
}

/** Reads an input, whatever its kind. Throws a `DataError` that names it by its index when it is of none. */
export function readInput(input: KnnInput, index: number): KnnExample {
  const what = `input ${index}`;
  if (input instanceof Float32Array) return input;
  if (isList(input)) return readList(input, what);
  if (input instanceof tf.Tensor) return readTensor(input, what);
  if (isCode(input)) {
    assertValues(input.code, what);
    return input;
  }
  if (typeof input === 'object' && input !== null && ('pixels' in input || 'shape' in input)) {
    assertImageKind(input as KnnImage, what);
    return input as KnnImage;
  }
  throw refusal(what, input, kinds);
}

function assertImageKind({ pixels, shape }: KnnImage, what: string): void {
  if (!(pixels instanceof Float32Array)) {
    throw refusal(
      `the field pixels of ${what}`,
      pixels,
      'Pixels are a Float32Array of values in [0, 1]: divide bytes by 255.',
    );
  }
  const isSide = (side: unknown) => Number.isSafeInteger(side) && (side as number) > 0;
  if (Array.isArray(shape) && shape.length === 3 && shape.every(isSide)) return;
  throw new DataError(
    `the field shape of ${what} is ${Array.isArray(shape) ? `[${shape.map(shown)}]` : nameOf(shape)}`,
    {
      hint: 'A shape is [height, width, channels].',
    },
  );
}

function readTensor(tensor: tf.Tensor, what: string): KnnExample {
  if (tensor.isDisposed)
    throw new DataError(`${what} is a tensor that was disposed`, { hint: 'Add it before.' });
  if (tensor.dtype === 'string' || tensor.dtype === 'complex64') {
    throw new DataError(`${what} is a tensor of ${tensor.dtype}`, { hint: kinds });
  }
  return ofShape(Float32Array.from(tensor.dataSync()), tensor.shape, what);
}

/** Lists nested deeper than this have no shape that is taken. */
const DEEPEST = 5;

function readList(list: ArrayLike<unknown>, what: string): KnnExample {
  const shape: number[] = [];
  for (let first: unknown = list; isList(first) && shape.length < DEEPEST; first = first[0])
    shape.push(first.length);
  const values = new Float32Array(shape.reduce((product, side) => product * side, 1));
  let filled = 0;
  const fill = (part: ArrayLike<unknown>, [side, ...rest]: readonly number[]): void => {
    if (part.length !== side) {
      throw new DataError(`${what} is uneven: it has lists of ${side} and of ${part.length} values`, {
        hint: 'Give every row of an image the same length.',
      });
    }
    for (let i = 0; i < part.length; i++) {
      const value = part[i];
      const isRow = isList(value);
      if (isRow && rest.length > 0) fill(value, rest);
      else if (typeof value === 'number' && rest.length === 0) values[filled++] = value;
      else throw refusal(`value ${filled} of ${what}`, value, kinds);
    }
  };
  if (shape.length < DEEPEST) fill(list, shape);
  return ofShape(values, shape, what);
}

/** Features or an image, by the shape of what holds them. */
function ofShape(values: Float32Array, shape: readonly number[], what: string): KnnExample {
  const rank = shape.length;
  if (rank === 1 || (rank === 2 && shape[0] === 1)) return values;
  const sides = rank === 4 && shape[0] === 1 ? shape.slice(1) : shape;
  if ((rank === 2 || sides.length === 3) && values.length > 0) {
    const [height, width, channels = 1] = sides as [number, number, number?];
    return { pixels: values, shape: [height, width, channels] };
  }
  throw new DataError(`${what} has ${rank === 0 ? 'no shape' : `the shape [${shape}]`}`, {
    hint: 'Give one at a time: features [n] or [1, n], an image [h, w], [h, w, c] or [1, h, w, c].',
  });
}

/** True for an image or code that was made of others, such as a hallucination. */
export const isMade = (example: KnnExample): boolean =>
  !isFeatures(example) && example.provenance !== undefined;

/** Throws a `DataError` that names the example by its index unless its label is a non-empty text or a finite number. */
export function assertLabel(label: Label, index: number): void {
  if (typeof label === 'string' ? label !== '' : Number.isFinite(label)) return;
  const missing = label === undefined || label === null || label === '' || Number.isNaN(label);
  const hint = 'Give every example a string or a finite number as its label.';
  if (missing) throw new DataError(`example ${index} has no label`, { hint });
  throw refusal(`the label of example ${index}`, label, hint);
}

/** Narrows what is expected by one more example. */
export function expectLike(example: KnnExample, { shape, dimension }: Expected): Expected {
  const features = featuresOf(example);
  if (features !== undefined) return { shape, dimension: dimension ?? features.length };
  const image = example as KnnImage;
  return { shape: shape ?? image.shape, dimension: dimension ?? sizeOf(image.shape) };
}

/** Throws a `DataError` that names the example by its index when it is not as expected or not finite. */
export function assertExample(example: KnnExample, index: number, { shape, dimension }: Expected): void {
  const features = featuresOf(example);
  if (features === undefined) {
    const image = example as KnnImage;
    if (shape === undefined && dimension !== undefined && sizeOf(image.shape) !== dimension) {
      throw wrongLength(`image ${index} has`, sizeOf(image.shape), { shape, dimension });
    }
    assertUnlabeledImage(image, index, shape);
    return;
  }
  if (features.length === 0 || (dimension !== undefined && features.length !== dimension)) {
    const subject = isFeatures(example) ? `features ${index} have` : `code ${index} has`;
    throw wrongLength(subject, features.length, { shape, dimension });
  }
  const bad = firstNonFinite(features);
  if (bad >= 0) throw new DataError(`features ${index} hold ${features[bad]} at value ${bad}`);
}

function wrongLength(subject: string, found: number, { shape, dimension }: Expected): DataError {
  return new DataError(`${subject} ${found} values, but ${dimension ?? 'at least 1'} are expected`, {
    hint:
      shape !== undefined && sizeOf(shape) === found
        ? `Give an image as { pixels, shape: [${shape.join(', ')}] }: a plain list is taken for features.`
        : `Give images of one size${shape === undefined ? '' : ` (${formatShape(shape)})`}, or features of one length.`,
  });
}

/** The vectors of examples, packed: features and codes as they are, images as their codes or, without an encoder, their pixels. */
export function vectorsOf(
  examples: readonly KnnExample[],
  dimension: number,
  encoder: KnnEncoder | undefined,
): Float32Array {
  const vectors = new Float32Array(examples.length * dimension);
  const toEncode: { readonly pixels: Float32Array; readonly row: number }[] = [];
  for (const [row, example] of examples.entries()) {
    const features = featuresOf(example);
    if (features !== undefined) {
      vectors.set(features, row * dimension);
      continue;
    }
    const { pixels } = example as KnnImage;
    if (encoder === undefined) vectors.set(pixels, row * dimension);
    else toEncode.push({ pixels, row });
  }
  if (encoder === undefined) return vectors;
  for (const chunk of chunksOf(toEncode)) {
    const codes = encode(encoder, chunk);
    for (const [i, { row }] of chunk.entries()) {
      vectors.set(codes.subarray(i * dimension, (i + 1) * dimension), row * dimension);
    }
  }
  return vectors;
}

function encode(encoder: KnnEncoder, images: readonly { readonly pixels: Float32Array }[]): Float32Array {
  const size = sizeOf(encoder.imageShape);
  const packed = new Float32Array(images.length * size);
  for (const [i, { pixels }] of images.entries()) packed.set(pixels, i * size);
  return tf.tidy(() => {
    const batch = tf.tensor4d(packed, [images.length, ...encoder.imageShape]);
    return encoder.encode(batch).dataSync() as Float32Array;
  });
}
