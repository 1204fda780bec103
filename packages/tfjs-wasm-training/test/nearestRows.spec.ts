import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Arithmetic, arithmetic } from '../src/index.js';
import { expectNoLeak, startWasm } from './backends.js';

/** Rows of the same length, one after the other. */
interface Search {
  readonly references: Float32Array;
  readonly queries: Float32Array;
  readonly dimension: number;
  readonly k: number;
}

const find = ({ references, queries, dimension, k }: Search): number[][] =>
  tf.tidy(() => {
    const rows = (values: Float32Array) => tf.tensor2d(values, [values.length / dimension, dimension]);
    const inputs = { references: rows(references), queries: rows(queries) };
    const found: tf.Tensor = tf.engine().runKernel('NearestRows', inputs, { k });
    return found.arraySync() as number[][];
  });

const squaredDistance = ({ references, queries, dimension }: Search, query: number, reference: number) => {
  let sum = 0;
  for (let j = 0; j < dimension; j++) {
    sum += (references[reference * dimension + j]! - queries[query * dimension + j]!) ** 2;
  }
  return sum;
};

/** Every distance in double precision; of equal ones the first. */
const byBruteForce = (search: Search): number[][] => {
  const { references, queries, dimension, k } = search;
  return Array.from({ length: queries.length / dimension }, (_, query) => {
    const squares = Array.from({ length: references.length / dimension }, (_, reference) =>
      squaredDistance(search, query, reference),
    );
    return [...squares.keys()].sort((a, b) => squares[a]! - squares[b]! || a - b).slice(0, k);
  });
};

/** Ways to make a value from two numbers in [−1, 1) and the number of its row. */
const kinds: Record<string, (one: number, other: number, row: number) => number> = {
  'uniform numbers': (one) => one,
  'a few whole numbers, with many ties': (one) => Math.round(2 * one),
  'the same number everywhere': () => 0.3,
  'copies of 3 rows': (_, __, row) => Math.sin(1 + (row % 3)),
  'rows of 3 clusters': (one, _, row) => Math.sin(1 + (row % 3)) + 1e-3 * one,
  'rows of 3 clusters that single precision hardly tells apart': (one, _, row) =>
    Math.sin(1 + (row % 3)) + 1e-6 * one,
  'a large offset': (one) => 1e4 + one,
  'numbers without the negative ones': (one, other) => Math.max(0, one * other),
  'large numbers': (one) => 1e6 * one,
  'numbers whose squares overflow': (one) => 1e30 * one,
  'numbers whose squares vanish': (one) => 1e-30 * one,
  'a row that is far from the others': (one, _, row) => (row === 1 ? 1e5 : one),
  'one value that is larger than the others': (one, other) => (other > 0.99 ? 1000 : one),
};

/** A repeatable sequence of numbers in [−1, 1). */
const sequence = (seed: number) => {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
};

const searches = fc
  .record({
    kind: fc.constantFrom(...Object.keys(kinds)),
    dimension: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constantFrom(16, 32, 48, 100)),
    references: fc.integer({ min: 1, max: 90 }),
    queries: fc.integer({ min: 1, max: 40 }),
    seed: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map(({ kind, dimension, references, queries, seed, share }) => {
    const random = sequence(seed);
    const rows = (count: number) =>
      Float32Array.from({ length: count * dimension }, (_, i) =>
        kinds[kind]!(random(), random(), Math.floor(i / dimension)),
      );
    const k = Math.max(1, Math.round(references * share ** 4));
    return { references: rows(references), queries: rows(queries), dimension, k };
  });

/**
 * Searches where what rounding to 63 levels takes off lies along what it is multiplied by, so that no smaller bound on the error
 * of a score would do. Rows `jagged` are off in the directions of a pattern, each by almost half a level; rows `flat` are that
 * pattern with a few signs changed.
 */
function misleading(seed: number, jaggedQueries: boolean): Search {
  const dimension = 200;
  const random = sequence(seed);
  // Wide enough that references differ by what may be hidden.
  const spread = jaggedQueries ? 5 : 12;
  const pattern = Array.from({ length: dimension }, () => Math.sign(random()));
  const jagged = (side: number) =>
    pattern.map((sign, j) => (j === 0 ? side : (Math.round(spread * random()) + 0.45 * side * sign) / 63));
  const flat = (side: number) =>
    pattern.map((sign, j) => (j === 0 ? 0 : side * sign * (random() > 0.96 ? -1 : 1)));
  const rows = (count: number, make: (side: number) => number[]) =>
    Float32Array.from(Array.from({ length: count }, (_, row) => make(row % 2 ? 1 : -1)).flat());
  const [references, queries] = jaggedQueries ? [flat, jagged] : [jagged, flat];
  return { references: rows(30, references), queries: rows(8, queries), dimension, k: 2 };
}

describe.each<Arithmetic>(['fma', 'plain'])('NearestRows, %s', (wanted) => {
  beforeEach(async () => {
    await startWasm(wanted);
    expect(arithmetic()).toBe(wanted);
  });

  it('finds what a comparison of all distances in double precision finds', async () => {
    await fc.assert(
      fc.asyncProperty(searches, async (search) => {
        expect(await expectNoLeak(() => find(search))).toEqual(byBruteForce(search));
      }),
      { numRuns: 300 },
    );
  });

  it.each([true, false])('is not misled by what rounding takes off (of queries: %s)', (jaggedQueries) => {
    for (let seed = 1; seed <= 40; seed++) {
      const search = misleading(seed, jaggedQueries);
      expect(find(search)).toEqual(byBruteForce(search));
    }
  });
});
