import * as tf from '@tensorflow/tfjs-core';
import { checkPositive, checkRange } from '../../core/checks.js';
import { checkFields, checkFlag, oneAmong, optional } from '../../core/kindChecks.js';
import type { Architecture } from '../../models/architecture.js';
import { joinParts, splitParts } from '../../models/nets.js';
import { normalizeRows } from '../../sphere/normalize.js';
import { batchNorm } from '../batchNorm.js';
import { type Learner, singlePart, type TrainingBatch } from '../learner.js';
import { angularTripletNeighbor } from '../losses/angularTripletNeighbor.js';
import { squaredError } from '../losses/reconstruction.js';
import { circular, nominal, ordinal, type Semantics } from '../losses/semantics.js';
import { moved } from './noise.js';
import { nextOfClass, weightedRows } from './weightedRows.js';

/** Meaning of labels: names, positions on a line, or positions on a circle. */
export type SemanticsName = 'nominal' | 'ordinal' | 'circular';

export interface AtnlOptions {
  /** Meaning of labels. Default `nominal`. */
  readonly semantics?: SemanticsName;
  /** Largest difference of labels (`ordinal`) or a full turn (`circular`), in the labels' unit. Default 9, for digits. */
  readonly range?: number;
  /** Angular margin at semantic distance 1, in radians, at most π. Default 1. */
  readonly margin?: number;
  /** Weight λ of the angular term. Default 80. */
  readonly lambda?: number;
  /** Origin of the angle to the negative; see `angularTripletNeighbor`. Default `anchor`. */
  readonly negative?: 'anchor' | 'positive';
  /**
   * Approximate distance in radians by which codes are moved at random before they are decoded in training, at most π. It
   * makes the decoder smooth between the codes of training images, and its images softer. Default 0. Ours, not the paper's. Of codes with
   * a style part that part alone is moved: the more, the less an image's style can say, and the more its class must.
   */
  readonly noise?: number;
  /** Temperature in radians of the angular term's soft form; see `angularTripletNeighbor`. Default: the hinge. Ours, not the paper's. */
  readonly temperature?: number;
  /**
   * Normalize what each convolution of the encoder gives over the batch (Ioffe and Szegedy, 2015), for encoders with grids. It becomes part of
   * the kernels when the training ends. Default `false`.
   */
  readonly batchNorm?: boolean;
}

const semanticsByName: Record<SemanticsName, (range: number) => Semantics> = {
  nominal: () => nominal,
  ordinal,
  circular,
};

/**
 * Reconstruction + λ · ATNL (arXiv 2010.10772; our reading, see docs/concepts.md). The reconstruction term is the
 * squared error of an image, summed over its values.
 *
 * Codes with a style part (see `Architecture`; ours, not the paper's): ATNL orders the class parts, and an image is decoded
 * from its own style and the class part of another image of its class in the batch. So the class part learns what all
 * images of a class share, the style part what they do not, and any style can be given to any class. Where a batch has
 * twins, these alone are decoded, each from the class part of its image and the mean style of the images of other classes by its hand, so that a
 * style holds nothing of a class.
 */
export function atnl(options: AtnlOptions = {}): Learner {
  const {
    semantics = 'nominal',
    range = 9,
    margin = 1,
    lambda = 80,
    negative = 'anchor',
  } = checkFields('atnl', options, {
    semantics: optional(oneAmong(Object.keys(semanticsByName))),
    negative: optional(oneAmong(['anchor', 'positive'])),
    batchNorm: optional(checkFlag),
  });
  const { noise = 0, temperature, batchNorm: normalized = false } = options;
  if (temperature !== undefined) checkPositive('temperature', temperature, { of: 'atnl' });
  checkPositive('range', range, { of: 'atnl' });
  checkRange('margin', margin, { least: 0, most: Math.PI, of: 'atnl' });
  checkRange('noise', noise, { least: 0, most: Math.PI, of: 'atnl' });
  checkRange('lambda', lambda, { least: 0, of: 'atnl' });
  const distance = semanticsByName[semantics](range);
  return {
    name: 'atnl',
    latentSpace: 'sphere',
    variational: false,
    supervised: true,
    options: {
      semantics,
      ...(semantics === 'nominal' ? {} : { range }),
      margin,
      lambda,
      negative,
      ...(noise === 0 ? {} : { noise }),
      ...(temperature === undefined ? {} : { temperature }),
      ...(normalized ? { batchNorm: true } : {}),
    },
    prepare(autoencoder) {
      const norm = normalized ? batchNorm(autoencoder) : undefined;
      return singlePart(
        autoencoder,
        (batch) => {
          const { labels, random } = batch;
          const codes = (norm ?? autoencoder).encode(batch.images);
          const move = (points: tf.Tensor2D) =>
            noise === 0 ? points : moved(points, random('noise'), noise);
          const { kind, decodable, shown } = partsOf(codes, batch, autoencoder.architecture, move);
          const reconstruction = squaredError(shown, autoencoder.decode(decodable));
          const angular = angularTripletNeighbor(kind, labels, {
            ...{ semantics: distance, margin, negative },
            ...(temperature === undefined ? {} : { temperature }),
          });
          return {
            loss: tf.add<tf.Scalar>(reconstruction, angular.mul(lambda)),
            reconstruction,
            atnl: angular,
          };
        },
        norm,
      );
    },
  };
}

/** The codes that ATNL orders, and the codes to decode with the images that these should show. */
function partsOf(
  codes: tf.Tensor2D,
  { images, labels, hands, twins }: TrainingBatch,
  { styleSize }: Architecture,
  move: (points: tf.Tensor2D) => tf.Tensor2D,
): { readonly kind: tf.Tensor2D; readonly decodable: tf.Tensor2D; readonly shown: tf.Tensor4D } {
  if (styleSize === undefined) return { kind: codes, decodable: move(codes), shown: images };
  const { kind, style } = splitParts(codes, styleSize);
  const unit = kind.mul<tf.Tensor2D>(Math.SQRT2);
  const classes = labels.dataSync();
  const n = classes.length;
  const own = style.mul<tf.Tensor2D>(Math.SQRT2);
  if (hands === undefined || twins === undefined) {
    const ofClass = weightedRows(n, n, (i) => [[nextOfClass(classes, i), 1]]);
    const decodable = joinParts({ kind: tf.matMul(ofClass, unit), style: move(own) });
    return { kind: unit, decodable, shown: images };
  }
  const [by, wanted, of] = [hands, twins.hands, twins.of].map((numbers) => numbers.dataSync());
  const all = Array.from({ length: n }, (_, i) => i);
  const ofHand = weightedRows(of!.length, n, (i) => {
    const found = all.filter((other) => by![other] === wanted![i] && classes[other] !== classes[of![i]!]);
    return (found.length > 0 ? found : [of![i]!]).map((index, _, { length }) => [index, 1 / length]);
  });
  const styles: tf.Tensor2D = normalizeRows(tf.matMul(ofHand, own));
  // A product, as wasm lacks the gradient of `gather`.
  const kinds: tf.Tensor2D = tf.matMul(
    weightedRows(of!.length, n, (i) => [[of![i]!, 1]]),
    unit,
  );
  const decodable = joinParts({ kind: kinds, style: move(styles) });
  return { kind: unit, decodable, shown: twins.images };
}
