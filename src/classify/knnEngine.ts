import { checkCount, firstNonFinite } from '../core/checks.js';
import { DataError, UsageError } from '../core/errors.js';
import { checkFields, checkFloats, checkNumbers, whole } from '../core/kindChecks.js';

/** Labeled vectors: row `i` holds the values from `i · dimension` on, and belongs to class `labels[i]`. */
export interface Features {
  readonly values: Float32Array;
  readonly dimension: number;
  readonly labels: Int32Array;
}

export interface KnnOptions {
  /** Number of neighbors that vote. */
  readonly k: number;
  /** Number of classes; labels are 0 … classes − 1. */
  readonly classes: number;
}

/** The names of the engines, the default first. The engines themselves are in `knnEngines.ts`. */
export const knnEngineNames = ['exact', 'ml-knn', 'tfjs'] as const;
export type KnnEngineName = (typeof knnEngineNames)[number];

/** Votes of the neighbors of one query. */
export interface KnnVotes {
  /** The class with most votes; of several, the one whose nearest member is nearest. */
  readonly winner: number;
  /** Votes of each class. */
  readonly counts: Int32Array;
}

/** References made ready to be asked about many times. Holds no tensors. */
export interface KnnIndex {
  /** The votes of the k nearest references of each query; queries are packed one after the other. */
  votes(queries: Float32Array, k: number): Promise<KnnVotes[]>;
}

/**
 * A k-nearest-neighbor classifier in Euclidean distance; each of the k nearest references has one vote. Among classes
 * with equally many votes the one whose nearest member is nearest wins, and of references at equal distance the one
 * that comes first is nearer.
 */
export interface KnnEngine {
  readonly name: KnnEngineName;
  /** Makes an index of references. They are not checked. */
  index(references: Features, classes: number): KnnIndex;
  /**
   * The class of each query.
   *
   * @param queries rows of `references.dimension` values
   * @throws UsageError when k is not in 1 … number of references, or sizes do not fit; DataError for values that are
   * not finite.
   */
  predict(references: Features, queries: Float32Array, options: KnnOptions): Promise<Int32Array>;
}

/**
 * Makes an engine that checks what it is given.
 *
 * @param predict a faster way for many queries at once, if the engine has one; default: by the votes of an index
 */
export function makeKnnEngine(
  name: KnnEngineName,
  index: KnnEngine['index'],
  predict: KnnEngine['predict'] = async (references, queries, { k, classes }) =>
    Int32Array.from(await index(references, classes).votes(queries, k), ({ winner }) => winner),
): KnnEngine {
  return {
    name,
    index,
    async predict(references, queries, options) {
      assertKnnInput(references, queries, options);
      return predict(references, queries, options);
    },
  };
}

/** More classes than anyone has. */
const MOST_CLASSES = 1_000_000;

/** Throws unless references, queries and options fit each other. */
function assertKnnInput(references: Features, queries: Float32Array, options: KnnOptions): void {
  const { k, classes } = checkFields('predict', options, { classes: whole(1, MOST_CLASSES) });
  const { values, dimension, labels } = checkFields('the references', references, {
    values: checkFloats,
    dimension: whole(),
    labels: checkNumbers,
  });
  checkFloats('queries', queries, 'predict');
  checkCount('k', k);
  if (k > labels.length) {
    throw new UsageError(`k is ${k}, but there are only ${labels.length} references`, {
      hint: `Use a k of at most ${labels.length}, or more shots.`,
      option: 'k',
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
  const unknown = labels.find((label) => label < 0 || label >= classes);
  if (unknown !== undefined) {
    throw new UsageError(`a reference has the label ${unknown}, but there are ${classes} classes`);
  }
  assertFinite('reference', values, dimension);
  assertFinite('query', queries, dimension);
}

function assertFinite(kind: string, rows: Float32Array, dimension: number): void {
  const bad = firstNonFinite(rows);
  if (bad >= 0) throw new DataError(`${kind} ${Math.floor(bad / dimension)} holds ${rows[bad]}`);
}

/** The votes of neighbors sorted from near to far, given the class of each reference. */
export function countVotes(neighbors: Int32Array, labels: Int32Array, classes: number): KnnVotes {
  const counts = new Int32Array(classes);
  return { winner: vote(neighbors, labels, counts), counts };
}

/** The class that wins among neighbors sorted from near to far. `votes` is scratch space, one entry per class. */
export function vote(neighbors: Int32Array, labels: Int32Array, votes: Int32Array): number {
  votes.fill(0);
  let most = 0;
  for (const neighbor of neighbors) most = Math.max(most, ++votes[labels[neighbor]!]!);
  return labels[neighbors.find((neighbor) => votes[labels[neighbor]!] === most)!]!;
}
