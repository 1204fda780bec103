import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { type Label, UsageError } from '../core/index.js';

/** A code with the label of what it shows. */
export interface LabeledCode {
  readonly code: Float64Array;
  readonly label: Label;
}

/** Share of the mean variance that every direction has at least, so that none is blown up by few examples. */
const RIDGE = 0.1;
/** How far variances are evened out: at 1 all become equal, at 0 they stay. Half way is best on classes never seen. */
const POWER = 0.5;

/** The mean of the covariances of the classes, each around its own mean. */
function withinClassCovariance(codes: readonly LabeledCode[]): Matrix {
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
    const centred = rows.subRowVector(rows.mean('column'));
    covariance.add(centred.transpose().mmul(centred));
    freedom += group.length - 1;
  }
  if (freedom > 0) return covariance.div(freedom);
  throw new UsageError('there are no two images of one class to whiten by', {
    hint: 'Give several images of each class.',
  });
}

/**
 * A map of codes after which what tells images of one class apart counts less: directions are shrunk by a root of the variance
 * that codes have in them within classes, W^(−1/4) for the covariance W. It is within-class covariance normalization (Hatch,
 * Kajarekar and Stolcke, *Within-class covariance normalization for SVM-based speaker recognition*, 2006) half way.
 *
 * @param codes of any classes, several of each
 * @throws UsageError when there are no two of one class
 */
export function withinClassWhitening(codes: readonly LabeledCode[]): (code: Float64Array) => Float64Array {
  const covariance = withinClassCovariance(codes);
  const size = covariance.rows;
  const ridge = (RIDGE * covariance.trace()) / size;
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(covariance, {
    assumeSymmetric: true,
  });
  // Where codes of a class are all alike there is nothing to even out.
  const scales = realEigenvalues.map((value) =>
    ridge > 0 ? (Math.max(0, value) + ridge) ** (-POWER / 2) : 1,
  );
  const map = eigenvectorMatrix.mmul(Matrix.diag(scales)).mmul(eigenvectorMatrix.transpose()).to2DArray();
  return (code) => Float64Array.from(map, (row) => row.reduce((sum, value, i) => sum + value * code[i]!, 0));
}
