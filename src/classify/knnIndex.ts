import { vote } from './knnEngine.js';

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
