import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { knnEngineNames } from '../../src/classify/knnEngine.js';
import { knnEngine } from '../../src/classify/knnEngines.js';
import { DataError, UsageError } from '../../src/core/errors.js';
import { randomStream } from '../../src/core/random.js';
import reference from '../reference/knn.json' with { type: 'json' };
import { expectNoLeak } from '../tensors.js';
import { bruteForce, type Problem, problems, squaredDistances } from './data.js';

beforeAll(async () => {
  await tf.setBackend('wasm');
});

const run = async (name: string, { references, queries, k, classes }: Problem) =>
  Array.from(await knnEngine(name).predict(references, queries, { k, classes }));

/** Three references in one dimension; the classes 1 and 0 tie at k = 2. */
const line: Problem = {
  references: { values: Float32Array.of(0, 4, 100), dimension: 1, labels: Int32Array.of(1, 0, 0) },
  queries: Float32Array.of(1),
  classes: 2,
  k: 2,
};

describe.each(knnEngineNames)('the engine %s', (name) => {
  test.each(reference.cases.map((stored, index) => [index, stored] as const))(
    'labels as scikit-learn does, case %i',
    async (_, stored) => {
      const references = {
        values: Float32Array.from(stored.references),
        dimension: stored.dimension,
        labels: Int32Array.from(stored.labels),
      };
      const { classes, k } = stored;
      expect(await run(name, { references, queries: Float32Array.from(stored.queries), classes, k })).toEqual(
        stored.expected,
      );
    },
  );

  test.each(reference.offsets.map((stored, index) => [index, stored] as const))(
    'finds the neighbors that SciPy finds, whatever the offset of the features, case %i',
    async (_, stored) => {
      const references = {
        values: Float32Array.from(stored.references),
        dimension: stored.dimension,
        labels: Int32Array.from(stored.labels),
      };
      const queries = Float32Array.from(stored.queries);
      expect(await run(name, { references, queries, classes: 3, k: 1 })).toEqual(stored.expected);
      const votes = await knnEngine(name).index(references, 3).votes(queries, 1);
      expect(votes.map(({ winner }) => winner)).toEqual(stored.expected);
    },
  );

  test('agrees with a plain loop where no two distances are equal', async () => {
    await fc.assert(
      fc.asyncProperty(problems(1_000), async (problem) => {
        const asked = problem.queries.length / problem.references.dimension;
        for (let query = 0; query < asked; query++) {
          const distances = squaredDistances(problem, query);
          fc.pre(new Set(distances).size === distances.length);
        }
        expect(await run(name, problem)).toEqual(bruteForce(problem));
      }),
      { numRuns: 60 },
    );
  });

  test('gives a tied vote to the class with the nearest member', async () => {
    expect(await run(name, line)).toEqual([1]);
    expect(await run(name, { ...line, queries: Float32Array.of(3) })).toEqual([0]);
    expect(await run(name, { ...line, k: 3 })).toEqual([0]);
  });

  test('needs no reference of every class, and takes no queries', async () => {
    const gaps = { ...line.references, labels: Int32Array.of(3, 1, 1) };
    expect(await run(name, { ...line, references: gaps, classes: 5, k: 1 })).toEqual([3]);
    expect(await run(name, { ...line, queries: new Float32Array(0) })).toEqual([]);
  });

  test('takes references that are all zero', async () => {
    const zeros = { values: new Float32Array(4), dimension: 2, labels: Int32Array.of(1, 1) };
    expect(await run(name, { references: zeros, queries: Float32Array.of(1, 2), classes: 2, k: 1 })).toEqual([
      1,
    ]);
  });

  test('leaves no tensors', async () => {
    await expectNoLeak(() => run(name, line));
  });

  test.each<[string, Partial<Problem>, string]>([
    ['k above the references', { k: 4 }, 'k is 4, but there are only 3 references'],
    ['k of zero', { k: 0 }, 'k is 0'],
    ['k of a half', { k: 0.5 }, 'k is 0.5'],
    ['a label beyond the classes', { classes: 1 }, 'label 1, but there are 1 classes'],
    [
      'half a query',
      { references: { values: new Float32Array(4), dimension: 2, labels: new Int32Array(2) } },
      '1 query values',
    ],
    [
      'missing values',
      { references: { ...line.references, values: new Float32Array(2) } },
      'need 3 values, not 2',
    ],
  ])('refuses %s', async (_, change, message) => {
    const attempt = run(name, { ...line, ...change });
    await expect(attempt).rejects.toThrow(UsageError);
    await expect(attempt).rejects.toThrow(message);
  });

  test('names the row that is not finite', async () => {
    const queries = Float32Array.of(1, 2, Number.NaN);
    await expect(run(name, { ...line, queries })).rejects.toThrow(new DataError('query 2 holds NaN'));
    const references = { ...line.references, values: Float32Array.of(0, Number.POSITIVE_INFINITY, 1) };
    await expect(run(name, { ...line, references })).rejects.toThrow(
      new DataError('reference 1 holds Infinity'),
    );
  });
});

describe('the exact engine', () => {
  test('follows the tie rule where distances and votes are often equal', async () => {
    await fc.assert(
      fc.asyncProperty(problems(2), async (problem) => {
        expect(await run('exact', problem)).toEqual(bruteForce(problem));
      }),
      { numRuns: 300 },
    );
  });

  test('takes the reference that comes first of those at equal distance', async () => {
    const references = { values: Float32Array.of(2, 0), dimension: 1, labels: Int32Array.of(1, 0) };
    expect(await run('exact', { references, queries: Float32Array.of(1), classes: 2, k: 1 })).toEqual([1]);
  });

  test('gives the same labels across chunks of queries, in bounded memory', async () => {
    const random = randomStream(1);
    const fill = (length: number) => Float32Array.from({ length }, () => random.uniform());
    const count = 2_000;
    const references = {
      values: fill(count * 4),
      dimension: 4,
      labels: Int32Array.from({ length: count }, (_, i) => i % 3),
    };
    const problem = { references, queries: fill(2_500 * 4), classes: 3, k: 5 };
    const all = await run('exact', problem);
    const apart: number[] = [];
    for (let from = 0; from < all.length; from += 500) {
      const queries = problem.queries.subarray(from * 4, (from + 500) * 4);
      apart.push(...(await run('exact', { ...problem, queries })));
    }
    expect(all).toEqual(apart);
    expect(all.slice(0, 100)).toEqual(bruteForce({ ...problem, queries: problem.queries.subarray(0, 400) }));
  });
});

test('an unknown engine is refused, and the known ones are listed', () => {
  expect(() => knnEngine('kd')).toThrow(UsageError);
  try {
    knnEngine('kd');
  } catch (error) {
    expect((error as UsageError).hint).toBe('Known engines: exact, ml-knn, tfjs.');
  }
});
