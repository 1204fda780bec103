import { type Label, type LabeledImage, UsageError } from '../core/index.js';
import type { Model } from '../models/index.js';
import { codesOf } from './latentCodes.js';
import { withinClassWhitening } from './withinClassWhitening.js';

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

/** From a code to its class part, whitened by what differs among images of one class if there are such. */
function classPartOf(model: Model, whitenBy: readonly LabeledImage[] | undefined) {
  const size = model.latentSize - model.styleSize;
  const part = (code: Float32Array) => Float64Array.from(code.subarray(0, size));
  if (whitenBy === undefined) return part;
  const known = Array.from(codesOf(model, whitenBy), (code, i) => ({
    code: part(code),
    label: whitenBy[i]!.label,
  }));
  const whiten = withinClassWhitening(known);
  return (code: Float32Array) => unit(whiten(part(code)));
}

/**
 * The mean directions of the class parts of each class's codes. Throws a `UsageError` when the model's codes lie on no
 * sphere, there are no images, or no two images of a class to whiten by.
 *
 * @param whitenBy images of any classes: what differs within those counts less. Default: codes stay as they are.
 */
export function classMeans(
  model: Model,
  support: readonly LabeledImage[],
  whitenBy?: readonly LabeledImage[],
): ClassMeans {
  assertDirections(model);
  if (support.length === 0) {
    throw new UsageError('there is no image to take a class from', {
      hint: 'Give at least one of each class.',
    });
  }
  const classPart = classPartOf(model, whitenBy);
  const parts = Array.from(codesOf(model, support), classPart);
  const sums = new Map<Label, Float64Array>();
  for (const [i, { label }] of support.entries()) {
    const part = parts[i]!;
    sums.set(label, sums.get(label)?.map((sum, j) => sum + part[j]!) ?? part);
  }
  const directions = [...sums.values()].map(unit);
  return {
    labels: [...sums.keys()],
    cosines(code) {
      const own = unit(classPart(code));
      return directions.map((direction) => direction.reduce((sum, value, j) => sum + value * own[j]!, 0));
    },
  };
}

/** A vector at length 1; one that cancelled out stays as it is. */
function unit(vector: Float64Array): Float64Array {
  const length = Math.hypot(...vector);
  return length > 0 ? vector.map((value) => value / length) : vector;
}
