import * as tf from '@tensorflow/tfjs';
import { from, lastValueFrom, toArray } from 'rxjs';
import { expect } from 'vitest';
import { hallucinate } from '../../src/augment/hallucinate.js';
import type { HallucinateOptions } from '../../src/augment/hallucinateOptions.js';
import type { Label, LabeledImage } from '../../src/core/image.js';
import { randomStream } from '../../src/core/random.js';
import type { Model } from '../../src/models/model.js';
import { normalize } from '../../src/sphere/normalize.js';
import { noise, tinyArchitecture } from '../models/tiny.js';

export const shape = tinyArchitecture.imageShape;

/** The i-th image of a class, always the same. */
export const photo = (label: Label, i: number): LabeledImage => ({
  pixels: noise(shape, label, i),
  shape,
  label,
});
export const photos = (label: Label, count: number) =>
  Array.from({ length: count }, (_, i) => photo(label, i));

/** Images in the order of these labels, each class's numbered from 0. */
export function arriving(labels: readonly Label[], make = photo): LabeledImage[] {
  const counts = new Map<Label, number>();
  return labels.map((label) => {
    const i = counts.get(label) ?? 0;
    counts.set(label, i + 1);
    return make(label, i);
  });
}

/** Everything that comes of these images. */
export const streamed = (model: Model, images: readonly LabeledImage[], options: HallucinateOptions) =>
  lastValueFrom(from(images).pipe(hallucinate(model, options), toArray()), { defaultValue: [] });

/** Those that were hallucinated, or those of one class. */
export const hallucinated = (images: readonly LabeledImage[], label?: Label) =>
  images.filter((image) => image.provenance !== undefined && (label === undefined || image.label === label));

/** Expects the same images in the same order, pixels and provenance bit for bit. */
export function expectIdentical(found: readonly LabeledImage[], expected: readonly LabeledImage[]): void {
  expect(found.map(({ provenance }) => provenance)).toEqual(expected.map(({ provenance }) => provenance));
  for (const [i, image] of found.entries()) {
    expect(image.label).toBe(expected[i]!.label);
    expect(
      Buffer.from(image.pixels.buffer).equals(Buffer.from(expected[i]!.pixels.buffer)),
      `pixels of image ${i}`,
    ).toBe(true);
  }
}

/** The model, with the first value of each image that it encodes and the size of each batch. */
export function recording(model: Model) {
  const encoded: number[][] = [];
  const decoded: number[] = [];
  const recorder: Model = {
    ...model,
    encode(images) {
      const size = images.size / images.shape[0];
      encoded.push([...images.dataSync()].filter((_, i) => i % size === 0));
      return model.encode(images);
    },
    decode(codes) {
      decoded.push(codes.shape[0]);
      return model.decode(codes);
    },
  };
  return { encoded, decoded, recorder };
}

/** The direction of a code's first two values. */
const inPlane = (code: Float32Array) =>
  code.subarray(0, 2).map((value) => value / Math.hypot(code[0]!, code[1]!));

/** A model whose images are their codes: two pixels are a point of the plane, on the circle brought to length 1. */
export function planeModel(model: Model, latentSpace: 'sphere' | 'euclidean'): Model {
  return {
    ...model,
    ...(model.base === undefined ? {} : { base: { ...model.base, codes: model.base.codes.map(inPlane) } }),
    imageShape: [1, 2, 1],
    latentSize: 2,
    styleSize: 0,
    latentSpace,
    encode: (images) =>
      tf.tidy(() => {
        const points = images.reshape<tf.Tensor2D>([images.shape[0], 2]);
        return latentSpace === 'sphere' ? normalize(points) : points.clone();
      }),
    decode: (codes) => codes.reshape([codes.shape[0], 1, 2, 1]),
  };
}

/** An image of `planeModel`. */
export const point = (label: Label, x: number, y: number): LabeledImage => ({
  pixels: Float32Array.of(x, y),
  shape: [1, 2, 1],
  label,
});

/** `planeModel` with the point (0, 0) in the middle of gray, so that points on all sides of it are pixels in [0, 1]. */
export function centeredModel(model: Model, latentSpace: 'sphere' | 'euclidean'): Model {
  const plane = planeModel(model, latentSpace);
  return {
    ...plane,
    encode: (images) => tf.tidy(() => plane.encode(images.sub(0.5).mul(16))),
    decode: (codes) => tf.tidy(() => plane.decode(codes).div(16).add(0.5)),
  };
}

/** An image of `centeredModel`. */
export const centered = (label: Label, x: number, y: number): LabeledImage =>
  point(label, 0.5 + x / 16, 0.5 + y / 16);

/** The i-th point of a class: classes lie in each other's way on a quarter of the circle. */
export function scattered(label: Label, i: number): LabeledImage {
  const turn = randomStream('scattered', label, i).uniform(0, Math.PI / 2);
  return point(label, Math.cos(turn), Math.sin(turn));
}
