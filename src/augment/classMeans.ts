import { type Label, type LabeledImage, UsageError } from '../core/index.js';
import type { Model } from '../models/index.js';
import { encodePixels } from './latentCodes.js';

/** Where the classes of a support set lie on the sphere. */
export interface ClassMeans {
  /** In the order of their first image. */
  readonly labels: readonly Label[];
  /** Cosine between a code's class part and the mean direction of each class, in that order. */
  cosines(code: Float32Array): number[];
}

/** Throws a `UsageError` when the model's codes lie on no sphere, so that classes have no directions. */
export function assertDirections({ card, latentSpace }: Model): void {
  if (latentSpace === 'sphere') return;
  throw new UsageError(`directions of classes need codes on a sphere, but those of ${card.name} are not`, {
    hint: 'Choose a model that was trained with atnl.',
  });
}

/**
 * The mean directions of the class parts of each class's codes. Throws a `UsageError` when the model's codes lie on no
 * sphere, or there are no images.
 */
export function classMeans(model: Model, support: readonly LabeledImage[]): ClassMeans {
  const { latentSize, styleSize } = model;
  assertDirections(model);
  if (support.length === 0) {
    throw new UsageError('there is no image to take a class from', {
      hint: 'Give at least one of each class.',
    });
  }
  const size = latentSize - styleSize;
  const codes = encodePixels(
    model,
    support.map(({ pixels }) => pixels),
  );
  const sums = new Map<Label, Float64Array>();
  for (const [i, { label }] of support.entries()) {
    const sum = sums.get(label) ?? new Float64Array(size);
    sums.set(label, sum);
    for (let j = 0; j < size; j++) sum[j]! += codes[i]![j]!;
  }
  const directions = [...sums.values()].map(unit);
  return {
    labels: [...sums.keys()],
    cosines(code) {
      const own = unit(Float64Array.from(code.subarray(0, size)));
      return directions.map((direction) => direction.reduce((sum, value, j) => sum + value * own[j]!, 0));
    },
  };
}

/** A vector at length 1; one that cancelled out stays as it is. */
function unit(vector: Float64Array): Float64Array {
  const length = Math.hypot(...vector);
  return length > 0 ? vector.map((value) => value / length) : vector;
}
