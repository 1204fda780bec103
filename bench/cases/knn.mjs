import { milliseconds, noise } from '../timing.mjs';

const [references, queries, dimension, k] = [1000, 10_000, 784, 5];

export default {
  title: `exact k-NN, k = ${k}, ${queries} queries of ${dimension} values against ${references} references`,
  unit: 's',
  better: 'lower',
  peers: { pytorch: 'knn.py', 'scikit-learn': 'knn_sklearn.py' },
  async setup(load) {
    const { exactKnn } = await load();
    const values = noise((references + queries) * dimension);
    const known = {
      values: values.subarray(0, references * dimension),
      dimension,
      labels: Int32Array.from({ length: references }, (_, i) => i % 10),
    };
    const asked = values.subarray(references * dimension);
    return {
      round: async () =>
        (await milliseconds(() => exactKnn.predict(known, asked, { k, classes: 10 }))) / 1000,
    };
  },
};
