import * as tf from '@tensorflow/tfjs';
import { assertKnnInput, type Features, type KnnEngine, vote } from './knnEngine.js';
import { selectNearest } from './nearest.js';

/** Scores held at a time: 8 MB, whatever the number of queries. */
const scoresPerChunk = 2_000_000;

/**
 * Exact search by brute force: one matrix product for all distances of a chunk of queries, then a selection of the k
 * smallest. Distances are compared as ‖r‖² − 2 q·r, which orders references as the distance does, in float32.
 */
export const exactKnn: KnnEngine = {
  name: 'exact',
  async classify(references, queries, options) {
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
