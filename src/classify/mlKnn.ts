import KNN from 'ml-knn';
import { assertKnnInput, countVotes, type Features, type KnnEngine, type KnnIndex } from './knnEngine.js';

/**
 * The `ml-knn` package: a k-d tree. References are given to it labelled with their own index, and the votes are counted
 * here, so that ties among classes are settled as in every engine. Which of several references at the very distance of
 * the k-th is taken is left to the tree. Exact at any dimension, but at hundreds of dimensions slower than brute force.
 */
export const mlKnn: KnnEngine = {
  name: 'ml-knn',
  async predict(references, queries, options) {
    assertKnnInput(references, queries, options);
    const votes = await mlKnnIndex(references, options.classes).votes(queries, options.k);
    return Int32Array.from(votes, ({ winner }) => winner);
  },
};

/** The tree of that package over references. */
export function mlKnnIndex({ values, dimension, labels }: Features, classes: number): KnnIndex {
  const rows = Array.from(labels, (_, i) => Array.from(values.subarray(i * dimension, (i + 1) * dimension)));
  const { kdTree } = new KNN(rows, Array.from(labels.keys()));
  return {
    async votes(queries, k) {
      return Array.from({ length: queries.length / dimension }, (_, i) => {
        const found = kdTree
          .nearest(queries.subarray(i * dimension, (i + 1) * dimension), k)
          .map(([point, distance]) => ({ index: point[dimension]!, distance }))
          .sort((a, b) => a.distance - b.distance || a.index - b.index);
        return countVotes(
          Int32Array.from(found, ({ index }) => index),
          labels,
          classes,
        );
      });
    },
  };
}
