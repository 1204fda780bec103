import { randomStream } from '../../../src/core/random.js';

export interface Clusters {
  readonly values: Float32Array;
  readonly dimension: number;
  readonly labels: Int32Array;
}

/** Normal clouds with standard deviation 1 around corners that are 20 apart; one point of each in turn. */
export function clusters(count: number, classes: number, seed = 1): Clusters {
  const stream = randomStream(seed, 'clusters');
  const labels = Int32Array.from({ length: count }, (_, i) => i % classes);
  const values = Float32Array.from(
    { length: count * classes },
    (_, at) => stream.normal() + (at % classes === labels[Math.floor(at / classes)] ? 20 : 0),
  );
  return { values, dimension: classes, labels };
}

/** Share of points whose nearest other point is of their class. */
export function purity(points: Float32Array, dimensions: number, labels: Int32Array): number {
  const right = labels.reduce((sum, label, i) => {
    const own = points.subarray(i * dimensions, (i + 1) * dimensions);
    const distances = Array.from(labels, (_, j) =>
      j === i
        ? Number.POSITIVE_INFINITY
        : Math.hypot(...own.map((value, d) => value - points[j * dimensions + d]!)),
    );
    return sum + Number(labels[distances.indexOf(Math.min(...distances))] === label);
  }, 0);
  return right / labels.length;
}
