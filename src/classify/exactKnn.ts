import * as tf from '@tensorflow/tfjs-core';
import {
  assertKnnInput,
  countVotes,
  type Features,
  type KnnEngine,
  type KnnIndex,
  vote,
} from './knnEngine.js';

/**
 * Writes the indices of the `nearest.length` smallest sums `scores[i] + offsets[i]` into `nearest`, smallest first; of equal sums the one
 * that comes first. `best` is scratch space of the same length. Insertion into a short sorted list: for the small k of
 * few-shot learning almost every score costs a single comparison.
 */
export function selectNearest(
  scores: Float32Array,
  offsets: Float32Array,
  nearest: Int32Array,
  best: Float32Array,
): void {
  const last = nearest.length - 1;
  best.fill(Number.POSITIVE_INFINITY);
  for (let i = 0; i < scores.length; i++) {
    const score = scores[i]! + offsets[i]!;
    if (score >= best[last]!) continue;
    let place = last;
    while (place > 0 && best[place - 1]! > score) {
      best[place] = best[place - 1]!;
      nearest[place] = nearest[place - 1]!;
      place--;
    }
    best[place] = score;
    nearest[place] = i;
  }
}

/** Scores held at a time: 8 MB, whatever the number of queries. */
const scoresPerChunk = 2_000_000;

/**
 * Exact search by brute force: one matrix product for all distances of a chunk of queries, then a selection of the k
 * smallest. Distances are compared as ‖r‖² − 2 q·r, which orders references as the distance does, in float32.
 */
export const exactKnn: KnnEngine = {
  name: 'exact',
  async predict(references, queries, options) {
    assertKnnInput(references, queries, options);
    const { dimension, labels } = references;
    const count = queries.length / dimension;
    const predicted = new Int32Array(count);
    const nearest = new Int32Array(options.k);
    const best = new Float32Array(options.k);
    const votes = new Int32Array(options.classes);
    const rows = Math.max(1, Math.floor(scoresPerChunk / labels.length));
    const scaled = tf.tensor2d(minusTwiceTransposed(references), [dimension, labels.length]);
    const norms = squaredNorms(references);
    try {
      for (let from = 0; from < count; from += rows) {
        const to = Math.min(count, from + rows);
        const scores = await multiply(queries.subarray(from * dimension, to * dimension), scaled);
        for (let i = from; i < to; i++) {
          const row = scores.subarray((i - from) * labels.length, (i - from + 1) * labels.length);
          selectNearest(row, norms, nearest, best);
          predicted[i] = vote(nearest, labels, votes);
        }
      }
    } finally {
      scaled.dispose();
    }
    return predicted;
  },
};

async function multiply(queries: Float32Array, scaled: tf.Tensor2D): Promise<Float32Array> {
  const product = tf.tidy(() =>
    tf.matMul(tf.tensor2d(queries, [queries.length / scaled.shape[0], scaled.shape[0]]), scaled),
  );
  try {
    return await product.data<'float32'>();
  } finally {
    product.dispose();
  }
}

/** Transposed here, once: the product with a transposed operand is several times slower on wasm. */
function minusTwiceTransposed({ values, dimension, labels }: Features): Float32Array {
  const scaled = new Float32Array(values.length);
  for (let i = 0; i < labels.length; i++) {
    for (let j = 0; j < dimension; j++) scaled[j * labels.length + i] = -2 * values[i * dimension + j]!;
  }
  return scaled;
}

function squaredNorms({ values, dimension, labels }: Features): Float32Array {
  return Float32Array.from(labels, (_, i) =>
    values.subarray(i * dimension, (i + 1) * dimension).reduce((sum, value) => sum + value * value, 0),
  );
}

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
