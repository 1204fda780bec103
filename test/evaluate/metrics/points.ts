import { randomStream } from '../../../src/core/random.js';
import type { FeaturePoints } from '../../../src/evaluate/metrics/manifold.js';

export const pointsOf = (values: readonly number[], dimension: number): FeaturePoints => ({
  values: Float32Array.from(values),
  dimension,
});

/** Points of a standard normal distribution. */
export function cloud(seed: number, count: number, dimension: number): FeaturePoints {
  const random = randomStream(seed, 'features');
  return { values: Float32Array.from({ length: count * dimension }, () => random.normal()), dimension };
}
