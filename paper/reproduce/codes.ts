import { encodeAll } from '../../src/cli/produce/scores.js';
import type { Label } from '../../src/core/image.js';
import { randomStream } from '../../src/core/random.js';
import { type ImageSource, slice } from '../../src/data/imageSource.js';
import type { Model } from '../../src/models/model.js';
import type { Scale } from './recipes.js';

/** Codes of images with their classes. */
export interface Codes {
  readonly values: Float32Array;
  readonly dimension: number;
  readonly labels: Int32Array;
  readonly classes: readonly Label[];
}

/** Codes of the first `limit` images of a source, or of all. */
export function codesOf(model: Model, source: ImageSource, limit = Number.POSITIVE_INFINITY): Codes {
  const part = slice(source, 0, Math.min(limit, source.labels.length));
  return {
    values: encodeAll(model, part),
    dimension: model.latentSize,
    labels: part.labels,
    classes: part.classes,
  };
}

/** Test images of a result, in words. */
export const testSetOf = (scale: Scale['name']): string =>
  scale === 'full' ? 'whole test set' : 'test set in part';

/** Codes of `count` images, chosen by the seed. */
export function someCodes(model: Model, source: ImageSource, count: number, seed: number): Codes {
  const order = randomStream(seed, 'map').permutation(source.labels.length).subarray(0, count);
  return codesOf(model, {
    ...source,
    labels: order.map((i) => source.labels[i]!),
    images: (indices = order.map((_, i) => i)) => source.images(Int32Array.from(indices, (i) => order[i]!)),
  });
}
