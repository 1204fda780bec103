import KNN from 'ml-knn';
import { countVotes, type Features, type KnnIndex, makeKnnEngine } from './knnEngine.js';

/**
 * The package `ml-knn`: a k-d tree. References are given to it labeled with their own index, and the votes are counted
 * here, so that ties among classes are settled as in every engine. Of several references at the distance of the k-th, the
 * tree chooses. Exact at any dimension, but at hundreds of dimensions slower than brute force.
 */
export const mlKnn = makeKnnEngine('ml-knn', mlKnnIndex);

function mlKnnIndex({ values, dimension, labels }: Features, classes: number): KnnIndex {
  const rows = Array.from(labels, (_, i) => Array.from(values.subarray(i * dimension, (i + 1) * dimension)));
  const { kdTree } = new KNN(rows, Array.from(labels.keys()));
  return {
    async votes(queries, k) {
      return Array.from({ length: queries.length / dimension }, (_, i) => {
        const found = kdTree
          .nearest(queries.subarray(i * dimension, (i + 1) * dimension), k)
          .map(([point, distance]) => ({ index: point[dimension]!, distance }))
          .sort((a, b) => a.distance - b.distance || a.index - b.index);
        const neighbors = Int32Array.from(found, ({ index }) => index);
        return countVotes(neighbors, labels, classes);
      });
    },
  };
}
