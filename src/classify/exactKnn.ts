import * as tf from '@tensorflow/tfjs-core';
import {
  countVotes,
  type Features,
  type KnnIndex,
  type KnnOptions,
  type KnnVotes,
  makeKnnEngine,
  vote,
} from './knnEngine.js';
import { largeOffset, shiftedBy } from './offset.js';

/**
 * Exact search by brute force. Many queries at once take a kernel of `tfjs-wasm-training`, whose neighbors are those of double
 * precision. Without it, they take one matrix product for the distances of a chunk of queries, and a selection of the k smallest:
 * distances are compared as ‖r‖² − 2 q·r, which orders references as the distance does, in float32, less an offset that would
 * use up its digits. An index compares reference by reference, in double precision.
 */
export const exactKnn = makeKnnEngine('exact', exactIndex, predictByProducts);

/** Scores held at a time: 8 MB, whatever the number of queries. */
const SCORES_PER_CHUNK = 2_000_000;

async function predictByProducts(
  references: Features,
  queries: Float32Array,
  { k, classes }: KnnOptions,
): Promise<Int32Array> {
  const predicted = new Int32Array(queries.length / references.dimension);
  const votes = new Int32Array(classes);
  await forNearest(references, queries, k, (neighbors, i) => {
    predicted[i] = vote(neighbors, references.labels, votes);
  });
  return predicted;
}

/** Distance of each of many queries to its nearest reference. */
export async function nearestDistances(references: Features, queries: Float32Array): Promise<number[]> {
  const { values, dimension } = references;
  const distances: number[] = [];
  await forNearest(references, queries, 1, ([nearest], i) => {
    const query = queries.subarray(i * dimension, (i + 1) * dimension);
    distances.push(Math.sqrt(squareWithin(values, nearest! * dimension, query, Number.POSITIVE_INFINITY)));
  });
  return distances;
}

/** Calls `take` with the k nearest references of each query, near to far. The list is the same in each call. */
async function forNearest(
  references: Features,
  queries: Float32Array,
  k: number,
  take: (neighbors: Int32Array, query: number) => void,
): Promise<void> {
  const count = queries.length / references.dimension;
  const search = kernelPays(references, count, k) ? byKernel : byProducts;
  await search(references, queries, k, take);
}

/** Kernel of `tfjs-wasm-training`, which finds the neighbors of double precision. */
const NEAREST_ROWS = 'NearestRows';

/**
 * True if there is the kernel, and it is the fastest way: it has something to prepare, and many neighbors leave it many candidates.
 */
const kernelPays = ({ values, labels }: Features, queries: number, k: number) =>
  queries >= 4 &&
  values.length >= 2000 &&
  labels.length >= Math.max(8, 2 * k * k) &&
  tf.getKernel(NEAREST_ROWS, tf.getBackend()) !== undefined;

/** Values of queries held by the backend at a time: 32 MB. */
const VALUES_PER_CHUNK = 8_000_000;

const byKernel: typeof forNearest = async ({ values, dimension, labels }, queries, k, take) => {
  const known = tf.tensor2d(values, [labels.length, dimension]);
  const rows = Math.max(1, Math.floor(VALUES_PER_CHUNK / dimension));
  const count = queries.length / dimension;
  try {
    for (let from = 0; from < count; from += rows) {
      const to = Math.min(count, from + rows);
      const asked = tf.tensor2d(queries.subarray(from * dimension, to * dimension), [to - from, dimension]);
      const found: tf.Tensor = tf
        .engine()
        .runKernel(NEAREST_ROWS, { references: known, queries: asked }, { k });
      const neighbors = await found.data<'int32'>();
      tf.dispose([asked, found]);
      for (let i = from; i < to; i++) take(neighbors.subarray((i - from) * k, (i - from + 1) * k), i);
    }
  } finally {
    known.dispose();
  }
};

const byProducts: typeof forNearest = async (given, asked, k, take) => {
  const offset = largeOffset(given);
  const shifted = (rows: Float32Array) => (offset === undefined ? rows : shiftedBy(rows, offset));
  const references = { ...given, values: shifted(given.values) };
  const queries = shifted(asked);
  const { dimension, labels } = references;
  const count = queries.length / dimension;
  const neighbors = new Int32Array(k);
  const best = new Float32Array(k);
  const rows = Math.max(1, Math.floor(SCORES_PER_CHUNK / labels.length));
  const scaled = tf.tensor2d(minusTwiceTransposed(references), [dimension, labels.length]);
  const norms = squaredNorms(references);
  try {
    for (let from = 0; from < count; from += rows) {
      const to = Math.min(count, from + rows);
      const scores = await multiply(queries.subarray(from * dimension, to * dimension), scaled);
      for (let i = from; i < to; i++) {
        const row = scores.subarray((i - from) * labels.length, (i - from + 1) * labels.length);
        selectNearest(row, norms, neighbors, best);
        take(neighbors, i);
      }
    }
  } finally {
    scaled.dispose();
  }
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

/**
 * Writes the indices of the `nearest.length` smallest sums `scores[i] + offsets[i]` into `nearest`, smallest first; of equal
 * sums the one that comes first. `best` is scratch space of the same length. Inserts into a short sorted list: for the
 * small k of few-shot learning almost every score costs a single comparison.
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
    insert(nearest, best, i, score);
  }
}

/** Inserts an index by its score into lists that are sorted by score, behind equal ones. The last entry is lost. */
function insert(
  indices: Int32Array,
  scores: Float32Array | Float64Array,
  index: number,
  score: number,
): void {
  let at = scores.length - 1;
  for (; at > 0 && scores[at - 1]! > score; at--) {
    scores[at] = scores[at - 1]!;
    indices[at] = indices[at - 1]!;
  }
  scores[at] = score;
  indices[at] = index;
}

/** Queries from which on an index takes the kernel, which prepares the references each time. */
const QUERIES_AT_ONCE = 16;

/**
 * Searches reference by reference, by squared distances in double precision, unless there are queries enough for the kernel, whose
 * neighbors are the same. It leaves a reference as soon as it is too far, and needs no tensors, which for one query at a time is
 * faster than a matrix product.
 */
function exactIndex(references: Features, classes: number): KnnIndex {
  const { dimension, labels } = references;
  return {
    async votes(queries, k) {
      const count = queries.length / dimension;
      if (count >= QUERIES_AT_ONCE && kernelPays(references, count, k)) {
        const counted: KnnVotes[] = [];
        await byKernel(references, queries, k, (neighbors) => {
          counted.push(countVotes(neighbors, labels, classes));
        });
        return counted;
      }
      return Array.from({ length: count }, (_, i) => {
        const query = queries.subarray(i * dimension, (i + 1) * dimension);
        return countVotes(nearestTo(query, references, k), labels, classes);
      });
    },
  };
}

/** The k nearest references, near to far; of two at the same distance the one that comes first is nearer. */
function nearestTo(query: Float32Array, { values, dimension, labels }: Features, k: number): Int32Array {
  const nearest = new Int32Array(k);
  const distances = new Float64Array(k).fill(Number.POSITIVE_INFINITY);
  for (let i = 0; i < labels.length; i++) {
    const farthest = distances[k - 1]!;
    const distance = squareWithin(values, i * dimension, query, farthest);
    if (distance < farthest) insert(nearest, distances, i, distance);
  }
  return nearest;
}

/** Distance of a query to the nearest reference, in double precision. */
export function nearestDistance(query: Float32Array, { values, dimension, labels }: Features): number {
  let square = Number.POSITIVE_INFINITY;
  for (let i = 0; i < labels.length; i++) {
    square = Math.min(square, squareWithin(values, i * dimension, query, square));
  }
  return Math.sqrt(square);
}

/** Values added up before the sum is compared with the limit. */
const STRIDE = 32;

/** The squared distance, or, if it is not below `limit`, any number from `limit` on. */
export function squareWithin(
  values: Float32Array,
  offset: number,
  query: Float32Array,
  limit: number,
): number {
  let sum = 0;
  for (let from = 0; from < query.length && sum < limit; from += STRIDE) {
    const to = Math.min(query.length, from + STRIDE);
    for (let j = from; j < to; j++) {
      const difference = values[offset + j]! - query[j]!;
      sum += difference * difference;
    }
  }
  return sum;
}
