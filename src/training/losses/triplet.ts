import * as tf from '@tensorflow/tfjs-core';
import { checkOptionBag } from '../../core/kindChecks.js';
import { euclideanDistances } from './distance.js';
import { nominal } from './semantics.js';
import { meanOfActive, type Reduction, tripletHinge } from './triplets.js';

export interface TripletOptions {
  /** Margin by which a negative should be farther than a positive, in the unit of the codes. Default 1, as in PyTorch. */
  readonly margin?: number;
  /** Reduction of the hinges to one number. Default `meanOfActive`. */
  readonly reduction?: Reduction;
}

/**
 * Triplet loss on Euclidean distances over all triplets of the batch, [|a − p| − |a − n| + margin]₊: the VAE-TL of
 * Table 1. After Schroff et al., "FaceNet" (CVPR 2015), who square the distances; we do not, as most do since Hermans
 * et al., "In defense of the triplet loss" (2017), whose "batch all" with the mean of active triplets this is.
 *
 * @param codes `[n, d]`, not normalized
 * @param labels `[n]` class numbers
 * @returns a scalar, never negative; 0 with gradient 0 when no triplet is active
 * @throws UsageError unless there is one label a code
 */
export function triplet(codes: tf.Tensor2D, labels: tf.Tensor1D, options: TripletOptions = {}): tf.Scalar {
  const { margin = 1, reduction = meanOfActive } = checkOptionBag('triplet', options);
  const rule = {
    semantics: nominal,
    margin,
    negative: 'anchor',
    neighborhood: Number.POSITIVE_INFINITY,
  } as const;
  return tf.tidy(() => tripletHinge(euclideanDistances(codes), labels, rule, reduction));
}
