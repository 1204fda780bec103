import * as tf from '@tensorflow/tfjs-core';
import { firstNonFinite } from '../core/checks.js';
import { chunksOf } from '../core/chunks.js';
import { DataError } from '../core/errors.js';
import { assertUsableImage, type ImageShape, type LabeledImage, sizeOf } from '../core/image.js';

/** An encoder of images, such as a model of this package. */
export interface KnnEncoder {
  readonly imageShape: ImageShape;
  readonly latentSize: number;
  /** Digest of the weights, so that a saved classifier is not read with another encoder. */
  readonly digest: string;
  /** Images `[n, h, w, c]` in [0, 1] to codes `[n, latentSize]`. */
  encode(images: tf.Tensor4D): tf.Tensor2D;
}

/** An image, or features: values that are compared as they are. */
export type KnnInput = Float32Array | Pick<LabeledImage, 'pixels' | 'shape'>;

/** Shape and length that inputs must have, as far as they are known. */
export interface Expected {
  readonly shape: ImageShape | undefined;
  /** Values of each vector. */
  readonly dimension: number | undefined;
}

const isFeatures = (input: KnnInput): input is Float32Array => input instanceof Float32Array;

/** Narrows what is expected by one more input. */
export function expectLike(input: KnnInput, { shape, dimension }: Expected): Expected {
  return isFeatures(input)
    ? { shape, dimension: dimension ?? input.length }
    : { shape: shape ?? input.shape, dimension: dimension ?? sizeOf(input.shape) };
}

/** Throws a `DataError` that names the input by its index when it is not as expected or not finite. */
export function assertInput(input: KnnInput, index: number, { shape, dimension }: Expected): void {
  if (!isFeatures(input)) {
    if (shape === undefined && dimension !== undefined && sizeOf(input.shape) !== dimension) {
      throw wrongLength(`image ${index} has`, sizeOf(input.shape), dimension);
    }
    assertUsableImage({ ...input, label: 'unused' }, index, shape);
    return;
  }
  if (input.length === 0 || (dimension !== undefined && input.length !== dimension)) {
    throw wrongLength(`features ${index} have`, input.length, dimension);
  }
  const bad = firstNonFinite(input);
  if (bad >= 0) throw new DataError(`features ${index} hold ${input[bad]} at value ${bad}`);
}

function wrongLength(subject: string, found: number, dimension: number | undefined): DataError {
  return new DataError(`${subject} ${found} values, but ${dimension ?? 'at least 1'} are expected`, {
    hint: 'Give images of one size, or features of one length.',
  });
}

/** The vectors of inputs, packed: features as they are, images as their codes or, without an encoder, their pixels. */
export function vectorsOf(
  inputs: readonly KnnInput[],
  dimension: number,
  encoder: KnnEncoder | undefined,
): Float32Array {
  const vectors = new Float32Array(inputs.length * dimension);
  const toEncode: { readonly pixels: Float32Array; readonly row: number }[] = [];
  for (const [row, input] of inputs.entries()) {
    if (isFeatures(input)) vectors.set(input, row * dimension);
    else if (encoder === undefined) vectors.set(input.pixels, row * dimension);
    else toEncode.push({ pixels: input.pixels, row });
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
