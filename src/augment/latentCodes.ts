import * as tf from '@tensorflow/tfjs-core';
import { type LabeledImage, sizeOf } from '../core/image.js';
import type { Autoencoder } from '../models/architecture.js';
import type { Model } from '../models/model.js';
import { anglePoint } from '../sphere/point.js';
import type { LatentPath } from './paths.js';

/** Images encoded at a time where they may be many. */
const CHUNK = 500;

/** A place on a path, with what it is worked out from. */
export interface Place {
  /** Codes `[latentSize]` of the parents, then those of the base. */
  readonly codes: readonly Float32Array[];
  readonly omega: number;
}

/** What the decoder drew at a place. */
export interface Drawing {
  readonly pixels: Float32Array;
  /** Angle between the last two of the place's codes, in radians. */
  readonly angle: number;
}

/** Rows of one length, one after another. */
function packed(rows: readonly Float32Array[], size: number): Float32Array {
  const values = new Float32Array(rows.length * size);
  for (const [i, row] of rows.entries()) values.set(row, i * size);
  return values;
}

function unpacked(values: Float32Array, size: number): Float32Array[] {
  return Array.from({ length: values.length / size }, (_, i) => values.slice(i * size, (i + 1) * size));
}

/** The codes `[latentSize]` of images of the model's shape, one call for all. */
export function encodePixels(model: Autoencoder, images: readonly Float32Array[]): Float32Array[] {
  const codes = tf.tidy(() =>
    model.encode(tf.tensor4d(packed(images, sizeOf(model.imageShape)), [images.length, ...model.imageShape])),
  );
  return unpacked(readAndDispose(codes), model.latentSize);
}

/** Codes of images, some images at a time. */
export function* codesOf(model: Autoencoder, images: readonly LabeledImage[]): Generator<Float32Array> {
  for (let start = 0; start < images.length; start += CHUNK) {
    const pixels = images.slice(start, start + CHUNK).map((image) => image.pixels);
    yield* encodePixels(model, pixels);
  }
}

/** What the decoder draws of codes `[latentSize]`, one call for all. */
export function decodeCodes(model: Model, codes: readonly Float32Array[]): Float32Array[] {
  const { latentSize, imageShape } = model;
  const drawn = tf.tidy(() =>
    model.decode(tf.tensor2d(packed(codes, latentSize), [codes.length, latentSize])),
  );
  return unpacked(readAndDispose(drawn), sizeOf(imageShape));
}

/** What the decoder draws at places on a path, one call for all. */
export function decodePlaces(model: Model, path: LatentPath, places: readonly Place[]): Drawing[] {
  const { styleSize } = model;
  const points = places.map(({ codes, omega }) => path.walk(codes, omega, styleSize));
  return decodeCodes(model, points).map((pixels, i) => ({
    pixels,
    angle: anglePoint(places[i]!.codes.at(-2)!, places[i]!.codes.at(-1)!),
  }));
}

/** Reads outside of a tidy: a tidy looks for tensors in every element of an array that it is given to return. */
function readAndDispose(tensor: tf.Tensor): Float32Array {
  try {
    return tensor.dataSync<'float32'>();
  } finally {
    tensor.dispose();
  }
}
