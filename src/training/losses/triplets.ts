import * as tf from '@tensorflow/tfjs-core';
import { UsageError } from '../../core/errors.js';
import { checkFields, checkFunction, numberFrom, oneAmong, whole } from '../../core/kindChecks.js';
import { checkTensor } from '../../sphere/rows.js';
import type { Semantics } from './semantics.js';

/** Sums over a batch's triplets, before reduction. */
export interface TripletTally {
  /** Sum of all hinges. */
  readonly sum: number;
  /** Number of triplets with a hinge above 0. */
  readonly active: number;
  /** Number of triplets that the rule selects. */
  readonly selected: number;
}

/** The factor that turns a tally's sum, and the sum's gradient, into the loss. */
export type Reduction = (tally: TripletTally) => number;

/**
 * Mean over the triplets whose hinge is above 0, so that triplets already in order do not dilute the gradient
 * (`AvgNonZeroReducer` of pytorch-metric-learning). None active gives loss 0 and gradient 0.
 */
export const meanOfActive: Reduction = (tally) => {
  const { active } = checkFields('meanOfActive', tally, { active: whole(0) });
  return active === 0 ? 0 : 1 / active;
};

/** Mean over all selected triplets, whatever their hinge; the loss of a batch without triplets is 0. */
export const meanOfSelected: Reduction = (tally) => {
  const { selected } = checkFields('meanOfSelected', tally, { selected: whole(0) });
  return selected === 0 ? 0 : 1 / selected;
};

/** Semantic distances that differ by less than this are equal: rounding of wrapped or divided labels makes no triplet. */
export const SAME_MEANING = 1e-6;

/** Selection of a batch's triplets, and the margin between their distances. */
export interface TripletRule {
  readonly semantics: Semantics;
  /** Margin per unit of semantic distance, in the unit of the distances. */
  readonly margin: number;
  /** Origin of the distance to the negative: the anchor or the positive. */
  readonly negative: 'anchor' | 'positive';
  /** Largest s(a, n) − s(a, p) that makes n a neighbor. */
  readonly neighborhood: number;
}

const ruleChecks = {
  semantics: checkFunction,
  margin: numberFrom(0),
  negative: oneAmong(['anchor', 'positive']),
  neighborhood: checkReach,
};

/** Throws a `UsageError` unless a value is a number of at least 0; infinity is one, too. */
export function checkReach(name: string, value: unknown, of?: string): void {
  if (value !== Number.POSITIVE_INFINITY) numberFrom(0)(name, value, of);
}

/** A tally with the gradient of its sum with respect to the distances, `[n · n]` row by row. */
export interface TripletGradient extends TripletTally {
  readonly gradient: Float32Array;
}

/** Semantic distances of all pairs, `[n · n]` row by row. */
export function semanticDistances(labels: ArrayLike<number>, semantics: Semantics): Float64Array {
  const n = labels.length;
  const distances = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) distances[i * n + j] = semantics(labels[i]!, labels[j]!);
  }
  return distances;
}

/**
 * Sums the hinge [d(a,p) − d(·,n) + margin·(s(a,n) − s(a,p))]₊ over every triplet of the batch with p ≠ a and
 * 0 < s(a,n) − s(a,p) ≤ neighborhood, and takes the gradient of that sum.
 *
 * Plain loops over plain arrays: the cube of triplets is never stored, and most of it is never visited with nominal
 * labels, where only pairs of one class can be (anchor, positive).
 *
 * @param distances `[n · n]`, row by row
 * @param labels n labels
 */
export function tallyTriplets(
  distances: Float32Array,
  labels: ArrayLike<number>,
  { semantics, margin, negative, neighborhood }: TripletRule,
): TripletGradient {
  const n = labels.length;
  const meaning = semanticDistances(labels, semantics);
  const gradient = new Float32Array(n * n);
  let sum = 0;
  let active = 0;
  let selected = 0;
  // Of the positives of an anchor most mean the same, and so have the same negatives: they are looked up once.
  const negatives = new Int32Array(n);
  const margins = new Float64Array(n);
  for (let a = 0; a < n; a++) {
    const anchor = a * n;
    const row = meaning.subarray(anchor, anchor + n);
    const farthest = row.reduce((most, value) => Math.max(most, value), 0);
    let [count, known] = [0, Number.NaN];
    for (let p = 0; p < n; p++) {
      const near = row[p]!;
      if (p === a || farthest - near <= SAME_MEANING) continue;
      if (near !== known) {
        [count, known] = [0, near];
        for (let k = 0; k < n; k++) {
          const gap = row[k]! - near;
          if (gap <= SAME_MEANING || gap > neighborhood) continue;
          negatives[count] = k;
          margins[count++] = margin * gap;
        }
      }
      selected += count;
      const pull = distances[anchor + p]!;
      const from = negative === 'anchor' ? anchor : p * n;
      let pulls = 0;
      for (let index = 0; index < count; index++) {
        const at = from + negatives[index]!;
        const hinge = pull - distances[at]! + margins[index]!;
        // Negated, so that a distance that is not a number shows in the loss instead of passing for "in order".
        if (!(hinge <= 0)) {
          sum += hinge;
          pulls++;
          gradient[at]!--;
        }
      }
      active += pulls;
      gradient[anchor + p]! += pulls;
    }
  }
  return { sum, active, selected, gradient };
}

/**
 * Hinge loss over every triplet that the rule selects, as a function of the batch's distances.
 *
 * @param distances `[n, n]`
 * @param labels `[n]`
 * @returns a scalar, never negative; 0 with gradient 0 when no triplet is active
 * @throws UsageError unless there is one label a code
 */
export function tripletHinge(
  distances: tf.Tensor2D,
  labels: tf.Tensor1D,
  rule: TripletRule,
  reduction: Reduction,
): tf.Scalar {
  checkFunction('reduction', reduction, 'tripletHinge');
  return lossOfTriplets(distances, labels, rule, 'tripletHinge', (values, meanings) => {
    const tally = tallyTriplets(values, meanings, rule);
    const factor = reduction(tally);
    return { value: tally.sum * factor, gradient: tally.gradient, factor };
  });
}

/**
 * A loss of triplets, as a function of the batch's distances.
 *
 * Distances are read into plain arrays, where loss and gradient come from one pass over the triplets: exact, and more than
 * ten times faster on wasm than ops over the cube `[n, n, n]`. Reading is free on cpu, wasm and native; on webgl it
 * waits for the device. There is no second derivative.
 *
 * @param compute the loss of distances `[n · n]`, and its gradient, which is multiplied by `factor`
 */
export function lossOfTriplets(
  distances: tf.Tensor2D,
  labels: tf.Tensor1D,
  rule: TripletRule,
  of: string,
  compute: (
    distances: Float32Array,
    labels: ArrayLike<number>,
  ) => { readonly value: number; readonly gradient: Float32Array; readonly factor?: number },
): tf.Scalar {
  checkTensor('distances', distances, of, 2);
  checkTensor('labels', labels, of, 1);
  checkFields(of, rule, ruleChecks);
  const [n, m] = distances.shape;
  if (n !== m) throw new UsageError(`${of}: distances are [${n}, ${m}], but must be square`);
  if (labels.size !== distances.shape[0]) {
    throw new UsageError(`${labels.size} labels for ${distances.shape[0]} codes`, {
      hint: 'Give one label a code.',
    });
  }
  const meanings = labels.dataSync();
  const loss = tf.customGrad((input: tf.Tensor | tf.GradSaveFunc) => {
    const { value, gradient, factor = 1 } = compute((input as tf.Tensor2D).dataSync<'float32'>(), meanings);
    return {
      value: tf.scalar(value),
      gradFunc: (dy: tf.Tensor) => tf.tensor2d(gradient, distances.shape).mul(dy.mul(factor)),
    };
  });
  return loss(distances) as tf.Scalar;
}
