import * as tf from '@tensorflow/tfjs-core';
import { chunksOf } from '../core/chunks.js';
import { type LabeledImage, sizeOf } from '../core/image.js';
import type { Autoencoder } from '../models/architecture.js';
import type { Model } from '../models/model.js';
import { anglePoint } from '../sphere/point.js';
import type { LatentPath } from './paths.js';

/** A position on a path. */
export interface PathPoint {
  /** Codes `[latentSize]` of the parents, then those of the base. */
  readonly codes: readonly Float32Array[];
  readonly omega: number;
}

/** A decoded position on a path. */
export interface Drawing {
  readonly pixels: Float32Array;
  /** Angle between the last two of the position's codes, in radians. */
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

/** Codes `[latentSize]` of images of the model's shape, by one call for all. */
export function encodePixels(model: Autoencoder, images: readonly Float32Array[]): Float32Array[] {
  const codes = tf.tidy(() =>
    model.encode(tf.tensor4d(packed(images, sizeOf(model.imageShape)), [images.length, ...model.imageShape])),
  );
  return unpacked(readAndDispose(codes), model.latentSize);
}

/** Yields the codes of images, which are encoded in chunks. */
export function* codesOf(model: Autoencoder, images: readonly LabeledImage[]): Generator<Float32Array> {
  for (const chunk of chunksOf(images)) {
    const pixels = chunk.map((image) => image.pixels);
    yield* encodePixels(model, pixels);
  }
}

/** Images decoded from codes `[latentSize]`, by one call for all. */
export function decodeCodes(model: Model, codes: readonly Float32Array[]): Float32Array[] {
  const { latentSize, imageShape } = model;
  const drawn = tf.tidy(() =>
    model.decode(tf.tensor2d(packed(codes, latentSize), [codes.length, latentSize])),
  );
  return unpacked(readAndDispose(drawn), sizeOf(imageShape));
}

/** Codes at positions on a path. */
export const walkAlong = (
  path: LatentPath,
  positions: readonly PathPoint[],
  styleSize: number,
): Float32Array[] => positions.map(({ codes, omega }) => path.walk(codes, omega, styleSize));

/** Angle between the last two of a position's codes, in radians. */
export const angleAt = ({ codes }: PathPoint): number => anglePoint(codes.at(-2)!, codes.at(-1)!);

/** Images decoded at positions on a path, by one call for all. */
export function decodeAlong(model: Model, path: LatentPath, positions: readonly PathPoint[]): Drawing[] {
  const points = walkAlong(path, positions, model.styleSize);
  return decodeCodes(model, points).map((pixels, i) => ({ pixels, angle: angleAt(positions[i]!) }));
}

/** For use outside of `tf.tidy`, which looks for tensors in every element of an array that it returns. */
function readAndDispose(tensor: tf.Tensor): Float32Array {
  try {
    return tensor.dataSync<'float32'>();
  } finally {
    tensor.dispose();
  }
}
