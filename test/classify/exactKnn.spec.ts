import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs';
import { register } from 'tfjs-wasm-training';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { exactKnn, nearestDistances } from '../../src/classify/exactKnn.js';
import { randomStream } from '../../src/core/random.js';
import stored from '../reference/knn.json' with { type: 'json' };
import { expectNoLeak } from '../tensors.js';
import { bruteForce, squaredDistances } from './data.js';

beforeAll(async () => {
  await tf.setBackend('wasm');
  register();
});

/** 700 references and 60 queries of whole numbers, with many ties. */
function problem(steps: number, k: number) {
  const random = randomStream(7);
  const rows = (count: number) =>
    Float32Array.from({ length: count * 30 }, () => Math.round(steps * random.uniform()));
  const labels = Int32Array.from({ length: 700 }, (_, i) => (i * i) % 7);
  return { references: { values: rows(700), dimension: 30, labels }, queries: rows(60), classes: 7, k };
}

describe('exactKnn with the kernel for nearest rows', () => {
  it.each([
    [1, 1],
    [1, 9],
    [3, 5],
    [1000, 20],
  ])('follows the rules for ties, for values up to %i and k = %i', async (steps, k) => {
    const asked = problem(steps, k);
    const { references, queries, classes } = asked;
    const predicted = await expectNoLeak(() => exactKnn.predict(references, queries, { k, classes }));
    expect([...predicted]).toEqual(bruteForce(asked));
  });

  it.each(stored.cases.filter(({ references, k }) => references.length > 2000 && k < 10))(
    'labels as scikit-learn does, k = $k',
    async ({ references: values, queries, labels, dimension, k, classes, expected }) => {
      const run = vi.spyOn(tf.engine(), 'runKernel');
      const references = { values: Float32Array.from(values), dimension, labels: Int32Array.from(labels) };
      const asked = Float32Array.from(queries);
      expect([...(await exactKnn.predict(references, asked, { k, classes }))]).toEqual(expected);
      const votes = await exactKnn.index(references, classes).votes(asked, k);
      expect(votes.map(({ winner }) => winner)).toEqual(expected);
      expect(run.mock.calls.filter(([kernel]) => kernel === 'NearestRows')).toHaveLength(2);
      run.mockRestore();
    },
  );

  it('gives an index the votes of single queries', async () => {
    const { references, queries } = problem(3, 5);
    const index = exactKnn.index(references, 7);
    const single: unknown[] = [];
    for (let from = 0; from < queries.length; from += 30) {
      single.push(...(await index.votes(queries.subarray(from, from + 30), 5)));
    }
    expect(await expectNoLeak(() => index.votes(queries, 5))).toEqual(single);
  });

  it('measures the distance to the nearest reference', async () => {
    const asked = problem(20, 1);
    const distances = await expectNoLeak(() => nearestDistances(asked.references, asked.queries));
    expect(distances).toEqual(
      Array.from({ length: 60 }, (_, query) => Math.sqrt(Math.min(...squaredDistances(asked, query)))),
    );
  });

  it('takes values that are no numbers', async () => {
    const { references, queries } = problem(20, 1);
    references.values.fill(Number.NaN, 0, 30);
    queries.fill(Number.NaN, 0, 15);
    const distances = await nearestDistances(references, queries);
    expect(distances.map(Number.isNaN)).toEqual(Array.from({ length: 60 }, (_, query) => query === 0));
  });
});
