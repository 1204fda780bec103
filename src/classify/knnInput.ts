import * as tf from '@tensorflow/tfjs-core';
import { firstNonFinite } from '../core/checks.js';
import { DataError } from '../core/errors.js';
import { assertUsableImage, type ImageShape, type LabeledImage, sizeOf } from '../core/image.js';

/** What makes features of images. A model of this package is one. */
export interface KnnEncoder {
  readonly imageShape: ImageShape;
  readonly latentSize: number;
  /** Names the weights, so that a saved classifier is not read with another encoder. */
  readonly digest: string;
  /** Images `[n, h, w, c]` in [0, 1] to codes `[n, latentSize]`. */
  encode(images: tf.Tensor4D): tf.Tensor2D;
}

/** An image, or features: values that are compared as they are. */
export type KnnInput = Float32Array | Pick<LabeledImage, 'pixels' | 'shape'>;

/** What inputs must be like, as far as that is known. */
export interface Expected {
  readonly shape: ImageShape | undefined;
  /** Values of each vector. */
  readonly dimension: number | undefined;
}

/** Images encoded at a time. */
const imagesPerBatch = 128;

const isFeatures = (input: KnnInput): input is Float32Array => input instanceof Float32Array;

/** What one more input tells about those that follow. */
export function expectLike(input: KnnInput, { shape, dimension }: Expected): Expected {
  return isFeatures(input)
    ? { shape, dimension: dimension ?? input.length }
    : { shape: shape ?? input.shape, dimension: dimension ?? sizeOf(input.shape) };
}

/** Throws a `DataError` that names the input by its place when it is not as expected or not finite. */
export function assertInput(input: KnnInput, place: number, { shape, dimension }: Expected): void {
  if (!isFeatures(input)) {
    if (shape === undefined && dimension !== undefined && sizeOf(input.shape) !== dimension) {
      throw wrongLength(`image ${place} has`, sizeOf(input.shape), dimension);
    }
    assertUsableImage({ ...input, label: 'not asked' }, place, shape);
    return;
  }
  if (input.length === 0 || (dimension !== undefined && input.length !== dimension)) {
    throw wrongLength(`features ${place} have`, input.length, dimension);
  }
  const bad = firstNonFinite(input);
  if (bad >= 0) throw new DataError(`features ${place} hold ${input[bad]} at value ${bad}`);
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
  const toEncode: { readonly pixels: Float32Array; readonly place: number }[] = [];
  for (const [place, input] of inputs.entries()) {
    if (isFeatures(input)) vectors.set(input, place * dimension);
    else if (encoder === undefined) vectors.set(input.pixels, place * dimension);
    else toEncode.push({ pixels: input.pixels, place });
  }
  for (let from = 0; encoder !== undefined && from < toEncode.length; from += imagesPerBatch) {
    const batch = toEncode.slice(from, from + imagesPerBatch);
    const codes = encode(
      encoder,
      batch.map(({ pixels }) => pixels),
    );
    for (const [row, { place }] of batch.entries()) {
      vectors.set(codes.subarray(row * dimension, (row + 1) * dimension), place * dimension);
    }
  }
  return vectors;
}

function encode(encoder: KnnEncoder, images: readonly Float32Array[]): Float32Array {
  const size = sizeOf(encoder.imageShape);
  const pixels = new Float32Array(images.length * size);
  for (const [i, image] of images.entries()) pixels.set(image, i * size);
  return tf.tidy(() => {
    const batch = tf.tensor4d(pixels, [images.length, ...encoder.imageShape]);
    return encoder.encode(batch).dataSync() as Float32Array;
  });
}
