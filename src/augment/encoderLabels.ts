import { bufferCount, concatMap, type OperatorFunction, pipe } from 'rxjs';
import { checkCount, checkPositive, checkShare } from '../core/checks.js';
import { UsageError } from '../core/errors.js';
import {
  assertUsableImage,
  type Label,
  type LabeledImage,
  type LabelShare,
  labelSharesOf,
} from '../core/image.js';
import {
  checkFields,
  checkIterable,
  checkList,
  checkModel,
  checkOptionBag,
  optional,
} from '../core/kindChecks.js';
import type { Model } from '../models/model.js';
import { encodePixels } from './latentCodes.js';
import { prototypesOf } from './prototypes.js';

/** Cosines between images and the prototypes of a support set. */
export interface ClassCosines {
  /** In the order of their first image. */
  readonly labels: readonly Label[];
  /** For each image the cosine between its code and each class's prototype, in that order. */
  cosines(pixels: readonly Float32Array[]): number[][];
  /** The same for images that are encoded already: their codes by each encoder. */
  ofCodes(codes: readonly (readonly Float32Array[])[]): number[][];
}

/**
 * Cosines to prototypes, mean over several encoders. Throws a `UsageError` when the codes of one lie on no sphere, there are
 * no models or images, or no two images of a class to whiten by.
 */
export function classCosines(
  models: readonly Model[],
  support: readonly LabeledImage[],
  whitenBy?: readonly LabeledImage[],
): ClassCosines {
  const [first, ...others] = models.map((model) => ({
    model,
    prototypes: prototypesOf(model, support, whitenBy),
  }));
  if (first === undefined) {
    throw new UsageError('there is no encoder to label with', { hint: 'Give at least one model.' });
  }
  const ofCodes: ClassCosines['ofCodes'] = (codes) => {
    const [own, ...theirs] = [first, ...others].map(({ prototypes }, m) => codes[m]!.map(prototypes.cosines));
    return own!.map((row, i) =>
      row.map((cosine, c) => theirs.reduce((sum, rows) => sum + rows[i]![c]!, cosine) / models.length),
    );
  };
  return {
    labels: first.prototypes.labels,
    cosines: (pixels) => ofCodes(models.map((model) => encodePixels(model, pixels))),
    ofCodes,
  };
}

export interface EncoderLabelsOptions {
  /** Distillation weight in [0, 1]: share of a label that the encoder gives; the rest stays the image's own. Default 0.5. */
  readonly share?: number;
  /** Temperature of the softmax, above 0: cosines are divided by it. Lower is more decided. Default 0.1. */
  readonly temperature?: number;
  /**
   * Images of any classes, several of each, such as invented symbols (`inventSymbols`): differences within these classes
   * then count less. Default: codes stay as they are.
   */
  readonly whitenBy?: Iterable<LabeledImage>;
}

/**
 * Soft labels by an encoder (knowledge distillation: Hinton et al., "Distilling the knowledge in a neural network", arXiv
 * 1503.02531). The encoder's label is a softmax over the cosines between an image's code and the prototypes of a support
 * set; it is mixed with the label of the image. A classifier that trains on such labels learns what the encoder knows of
 * images between the classes: a strongly distorted 7 that might be a 1 is taught as such.
 *
 * An image of none of the support set's classes gets the encoder's label alone, whatever the share. So any image can teach
 * what the classes look like to the encoder, for example an invented symbol (`inventSymbols`).
 *
 * Cosines of several encoders are averaged before the softmax.
 *
 * Differences among images of one class, such as slant, can be made to count less: `whitenBy` takes images of any classes,
 * and codes are multiplied by W^(−1/4) for their covariance W within classes. That is within-class covariance
 * normalization (Hatch, Kajarekar and Stolcke, 2006) half way, and our addition; the paper has no labels by the encoder.
 *
 * ```ts
 * const label = encoderLabels(model, photos);
 * console.log(label(photos)[0]!.labels);
 * ```
 *
 * @see {@link labelByEncoder} for the same on a stream
 * @param model an encoder with codes on a sphere, or several
 * @param support labeled images of every class
 * @returns a function from images to the same with `labels`, in their order; `label` is the heaviest of them
 * @throws UsageError for options out of range, a model without a sphere, an empty support set, or no two images of a class to
 *   whiten by
 */
export function encoderLabels(
  model: Model | readonly Model[],
  support: Iterable<LabeledImage>,
  options: EncoderLabelsOptions = {},
): (images: readonly LabeledImage[]) => LabeledImage[] {
  const {
    share = 0.5,
    temperature = 0.1,
    whitenBy,
  } = checkFields('encoderLabels', options, {
    whitenBy: optional(checkIterable),
  });
  checkIterable('the support set', support, 'encoderLabels');
  checkShare('share', share);
  checkPositive('temperature', temperature);
  const models: readonly Model[] = Array.isArray(model) ? model : [model as Model];
  for (const each of models) checkModel(each);
  const { labels: classes, cosines } = classCosines(models, [...support], whitenBy && [...whitenBy]);
  const shareOf = ({ label }: LabeledImage) => (classes.includes(label) ? share : 1);
  const shape = models[0]?.imageShape;
  return (images) => {
    checkList('images', images, 'encoderLabels');
    for (const [i, image] of images.entries()) assertUsableImage(image, i, shape);
    if (images.every((image) => shareOf(image) === 0)) return [...images];
    const found = cosines(images.map(({ pixels }) => pixels));
    return images.map((image, i) => {
      const weight = shareOf(image);
      if (weight === 0) return image;
      const own = weight === 1 ? [] : labelSharesOf(image);
      const labels = blend(own, softmax(classes, found[i]!, temperature), weight);
      const { label } = labels.reduce((heaviest, other) =>
        other.weight > heaviest.weight ? other : heaviest,
      );
      return { ...image, label, labels };
    });
  };
}

/** Softmax of the cosines to every class. */
function softmax(classes: readonly Label[], cosines: readonly number[], temperature: number): LabelShare[] {
  const scaled = cosines.map((cosine) => cosine / temperature);
  const most = Math.max(...scaled);
  const weights = scaled.map((value) => Math.exp(value - most));
  const total = weights.reduce((sum, weight) => sum + weight);
  return classes.map((label, c) => ({ label, weight: weights[c]! / total }));
}

/** A label with the given share of another. */
function blend(own: readonly LabelShare[], other: readonly LabelShare[], share: number): LabelShare[] {
  const weights = new Map<Label, number>();
  for (const { label, weight } of own) weights.set(label, (1 - share) * weight);
  for (const { label, weight } of other) weights.set(label, (weights.get(label) ?? 0) + share * weight);
  return [...weights].map(([label, weight]) => ({ label, weight }));
}

export interface LabelByEncoderOptions extends EncoderLabelsOptions {
  /** Images encoded at a time; affects only speed and memory. Default 128. */
  readonly batchSize?: number;
}

/**
 * Mixes the encoder's label into that of each image of a stream.
 *
 * Put it last, after what hallucinates and distorts: the encoder then judges how far an image still shows its label.
 * Images keep their order; they come in groups of `batchSize`.
 *
 * ```ts
 * images$.pipe(geometric(affine(), { seed: 7 }), labelByEncoder(model, photos), toBatches(32)).subscribe(train);
 * ```
 *
 * @see {@link encoderLabels} for the encoder's label
 * @throws UsageError for options out of range, a model without a sphere, or an empty support set
 */
export function labelByEncoder(
  model: Model | readonly Model[],
  support: Iterable<LabeledImage>,
  options: LabelByEncoderOptions = {},
): OperatorFunction<LabeledImage, LabeledImage> {
  const { batchSize = 128, ...rest } = checkOptionBag('labelByEncoder', options);
  checkCount('batchSize', batchSize);
  const label = encoderLabels(model, support, rest);
  return pipe(bufferCount(batchSize), concatMap(label));
}
