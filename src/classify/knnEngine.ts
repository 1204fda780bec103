import { checkCount, firstNonFinite } from '../core/checks.js';
import { DataError, UsageError } from '../core/errors.js';

/** Labelled vectors: row `i` holds the values from `i · dimension` on, and belongs to class `labels[i]`. */
export interface Features {
  readonly values: Float32Array;
  readonly dimension: number;
  readonly labels: Int32Array;
}

export interface KnnOptions {
  /** How many neighbours vote. */
  readonly k: number;
  /** Number of classes; labels are 0 … classes − 1. */
  readonly classes: number;
}

/** The names of the engines, the default first. */
export const knnEngineNames = ['exact', 'ml-knn', 'tfjs'] as const;
export type KnnEngineName = (typeof knnEngineNames)[number];

/**
 * A k-nearest-neighbour classifier in Euclidean distance; each of the k nearest references has one vote. Among classes
 * with equally many votes the one whose nearest member is nearest wins, and of references at equal distance the one
 * that comes first is nearer.
 */
export interface KnnEngine {
  readonly name: KnnEngineName;
  /**
   * The class of each query.
   *
   * @param queries - Rows of `references.dimension` values.
   * @throws UsageError when k is not in 1 … number of references, or sizes do not fit; DataError for values that are
   * not finite.
   */
  predict(references: Features, queries: Float32Array, options: KnnOptions): Promise<Int32Array>;
}

/** Throws unless references, queries and options fit each other. */
export function assertKnnInput(references: Features, queries: Float32Array, options: KnnOptions): void {
  const { values, dimension, labels } = references;
  const { k, classes } = options;
  checkCount('k', k);
  if (k > labels.length) {
    throw new UsageError(`k is ${k}, but there are only ${labels.length} references`, {
      hint: `Use a k of at most ${labels.length}, or more shots.`,
    });
  }
  if (values.length !== labels.length * dimension) {
    throw new UsageError(
      `${labels.length} references of ${dimension} values need ${labels.length * dimension} values, not ${values.length}`,
    );
  }
  if (queries.length % dimension !== 0) {
    throw new UsageError(`${queries.length} query values are not a whole number of rows of ${dimension}`);
  }
  const stray = labels.find((label) => label < 0 || label >= classes);
  if (stray !== undefined)
    throw new UsageError(`a reference has the label ${stray}, but there are ${classes} classes`);
  for (const [kind, rows] of [
    ['reference', values],
    ['query', queries],
  ] as const) {
    const bad = firstNonFinite(rows);
    if (bad >= 0) throw new DataError(`${kind} ${Math.floor(bad / dimension)} holds ${rows[bad]}`);
  }
}

/** The class that wins among neighbours sorted from near to far. `votes` is scratch space, one entry per class. */
export function vote(neighbours: Int32Array, labels: Int32Array, votes: Int32Array): number {
  votes.fill(0);
  let most = 0;
  for (const neighbour of neighbours) most = Math.max(most, ++votes[labels[neighbour]!]!);
  return labels[neighbours.find((neighbour) => votes[labels[neighbour]!] === most)!]!;
}

/** What the neighbours of one query say. */
export interface KnnVotes {
  /** The class with most votes; of several, the one whose nearest member is nearest. */
  readonly winner: number;
  /** Votes of each class. */
  readonly counts: Int32Array;
}

/** References made ready to be asked about many times, by one of the engines. Holds no tensors. */
export interface KnnIndex {
  /** The votes of the k nearest references of each query; queries are packed one after the other. */
  votes(queries: Float32Array, k: number): Promise<KnnVotes[]>;
}

/** The votes of neighbours sorted from near to far, given the class of each reference. */
export function countVotes(neighbours: Int32Array, labels: Int32Array, classes: number): KnnVotes {
  const counts = new Int32Array(classes);
  return { winner: vote(neighbours, labels, counts), counts };
}
