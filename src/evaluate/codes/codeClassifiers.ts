import type { Features, KnnEngineName } from '../../classify/knnEngine.js';
import { knnEngine } from '../../classify/knnEngines.js';
import { lbfgs } from '../../classify/lbfgs.js';
import type { LatentSpace } from '../../models/architecture.js';
import type { CodeClassifierName } from '../settings.js';

/** Codes to learn from; `labels` are indices of the episode's classes. */
export interface LearnedCodes extends Features {
  readonly classes: number;
  readonly latentSpace: LatentSpace;
  /** Number of first codes that span all others; all of them where others lie beside. */
  readonly spanned: number;
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
    const size = latentSpace === 'sphere' ? Math.hypot(...mean) : counts[c]!;
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

/** Factor of half the squared norm of the weights, beside the mean cross-entropy. */
const L2 = 1e-3;
const [ITERATIONS, TOLERANCE] = [100, 1e-4];
/** Up to this share of the dimension, codes are brought to a basis of their span. */
const FEW = 0.5;

/**
 * Multinomial logistic regression on codes. Its weights lie in the span of the codes, and so do hallucinated ones on paths
 * between them, so where they are few it learns in a basis of that.
 */
function byHead(learned: LearnedCodes, queries: Float32Array): Int32Array {
  const { values, dimension, labels, classes, spanned } = learned;
  const basis =
    spanned <= FEW * dimension ? basisOf(values.subarray(0, spanned * dimension), dimension) : undefined;
  const size = basis === undefined ? dimension : basis.length / dimension;
  const inBasis = (rows: Float32Array) =>
    basis === undefined ? Float64Array.from(rows) : projected(rows, basis, dimension);
  const features = inBasis(values);
  const asked = inBasis(queries);
  const { point } = lbfgs(
    crossEntropy(features, labels, size, classes),
    new Float64Array(classes * (size + 1)),
    { iterations: ITERATIONS, tolerance: TOLERANCE },
  );
  const predicted = new Int32Array(queries.length / dimension);
  const logits = new Float64Array(classes);
  for (let i = 0; i < predicted.length; i++) {
    logitsOf(point, asked, i * size, size, logits);
    predicted[i] = logits.indexOf(Math.max(...logits));
  }
  return predicted;
}

/** Sum of products of `size` values, from two places on. Four sums side by side do not wait for each other. */
function dot(a: Float64Array, fromA: number, b: Float64Array, fromB: number, size: number): number {
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

/** Writes the logits of a code. `point` has the weights of class after class, then the biases. */
function logitsOf(
  point: Float64Array,
  features: Float64Array,
  from: number,
  size: number,
  logits: Float64Array,
): void {
  const classes = logits.length;
  for (let c = 0; c < classes; c++) {
    logits[c] = point[size * classes + c]! + dot(point, c * size, features, from, size);
  }
}

function crossEntropy(features: Float64Array, labels: Int32Array, size: number, classes: number) {
  const count = labels.length;
  const logits = new Float64Array(classes);
  return (point: Float64Array, gradient: Float64Array): number => {
    gradient.fill(0);
    let loss = 0;
    for (let i = 0; i < count; i++) {
      const from = i * size;
      logitsOf(point, features, from, size, logits);
      const most = Math.max(...logits);
      const own = logits[labels[i]!]! - most;
      let sum = 0;
      for (let c = 0; c < classes; c++) sum += logits[c] = Math.exp(logits[c]! - most);
      loss += Math.log(sum) - own;
      for (let c = 0; c < classes; c++) {
        const excess = (logits[c]! / sum - Number(c === labels[i])) / count;
        gradient[size * classes + c]! += excess;
        const to = c * size;
        for (let d = 0; d < size; d++) gradient[to + d]! += excess * features[from + d]!;
      }
    }
    let square = 0;
    for (let at = 0; at < size * classes; at++) {
      square += point[at]! ** 2;
      gradient[at]! += L2 * point[at]!;
    }
    return loss / count + (L2 / 2) * square;
  };
}

/** Below this share of its length, a code adds no direction to a basis. */
const DEPENDENT = 1e-5;

/** An orthonormal basis of rows, by Gram and Schmidt, each row twice. */
export function basisOf(rows: Float32Array, dimension: number): Float64Array {
  const basis: Float64Array[] = [];
  for (let from = 0; from < rows.length; from += dimension) {
    const rest = Float64Array.from(rows.subarray(from, from + dimension));
    const length = Math.hypot(...rest);
    for (let pass = 0; pass < 2; pass++) {
      for (const axis of basis) {
        const part = dot(rest, 0, axis, 0, dimension);
        for (let d = 0; d < dimension; d++) rest[d]! -= part * axis[d]!;
      }
    }
    const left = Math.hypot(...rest);
    if (left > DEPENDENT * length) basis.push(rest.map((value) => value / left));
  }
  const packed = new Float64Array(basis.length * dimension);
  for (const [i, axis] of basis.entries()) packed.set(axis, i * dimension);
  return packed;
}

/** Coordinates of rows in an orthonormal basis. */
export function projected(rows: Float32Array, basis: Float64Array, dimension: number): Float64Array {
  const [count, size] = [rows.length / dimension, basis.length / dimension];
  const wide = Float64Array.from(rows);
  const result = new Float64Array(count * size);
  for (let i = 0; i < count; i++) {
    for (let b = 0; b < size; b++)
      result[i * size + b] = dot(wide, i * dimension, basis, b * dimension, dimension);
  }
  return result;
}
