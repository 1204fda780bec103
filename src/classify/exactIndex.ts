import type { Features } from './knnEngine.js';
import { countVotes, type KnnIndex } from './knnIndex.js';

/** Values compared before a look at whether the reference can still be among the nearest. */
const stride = 32;

/**
 * Exact search reference by reference, squared distances in double precision. Leaves a reference as soon as it is too
 * far, and needs no tensors, which for a query at a time is faster than a matrix product that starts from nothing.
 */
export function exactIndex(references: Features, classes: number): KnnIndex {
  const { dimension, labels } = references;
  return {
    async votes(queries, k) {
      return Array.from({ length: queries.length / dimension }, (_, i) => {
        const near = nearest(references, queries.subarray(i * dimension, (i + 1) * dimension), k);
        return countVotes(near, labels, classes);
      });
    },
  };
}

/** The k nearest references, near to far; of two at the same distance the one that comes first is nearer. */
function nearest({ values, dimension, labels }: Features, query: Float32Array, k: number): Int32Array {
  const near = new Int32Array(k);
  const distances = new Float64Array(k).fill(Number.POSITIVE_INFINITY);
  for (let i = 0; i < labels.length; i++) {
    const distance = distanceWithin(values, i * dimension, query, distances[k - 1]!);
    if (distance >= distances[k - 1]!) continue;
    let place = k - 1;
    for (; place > 0 && distances[place - 1]! > distance; place--) {
      distances[place] = distances[place - 1]!;
      near[place] = near[place - 1]!;
    }
    distances[place] = distance;
    near[place] = i;
  }
  return near;
}

/** The squared distance, or anything from `limit` on when it is not below that. */
function distanceWithin(values: Float32Array, offset: number, query: Float32Array, limit: number): number {
  let sum = 0;
  for (let from = 0; from < query.length && sum < limit; from += stride) {
    const to = Math.min(query.length, from + stride);
    for (let j = from; j < to; j++) {
      const difference = values[offset + j]! - query[j]!;
      sum += difference * difference;
    }
  }
  return sum;
}
