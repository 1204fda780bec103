import type { FeaturePoints } from './featurePoints.js';
import { eachInBall, type Manifold } from './manifold.js';

export interface PrecisionRecall {
  /** Share of the made images that lie among the real ones, in [0, 1]. */
  readonly precision: number;
  /** Share of the real images that lie among the made ones, in [0, 1]. */
  readonly recall: number;
}

/**
 * Improved precision and recall (Kynkäänniemi et al., *Improved Precision and Recall Metric for Assessing Generative
 * Models*, arXiv 1904.06991): a point lies among others when it is in the ball of at least one of them. Precision tells how
 * real images look, recall how much of the variety of real ones they have. One outlier has a large ball and lets
 * much in; density and coverage mend that.
 *
 * @throws DataError when the two lie in different spaces
 */
export function precisionRecall(real: Manifold, made: Manifold): PrecisionRecall {
  return { precision: shareInside(real, made.points), recall: shareInside(made, real.points) };
}

function shareInside(manifold: Manifold, points: FeaturePoints): number {
  const inside = new Set<number>();
  const asked = eachInBall(manifold, points, (_, point) => inside.add(point));
  return inside.size / asked;
}
