import type { TripletRule } from './triplets.js';
import { SAME_MEANING, semanticDistances } from './triplets.js';

/** A loss with its gradient with respect to the distances, `[n · n]` row by row. */
export interface SoftTriplets {
  readonly value: number;
  readonly gradient: Float32Array;
}

/**
 * Mean over the pairs of anchor and positive that have negatives of
 *
 *     τ · ln(1 + Σₙ exp((d(a,p) − d(·,n) + margin·(s(a,n) − s(a,p))) / τ))
 *
 * and its gradient. The negatives are those of `tallyTriplets`. At small τ it is the hinge to the hardest negative; at larger ones
 * every negative counts, the near ones more.
 *
 * @param distances `[n · n]`, row by row
 * @param labels n labels
 * @param temperature τ, in the unit of the distances, above 0
 */
export function softTriplets(
  distances: Float32Array,
  labels: ArrayLike<number>,
  { semantics, margin, negative, neighborhood }: TripletRule,
  temperature: number,
): SoftTriplets {
  const n = labels.length;
  const meaning = semanticDistances(labels, semantics);
  const gradient = new Float32Array(n * n);
  const exponents = new Float64Array(n);
  let [total, pairs] = [0, 0];
  for (let a = 0; a < n; a++) {
    const anchor = a * n;
    for (let p = 0; p < n; p++) {
      if (p === a) continue;
      const near = meaning[anchor + p]!;
      const from = negative === 'anchor' ? anchor : p * n;
      const pull = distances[anchor + p]!;
      // 0 stands for the 1 under the logarithm.
      let most = 0;
      let found = 0;
      for (let k = 0; k < n; k++) {
        const gap = meaning[anchor + k]! - near;
        const counts = gap > SAME_MEANING && gap <= neighborhood;
        const exponent = counts ? (pull - distances[from + k]! + margin * gap) / temperature : -Infinity;
        exponents[k] = exponent;
        if (!counts) continue;
        found++;
        if (!(exponent <= most)) most = exponent;
      }
      if (found === 0) continue;
      pairs++;
      let sum = Math.exp(-most);
      for (let k = 0; k < n; k++) {
        exponents[k] = Math.exp(exponents[k]! - most);
        sum += exponents[k]!;
      }
      total += temperature * (most + Math.log(sum));
      let pulls = 0;
      for (let k = 0; k < n; k++) {
        const share = exponents[k]! / sum;
        if (share === 0) continue;
        gradient[from + k]! -= share;
        pulls += share;
      }
      gradient[anchor + p]! += pulls;
    }
  }
  if (pairs === 0) return { value: 0, gradient };
  return { value: total / pairs, gradient: gradient.map((value) => value / pairs) };
}
