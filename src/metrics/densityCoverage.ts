import type { FeaturePoints } from './featurePoints.js';
import { eachInBall, type Manifold } from './manifold.js';

export interface DensityCoverage {
  /** Balls of real images that a made one lies in, on average, over k: about 1 for real images, and more in dense places. */
  readonly density: number;
  /** Share of the real images with a made one in their ball, in [0, 1]. */
  readonly coverage: number;
}

/**
 * Density and coverage (Naeem et al., *Reliable Fidelity and Diversity Metrics for Generative Models*, arXiv 2002.09797):
 * both look at balls of real images alone, so an outlier among the made ones gains nothing. For as many made images as real
 * ones of the same distribution, coverage is 1 − 2^−k on average: 0.97 for k = 5. Fewer made ones cover less.
 *
 * @throws DataError when there are no made images, or the two lie in different spaces
 */
export function densityCoverage(real: Manifold, made: FeaturePoints): DensityCoverage {
  const covered = new Set<number>();
  let hits = 0;
  const asked = eachInBall(real, made, (ball) => {
    hits++;
    covered.add(ball);
  });
  return { density: hits / (real.k * asked), coverage: covered.size / real.count };
}
