import { type Label, type LabeledImage, type LabelShare, labelSharesOf, UsageError } from '../core/index.js';
import type { Model } from '../models/index.js';
import { classCosines } from './classCosines.js';

export interface EncoderLabelsOptions {
  /** Share of a label that the encoder's opinion gets, in [0, 1]; the rest stays with the image's own. Default 0.5. */
  readonly share?: number;
  /** How decided the encoder is, above 0: cosines are divided by it before the softmax. Default 0.1. */
  readonly temperature?: number;
  /**
   * Images of any classes, several of each, such as {@link inventSymbols invented symbols}: what differs among codes of one class
   * then counts less. Default: codes stay as they are.
   */
  readonly whitenBy?: Iterable<LabeledImage>;
}

/**
 * Lets the encoder say what images show, beside the label that they come with. Its opinion is a softmax over the cosines
 * between an image's code and the mean directions of the classes of a support set. A classifier that trains on such labels
 * learns what the encoder knows of images between the classes (Hinton et al., "Distilling the knowledge in a neural
 * network", arXiv 1503.02531): a strongly distorted 7 that might be a 1 is then taught as one that might be.
 *
 * An image of none of those classes gets the opinion alone, whatever the share. So any image can teach what the classes
 * look like to the encoder, {@link inventSymbols invented symbols} for one.
 *
 * Several encoders have one opinion together: cosines are averaged before the softmax.
 *
 * What differs among images of one class, such as a slant, can be told to count less: `whitenBy` takes images of any classes, and
 * codes are multiplied by W^(−1/4) for their covariance W within classes. That is within-class covariance normalization
 * (Hatch, Kajarekar and Stolcke, 2006) half way, and our addition; the paper has no labels by the encoder.
 *
 * ```ts
 * const label = encoderLabels(model, photos);
 * console.log(label(photos)[0]!.labels);
 * ```
 *
 * @see {@link labelByEncoder} for the same on a stream
 * @param model an encoder with codes on a sphere, or several
 * @param support labelled images of every class
 * @returns images with `labels`, in their order; `label` is the heaviest of them
 * @throws UsageError for options out of range, a model without a sphere, an empty support set, or no two images of a class to
 *   whiten by
 */
export function encoderLabels(
  model: Model | readonly Model[],
  support: Iterable<LabeledImage>,
  { share = 0.5, temperature = 0.1, whitenBy }: EncoderLabelsOptions = {},
): (images: readonly LabeledImage[]) => LabeledImage[] {
  if (!(share >= 0 && share <= 1)) throw new UsageError(`share must be in [0, 1], not ${share}`);
  if (!(temperature > 0 && Number.isFinite(temperature)))
    throw new UsageError(`temperature must be a number above 0, not ${temperature}`);
  const models = Array.isArray(model) ? model : [model as Model];
  const { labels: classes, cosines } = classCosines(models, [...support], whitenBy && [...whitenBy]);
  const shareOf = ({ label }: LabeledImage) => (classes.includes(label) ? share : 1);
  return (images) => {
    if (images.every((image) => shareOf(image) === 0)) return [...images];
    const found = cosines(images.map(({ pixels }) => pixels));
    return images.map((image, i) => {
      const weight = shareOf(image);
      if (weight === 0) return image;
      const own = weight === 1 ? [] : labelSharesOf(image);
      const labels = blend(own, opinion(classes, found[i]!, temperature), weight);
      const { label } = labels.reduce((heaviest, other) =>
        other.weight > heaviest.weight ? other : heaviest,
      );
      return { ...image, label, labels };
    });
  };
}

/** Softmax of the cosines to every class. */
function opinion(classes: readonly Label[], cosines: readonly number[], temperature: number): LabelShare[] {
  const scaled = cosines.map((cosine) => cosine / temperature);
  const most = Math.max(...scaled);
  const weights = scaled.map((value) => Math.exp(value - most));
  const total = weights.reduce((sum, weight) => sum + weight);
  return classes.map((label, c) => ({ label, weight: weights[c]! / total }));
}

/** Two opinions as one. */
function blend(own: readonly LabelShare[], other: readonly LabelShare[], share: number): LabelShare[] {
  const weights = new Map<Label, number>();
  for (const { label, weight } of own) weights.set(label, (1 - share) * weight);
  for (const { label, weight } of other) weights.set(label, (weights.get(label) ?? 0) + share * weight);
  return [...weights].map(([label, weight]) => ({ label, weight }));
}
