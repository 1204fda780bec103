import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { UsageError } from '../core/errors.js';
import type { Label } from '../core/image.js';

/** A class part in double precision, with the label of its image. */
export interface ClassPart {
  readonly code: Float64Array;
  readonly label: Label;
}

/** Covariance of the codes around the mean of their class, pooled over classes. */
export function withinClassCovariance(codes: readonly ClassPart[]): Matrix {
  const groups = new Map<Label, number[][]>();
  for (const { code, label } of codes) {
    const group = groups.get(label) ?? [];
    groups.set(label, group);
    group.push([...code]);
  }
  const size = codes[0]?.code.length ?? 0;
  const covariance = Matrix.zeros(size, size);
  let freedom = 0;
  for (const group of groups.values()) {
    const rows = new Matrix(group);
    const centered = rows.subRowVector(rows.mean('column'));
    covariance.add(centered.transpose().mmul(centered));
    freedom += group.length - 1;
  }
  if (freedom > 0) return covariance.div(freedom);
  throw new UsageError('there are no two images of one class to whiten by', {
    hint: 'Give several images of each class.',
  });
}

/**
 * The symmetric matrix with the axes of a covariance, along each of which it scales by a factor of its own.
 *
 * @param factors of the variances along the axes, which are at least 0
 */
export function scaledAlongAxes(covariance: Matrix, factors: (variances: number[]) => number[]): Matrix {
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(covariance, {
    assumeSymmetric: true,
  });
  const scales = factors(realEigenvalues.map((value) => Math.max(0, value)));
  return eigenvectorMatrix.mmul(Matrix.diag(scales)).mmul(eigenvectorMatrix.transpose());
}
