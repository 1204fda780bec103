import { UsageError } from '../core/errors.js';
import { assertUsableImage, type Label, type LabeledImage } from '../core/image.js';
import type { Model } from '../models/model.js';
import { type ClassPart, scaledAlongAxes, withinClassCovariance } from '../models/withinClass.js';
import { codesOf } from './latentCodes.js';

/** The prototypes of a support set, on the sphere. */
export interface Prototypes {
  /** In the order of their first image. */
  readonly labels: readonly Label[];
  /** Cosine between a code's class part and each prototype, in that order. */
  cosines(code: Float32Array): number[];
}

/**
 * The prototype of each class: the mean direction of its codes' class parts. Throws a `UsageError` when the model's codes lie
 * on no sphere, there are no images, or no two images of a class to whiten by.
 *
 * @param whitenBy images of any classes: differences within those count less. Default: codes stay as they are.
 */
export function prototypesOf(
  model: Model,
  support: readonly LabeledImage[],
  whitenBy?: readonly LabeledImage[],
): Prototypes {
  assertSphericalCodes(model);
  if (support.length === 0) {
    throw new UsageError('the support set has no images', { hint: 'Give at least one of each class.' });
  }
  for (const images of [support, whitenBy ?? []]) {
    for (const [i, image] of images.entries()) assertUsableImage(image, i, model.imageShape);
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

/** Throws a `UsageError` when the model's codes lie on no sphere, so that classes have no directions. */
export function assertSphericalCodes({ card, latentSpace }: Model): void {
  if (latentSpace === 'sphere') return;
  throw new UsageError(`prototypes need codes on a sphere, but those of ${card.name} are not`, {
    hint: 'Choose a model that was trained with atnl.',
  });
}

/** Returns a function from a code to its class part, whitened if there are images to whiten by. */
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

/** A vector at length 1; one that cancelled out stays as it is. */
function unit(vector: Float64Array): Float64Array {
  const length = Math.hypot(...vector);
  return length > 0 ? vector.map((value) => value / length) : vector;
}

/** Share of the mean variance that every direction has at least, so that few examples cannot enlarge one. */
const RIDGE = 0.1;
/** Degree of whitening: at 1 all variances become equal, at 0 they stay. Half way is best on classes never seen. */
const POWER = 0.5;

/**
 * A map of codes after which differences within classes count less: directions are shrunk by a root of the codes' variance
 * within classes, W^(−1/4) for the covariance W. It is within-class covariance normalization (Hatch, Kajarekar and Stolcke,
 * *Within-class covariance normalization for SVM-based speaker recognition*, 2006) half way.
 *
 * @param codes of any classes, several of each
 * @throws UsageError when there are no two of one class
 */
export function withinClassWhitening(codes: readonly ClassPart[]): (code: Float64Array) => Float64Array {
  const covariance = withinClassCovariance(codes);
  const size = covariance.rows;
  const ridge = (RIDGE * covariance.trace()) / size;
  // Without any variance within classes there is nothing to scale.
  const map = scaledAlongAxes(covariance, (variances) =>
    variances.map((value) => (ridge > 0 ? (value + ridge) ** (-POWER / 2) : 1)),
  ).to2DArray();
  return (code) => Float64Array.from(map, (row) => row.reduce((sum, value, i) => sum + value * code[i]!, 0));
}
