import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { UsageError } from '../../core/errors.js';
import { checkFields, checkNumbers } from '../../core/kindChecks.js';
import { assertSameSpace, countFeatures, type FeaturePoints } from './manifold.js';

/** Normal distribution with the mean and covariance of a set of points. */
export interface FeatureGaussian {
  readonly dimension: number;
  readonly mean: Float64Array;
  /** Sample covariance, with n − 1 in the denominator: `[dimension, dimension]`, row by row. */
  readonly covariance: Float64Array;
}

/** Fits a normal distribution. Throws a `DataError` for fewer than two points, or a value that is not finite. */
export function featureGaussian(points: FeaturePoints): FeatureGaussian {
  const count = countFeatures(points, 2);
  const { values, dimension } = points;
  const mean = new Float64Array(dimension);
  for (let i = 0; i < values.length; i++) mean[i % dimension]! += values[i]! / count;
  const covariance = new Float64Array(dimension * dimension);
  const centered = new Float64Array(dimension);
  for (let start = 0; start < values.length; start += dimension) {
    for (let d = 0; d < dimension; d++) centered[d] = values[start + d]! - mean[d]!;
    for (let row = 0; row < dimension; row++) {
      const weight = centered[row]! / (count - 1);
      for (let column = 0; column <= row; column++) {
        covariance[row * dimension + column]! += weight * centered[column]!;
      }
    }
  }
  for (let row = 0; row < dimension; row++) {
    for (let column = 0; column < row; column++)
      covariance[column * dimension + row] = covariance[row * dimension + column]!;
  }
  return { dimension, mean, covariance };
}

function checkGaussian(gaussian: FeatureGaussian): void {
  const { dimension, mean, covariance } = checkFields('the distribution', gaussian, {
    mean: checkNumbers,
    covariance: checkNumbers,
  });
  if (mean.length === dimension && covariance.length === dimension ** 2) return;
  throw new UsageError(
    `a distribution of ${dimension} dimensions has ${mean.length} means and ${covariance.length} covariances`,
    {
      hint: 'Make it by featureGaussian.',
    },
  );
}

const matrixOf = ({ covariance, dimension }: FeatureGaussian) =>
  Matrix.from1DArray(dimension, dimension, covariance);

/** Eigenvalues and vectors of a positive semidefinite matrix. Rounding makes some values a little less than 0. */
function eigen(matrix: Matrix) {
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(matrix, {
    assumeSymmetric: true,
  });
  return { values: realEigenvalues.map((value) => Math.max(0, value)), vectors: eigenvectorMatrix };
}

function squareRoot(matrix: Matrix): Matrix {
  const { values, vectors } = eigen(matrix);
  return vectors.mmul(Matrix.diag(values.map(Math.sqrt))).mmul(vectors.transpose());
}

/**
 * Squared Fréchet distance of two normal distributions (Dowson and Landau, *The Fréchet distance between multivariate
 * normal distributions*, 1982): ‖μ₁ − μ₂‖² + tr(C₁ + C₂ − 2 (C₁^½ C₂ C₁^½)^½). 0 for equal ones, without an upper bound.
 *
 * On the features of an Inception net it is the FID (Heusel et al., *GANs Trained by a Two Time-Scale Update Rule*, arXiv
 * 1706.08500). On those of a `heldOutClassifier`, a small net, we call it the Fréchet LeNet distance, FLD: it is no FID, and
 * values of different nets cannot be compared. Fewer points make it larger, so compare equal numbers of points.
 *
 * @throws DataError when the two lie in different spaces
 */
export function frechetDistance(a: FeatureGaussian, b: FeatureGaussian): number {
  assertSameSpace(a, b);
  for (const side of [a, b]) checkGaussian(side);
  const [first, second] = [matrixOf(a), matrixOf(b)];
  const root = squareRoot(first);
  const product = root.mmul(second).mmul(root);
  const symmetric = Matrix.add(product, product.transpose()).mul(0.5);
  const rootTrace = eigen(symmetric).values.reduce((sum, value) => sum + Math.sqrt(value), 0);
  const meansApart = a.mean.reduce((sum, value, d) => sum + (value - b.mean[d]!) ** 2, 0);
  return Math.max(0, meansApart + first.trace() + second.trace() - 2 * rootTrace);
}
