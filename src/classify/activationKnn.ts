import * as tf from '@tensorflow/tfjs-core';
import { create, type KNNClassifier } from '@tensorflow-models/knn-classifier';
import { type Features, type KnnIndex, type KnnVotes, makeKnnEngine } from './knnEngine.js';
import { meanOf, shiftedBy } from './offset.js';

/**
 * The package `@tensorflow-models/knn-classifier`, made Euclidean. It ranks by cosine, so references are lifted onto a
 * sphere: with their mean at 0, for an offset that all share would use up the digits of a float32, and scaled to norms ‖r‖ ≤ 1, the vectors (r, ‖r‖², √(2 − ‖r‖² − ‖r‖⁴)) all have the norm √2, and their product with
 * (2q, −1, 0) is 2 q·r − ‖r‖², which orders them as the distance to q does. References at equal distance are taken class
 * by class rather than in the order given.
 */
export const activationKnn = makeKnnEngine('tfjs', activationKnnIndex);

/** A classifier of that package over references. Its tensors live only while it is asked. */
function activationKnnIndex(given: Features, classes: number): KnnIndex {
  const { dimension } = given;
  const mean = meanOf(given);
  const references = { ...given, values: shiftedBy(given.values, mean) };
  const scale = 1 / largestNorm(references);
  const lifted = liftedByClass(references, scale, classes);
  return {
    async votes(queries, k) {
      const classifier = create();
      classifier.setClassifierDataset(
        Object.fromEntries(
          [...lifted].map(([label, rows]) => [
            label,
            tf.tensor2d(rows, [rows.length / (dimension + 2), dimension + 2]),
          ]),
        ),
      );
      try {
        const votes: KnnVotes[] = [];
        const shifted = shiftedBy(queries, mean);
        for (let from = 0; from < shifted.length; from += dimension) {
          const query = liftQuery(shifted.subarray(from, from + dimension), scale);
          votes.push(await ask(classifier, query, k, classes));
        }
        return votes;
      } finally {
        classifier.dispose();
      }
    },
  };
}

/**
 * Settles ties as the other engines do. The package gives a tie to the class that was added first; asking again with
 * 1, 2, … neighbors finds the tied class that has the nearest member.
 */
async function ask(
  classifier: KNNClassifier,
  lifted: Float32Array,
  k: number,
  classes: number,
): Promise<KnnVotes> {
  const query = tf.tensor1d(lifted);
  try {
    const shares = (await classifier.predictClass(query, k)).confidences;
    const counts = Int32Array.from({ length: classes }, (_, label) => Math.round((shares[label] ?? 0) * k));
    const most = Math.max(...counts);
    const tied = [...counts.keys()].filter((label) => counts[label] === most);
    for (let few = 1; tied.length > 1; few++) {
      const near = (await classifier.predictClass(query, few)).confidences;
      const first = tied.find((label) => near[label]! > 0);
      if (first !== undefined) return { winner: first, counts };
    }
    return { winner: tied[0]!, counts };
  } finally {
    query.dispose();
  }
}

/** The lifted references of each class that has any. */
function liftedByClass(references: Features, scale: number, classes: number): Map<number, Float32Array> {
  const { values, dimension, labels } = references;
  const lifted = new Map<number, Float32Array>();
  for (let label = 0; label < classes; label++) {
    const own = Array.from(labels.keys()).filter((i) => labels[i] === label);
    const rows = new Float32Array(own.length * (dimension + 2));
    for (const [row, i] of own.entries()) {
      const reference = values.subarray(i * dimension, (i + 1) * dimension);
      rows.set(liftReference(reference, scale), row * (dimension + 2));
    }
    if (own.length > 0) lifted.set(label, rows);
  }
  return lifted;
}

function liftReference(row: Float32Array, scale: number): Float32Array {
  const square = squaredNorm(row) * scale * scale;
  const lifted = new Float32Array(row.length + 2);
  for (let j = 0; j < row.length; j++) lifted[j] = row[j]! * scale;
  lifted[row.length] = square;
  lifted[row.length + 1] = Math.sqrt(Math.max(0, 2 - square - square * square));
  return lifted;
}

function liftQuery(row: Float32Array, scale: number): Float32Array {
  const lifted = new Float32Array(row.length + 2);
  for (let j = 0; j < row.length; j++) lifted[j] = 2 * row[j]! * scale;
  lifted[row.length] = -1;
  return lifted;
}

function largestNorm({ values, dimension, labels }: Features): number {
  let largest = 0;
  for (let i = 0; i < labels.length; i++) {
    largest = Math.max(largest, squaredNorm(values.subarray(i * dimension, (i + 1) * dimension)));
  }
  return Math.sqrt(largest) || 1;
}

function squaredNorm(row: Float32Array): number {
  return row.reduce((sum, value) => sum + value * value, 0);
}
