import fc from 'fast-check';
import type { Features } from '../../src/classify/knnEngine.js';

/** A k-NN problem whose values are multiples of a step. */
export interface Problem {
  readonly references: Features;
  readonly queries: Float32Array;
  readonly classes: number;
  readonly k: number;
}

/** Random problems on an integer grid: few steps make equal distances and tied votes common, many make them rare. */
export function problems(steps: number): fc.Arbitrary<Problem> {
  return fc
    .record({
      dimension: fc.integer({ min: 1, max: 6 }),
      count: fc.integer({ min: 1, max: 25 }),
      asked: fc.integer({ min: 1, max: 6 }),
      classes: fc.integer({ min: 1, max: 4 }),
    })
    .chain(({ dimension, count, asked, classes }) => {
      const rows = (n: number) =>
        fc
          .array(fc.integer({ min: -steps, max: steps }), {
            minLength: n * dimension,
            maxLength: n * dimension,
          })
          .map((values) => Float32Array.from(values));
      return fc.record({
        references: fc.record({
          values: rows(count),
          dimension: fc.constant(dimension),
          labels: fc
            .array(fc.nat(classes - 1), { minLength: count, maxLength: count })
            .map((labels) => Int32Array.from(labels)),
        }),
        queries: rows(asked),
        classes: fc.constant(classes),
        k: fc.integer({ min: 1, max: count }),
      });
    });
}

/** Squared distances of a query to every reference. */
export function squaredDistances({ references, queries }: Problem, query: number): number[] {
  const { values, dimension, labels } = references;
  return Array.from(labels, (_, i) => {
    let sum = 0;
    for (let j = 0; j < dimension; j++)
      sum += (values[i * dimension + j]! - queries[query * dimension + j]!) ** 2;
    return sum;
  });
}

/** The documented rule, spelled out: sort by distance, then by index; count votes; the nearest of the tied wins. */
export function bruteForce(problem: Problem): number[] {
  const { references, queries, k } = problem;
  return Array.from({ length: queries.length / references.dimension }, (_, query) => {
    const distances = squaredDistances(problem, query);
    const near = [...distances.keys()].sort((a, b) => distances[a]! - distances[b]! || a - b).slice(0, k);
    const labels = near.map((i) => references.labels[i]!);
    const votes = (label: number) => labels.filter((own) => own === label).length;
    const most = Math.max(...labels.map(votes));
    return labels.find((label) => votes(label) === most)!;
  });
}
