import type { Features, KnnEngineName } from '../../classify/knnEngine.js';
import { knnEngine } from '../../classify/knnEngines.js';
import { createLinearHead } from '../../classify/linearHead.js';
import type { LatentSpace } from '../../models/architecture.js';
import type { CodeClassifierName } from '../settings.js';

/** Codes to learn from; `labels` are indices of the episode's classes. */
export interface LearnedCodes extends Features {
  readonly classes: number;
  readonly latentSpace: LatentSpace;
  /** Number of first codes that an image was embedded for; the others are hallucinated. */
  readonly embedded: number;
}

/** Settings of an evaluation that classifiers depend on. */
export interface CodeClassifierOptions {
  /** Neighbors of the KNN; all codes vote if there are fewer. */
  readonly k: number;
  readonly knnEngine: KnnEngineName;
}

/** Gives the class of each query. Queries are packed one after the other. */
type CodeClassifier = (
  learned: LearnedCodes,
  queries: Float32Array,
  options: CodeClassifierOptions,
) => Int32Array | Promise<Int32Array>;

/** Every classifier of codes by its name. */
export const codeClassifiers: Readonly<Record<CodeClassifierName, CodeClassifier>> = {
  prototypes: byPrototypes,
  knn: (learned, queries, { k, knnEngine: engine }) =>
    knnEngine(engine).predict(learned, queries, {
      k: Math.min(k, learned.labels.length),
      classes: learned.classes,
    }),
  head: byHead,
};

/** The class whose mean code is nearest: on the sphere, the mean at length 1. */
function byPrototypes(learned: LearnedCodes, queries: Float32Array): Int32Array {
  const { values, dimension, labels, classes, latentSpace } = learned;
  const means = new Float64Array(classes * dimension);
  const counts = new Float64Array(classes);
  for (let i = 0; i < labels.length; i++) {
    const to = labels[i]! * dimension;
    counts[labels[i]!]!++;
    for (let d = 0; d < dimension; d++) means[to + d]! += values[i * dimension + d]!;
  }
  for (let c = 0; c < classes; c++) {
    const mean = means.subarray(c * dimension, (c + 1) * dimension);
    const size = latentSpace === 'sphere' ? Math.sqrt(dot(mean, 0, mean, 0, dimension)) : counts[c]!;
    for (let d = 0; d < dimension; d++) mean[d]! /= size || 1;
  }
  return nearestRows(means, queries, dimension, classes);
}

function nearestRows(
  rows: Float64Array,
  queries: Float32Array,
  dimension: number,
  count: number,
): Int32Array {
  const predicted = new Int32Array(queries.length / dimension);
  for (let i = 0; i < predicted.length; i++) {
    let least = Number.POSITIVE_INFINITY;
    for (let c = 0; c < count; c++) {
      let square = 0;
      for (let d = 0; d < dimension; d++) {
        square += (queries[i * dimension + d]! - rows[c * dimension + d]!) ** 2;
      }
      if (square < least) [least, predicted[i]] = [square, c];
    }
  }
  return predicted;
}

/** Hallucinated codes of a class that a head learns from: with more, it is no better, and slower. */
const HEAD_CODES = 20;

/** The linear head of the library. */
function byHead(learned: LearnedCodes, queries: Float32Array): Int32Array {
  const { values, dimension, labels, classes, embedded } = learned;
  const rowOf = (rows: Float32Array, i: number) => rows.subarray(i * dimension, (i + 1) * dimension);
  const count = Math.min(labels.length, embedded + HEAD_CODES * classes);
  const head = createLinearHead();
  head.fit(Array.from({ length: count }, (_, i) => ({ code: rowOf(values, i), label: labels[i]! })));
  const asked = Array.from({ length: queries.length / dimension }, (_, i) => rowOf(queries, i));
  return Int32Array.from(head.predictAll(asked), ({ label }) => label as number);
}

/** Sum of products of `size` values, from two places on. Four sums side by side do not wait for each other. */
export function dot(a: Float64Array, fromA: number, b: Float64Array, fromB: number, size: number): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  let d = 0;
  for (; d + 3 < size; d += 4) {
    s0 += a[fromA + d]! * b[fromB + d]!;
    s1 += a[fromA + d + 1]! * b[fromB + d + 1]!;
    s2 += a[fromA + d + 2]! * b[fromB + d + 2]!;
    s3 += a[fromA + d + 3]! * b[fromB + d + 3]!;
  }
  for (; d < size; d++) s0 += a[fromA + d]! * b[fromB + d]!;
  return s0 + s1 + s2 + s3;
}
