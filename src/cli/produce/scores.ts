import * as tf from '@tensorflow/tfjs-core';
import { exactKnn } from '../../classify/exactKnn.js';
import { chunkRanges } from '../../core/chunks.js';
import { countOf, type ImageSet } from '../../core/image.js';
import { randomStream } from '../../core/random.js';
import { type ImageSource, setSource } from '../../data/imageSource.js';
import type { Autoencoder } from '../../models/architecture.js';
import { type BaseCodes, baseCodes } from '../../models/baseCodes.js';

/** Images whose errors are averaged at a time: another number rounds the mean of model cards otherwise. */
const ERRORS_AT_A_TIME = 500;

/** Yields the images of a source in chunks. */
function* chunks(
  source: ImageSource,
  size?: number,
): Generator<{ readonly start: number; readonly set: ImageSet }> {
  for (const { start, count } of chunkRanges(source.labels.length, size)) {
    yield { start, set: source.images(Int32Array.from({ length: count }, (_, i) => start + i)) };
  }
}

const toTensor = (set: ImageSet) => tf.tensor4d(set.pixels, [countOf(set), ...set.shape]);

/** Codes of all images of a source, packed row by row. */
export function encodeAll(autoencoder: Autoencoder, source: ImageSource): Float32Array {
  const codes = new Float32Array(source.labels.length * autoencoder.latentSize);
  for (const { start, set } of chunks(source)) {
    codes.set(
      tf.tidy(() => autoencoder.encode(toTensor(set)).dataSync()),
      start * autoencoder.latentSize,
    );
  }
  return codes;
}

/** Codes of all images of a source without their style part, if they have one, packed row by row. */
export function encodeClasses(
  autoencoder: Autoencoder,
  source: ImageSource,
): { readonly values: Float32Array; readonly dimension: number } {
  const { latentSize, styleSize } = autoencoder;
  const codes = encodeAll(autoencoder, source);
  const dimension = latentSize - styleSize;
  if (styleSize === 0) return { values: codes, dimension };
  const values = new Float32Array(source.labels.length * dimension);
  for (let i = 0; i < source.labels.length; i++) {
    values.set(codes.subarray(i * latentSize, i * latentSize + dimension), i * dimension);
  }
  return { values, dimension };
}

/** Accuracy, in [0, 1], of a KNN on codes: every image of `train` is a reference, every one of `test` a query. */
export async function codeAccuracy(
  autoencoder: Autoencoder,
  { train, test }: { readonly train: ImageSource; readonly test: ImageSource },
  k: number,
): Promise<number> {
  const references = { ...encodeClasses(autoencoder, train), labels: train.labels };
  const predicted = await exactKnn.predict(references, encodeClasses(autoencoder, test).values, {
    k,
    classes: train.classes.length,
  });
  return (
    predicted.reduce((right, label, i) => right + Number(label === test.labels[i]), 0) / predicted.length
  );
}

/** Mean squared error of decoded codes, over all values of all images of a source. */
export function reconstructionError(autoencoder: Autoencoder, source: ImageSource): number {
  let sum = 0;
  for (const { set } of chunks(source, ERRORS_AT_A_TIME)) {
    sum +=
      tf.tidy(() => {
        const images = toTensor(set);
        return autoencoder.decode(autoencoder.encode(images)).squaredDifference(images).mean().dataSync()[0]!;
      }) * countOf(set);
  }
  return sum / source.labels.length;
}

/** Codes of at most `base` images of each class, chosen by the seed. */
export function baseCodesOf(
  autoencoder: Autoencoder,
  train: ImageSource,
  { base, seed }: { readonly base: number; readonly seed: number },
): BaseCodes {
  const chosen = train.classes.flatMap((_, own) => {
    const members = [...train.labels.keys()].filter((i) => train.labels[i] === own);
    const order = randomStream(seed, 'base', own).permutation(members.length);
    return [...order.subarray(0, base)].map((i) => members[i]!);
  });
  const images = setSource(train.images(chosen));
  const packed = encodeAll(autoencoder, images);
  const size = autoencoder.latentSize;
  const codes = chosen.map((_, i) => packed.slice(i * size, (i + 1) * size));
  return baseCodes(codes, images.labels);
}
