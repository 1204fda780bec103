/** A lower triangular factor L of a symmetric matrix A = L · Lᵀ of `count` rows. */
export interface CholeskyFactor {
  /** `[count · count]`, row by row. */
  readonly values: Float64Array;
  readonly count: number;
  /** Number of columns that are used: the rank. */
  readonly rank: number;
  /** Index of the row that each column began with. */
  readonly axes: readonly number[];
  /** Number of values of each row; those behind are 0. */
  readonly ends: Int32Array;
}

/** Share of a diagonal element below which the rest of a row is rounding: it lies in the span of those before. */
const ROUNDING = 1e-12;

/** Products of all pairs of rows, `[count · count]`. */
export function productsOfRows(rows: Float64Array, count: number, dimension: number): Float64Array {
  const products = new Float64Array(count * count);
  for (let i = 0; i < count; i++) {
    const own = i * dimension;
    // Four at a time, so that a value of the row is read once for all of them.
    for (let k = 0; k <= i; k += 4) {
      const last = Math.min(k + 3, i);
      const [a, b, c, d] = [k, Math.min(k + 1, i), Math.min(k + 2, i), last].map((row) => row * dimension);
      let [sumA, sumB, sumC, sumD] = [0, 0, 0, 0];
      for (let j = 0; j < dimension; j++) {
        const value = rows[own + j]!;
        sumA += value * rows[a! + j]!;
        sumB += value * rows[b! + j]!;
        sumC += value * rows[c! + j]!;
        sumD += value * rows[d! + j]!;
      }
      const sums = [sumA, sumB, sumC, sumD];
      for (let m = k; m <= last; m++) {
        products[i * count + m] = sums[m - k]!;
        products[m * count + i] = sums[m - k]!;
      }
    }
  }
  return products;
}

/**
 * Factor of a symmetric matrix that is not negative. Rows that depend on those before them add no column, so it need not be of
 * full rank.
 */
export function choleskyFactor(matrix: Float64Array, count: number): CholeskyFactor {
  const values = new Float64Array(count * count);
  const axes: number[] = [];
  const ends = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    const own = i * count;
    let rest = matrix[own + i]!;
    for (let k = 0; k < axes.length; k++) {
      const axis = axes[k]! * count;
      const part = (matrix[own + axes[k]!]! - dotOfRows(values, own, axis, k)) / values[axis + k]!;
      values[own + k] = part;
      rest -= part * part;
    }
    if (rest > ROUNDING * matrix[own + i]!) {
      values[own + axes.length] = Math.sqrt(rest);
      axes.push(i);
    }
    ends[i] = axes.length;
  }
  return { values, count, rank: axes.length, axes, ends };
}

/** Solves Lᵀ · x = b for the rows that began a column; `b` is `[rank]`. */
export function solveTransposed(
  { values, count, rank, axes }: CholeskyFactor,
  b: Float64Array,
): Float64Array {
  const x = Float64Array.from(b);
  for (let k = rank - 1; k >= 0; k--) {
    const axis = axes[k]! * count;
    const solved = x[k]! / values[axis + k]!;
    x[k] = solved;
    for (let m = 0; m < k; m++) x[m]! -= solved * values[axis + m]!;
  }
  return x;
}

/** Solves L · x = b, likewise. */
export function solveLower({ values, count, rank, axes }: CholeskyFactor, b: Float64Array): Float64Array {
  const x = new Float64Array(rank);
  for (let k = 0; k < rank; k++) {
    const axis = axes[k]! * count;
    let rest = b[k]!;
    for (let m = 0; m < k; m++) rest -= values[axis + m]! * x[m]!;
    x[k] = rest / values[axis + k]!;
  }
  return x;
}

/** Product of two rows of one array, which begin at two places. */
function dotOfRows(values: Float64Array, from: number, other: number, length: number): number {
  let sum = 0;
  for (let j = 0; j < length; j++) sum += values[from + j]! * values[other + j]!;
  return sum;
}
