import * as tf from '@tensorflow/tfjs-core';
import { checkFields, numberFrom, optional } from '../../core/kindChecks.js';
import { angularDistances } from './distance.js';
import { nominal, type Semantics } from './semantics.js';
import { softTriplets } from './softTriplets.js';
import { lossOfTriplets, meanOfActive, type Reduction, tripletHinge } from './triplets.js';

export interface AngularTripletNeighborOptions {
  /**
   * Margin in radians by which a negative should be farther than a positive at semantic distance 1 from it; at a smaller
   * semantic distance the margin is proportionally smaller. Default 0.5 (Angular Triplet-Center Loss, AAAI 2019).
   */
  readonly margin?: number;
  /** Semantic distance of two labels. Default `nominal`; `ordinal(9)` for the order of digits. */
  readonly semantics?: Semantics;
  /**
   * Origin of the angle to the negative that is compared with θ(a,p): `anchor` takes θ(a,n), the triplet loss's form; `positive`
   * takes θ(p,n), as the poster's Figure 2 draws it. Default `anchor`.
   */
  readonly negative?: 'anchor' | 'positive';
  /** Largest s(a,n) − s(a,p), without unit, at which n still counts as a neighbor. Default: no limit. */
  readonly neighborhood?: number;
  /** Reduction of the hinges to one number. Default `meanOfActive`. */
  readonly reduction?: Reduction;
  /**
   * Temperature τ in radians of a soft form, in which all negatives of a pair count together, the near ones more; see below. Default: the
   * hinge.
   */
  readonly temperature?: number;
}

/**
 * Angular Triplet-Neighbor Loss (ATNL) of Yan et al., "Semantics-Guided Representation Learning with Applications to
 * Visual Synthesis" (arXiv 2010.10772): orders angles on the sphere as labels are ordered in meaning.
 *
 * The mean, over the triplets of the batch with a positive value, of
 *
 *     [θ(a,p) − θ(a,n) + m·(s(a,n) − s(a,p))]₊      for p ≠ a and s(a,n) > s(a,p)
 *
 * with θ the angle between codes and s the semantic distance of labels. This is our reading: the authors' poster
 * shows anchor, positive, negative and an angular margin, but no equation. Ours are that negatives are all farther
 * semantic neighbors (with `nominal`: all other classes), that the margin grows with semantic distance, and the mean.
 *
 * With a temperature τ: the mean over the pairs of anchor and positive of
 *
 *     τ · ln(1 + Σₙ exp((θ(a,p) − θ(a,n) + m·(s(a,n) − s(a,p))) / τ))
 *
 * which is the hinge to the hardest negative as τ goes to 0. Ours, for batches of many classes.
 *
 * @param codes `[n, d]` unit rows
 * @param labels `[n]`, class numbers or values in the unit that `semantics` expects
 * @returns a scalar in radians, never negative; 0 with gradient 0 when every triplet is in order or there is none
 * @throws UsageError unless there is one label a code
 */
export function angularTripletNeighbor(
  codes: tf.Tensor2D,
  labels: tf.Tensor1D,
  options: AngularTripletNeighborOptions = {},
): tf.Scalar {
  const {
    margin = 0.5,
    semantics = nominal,
    negative = 'anchor',
    neighborhood = Number.POSITIVE_INFINITY,
    reduction = meanOfActive,
    temperature,
  } = checkFields('angularTripletNeighbor', options, { temperature: optional(numberFrom(1e-6)) });
  const rule = { semantics, margin, negative, neighborhood };
  return tf.tidy(() => {
    const distances = angularDistances(codes);
    if (temperature === undefined) return tripletHinge(distances, labels, rule, reduction);
    return lossOfTriplets(distances, labels, rule, 'angularTripletNeighbor', (values, meanings) =>
      softTriplets(values, meanings, rule, temperature),
    );
  });
}
