/** A lower triangular factor L of a symmetric matrix A = L · Lᵀ, whose rows that depend on those before add no column. */
export interface CholeskyFactor {
  /** Row by row, `pitch` from one to the next. */
  readonly values: Float64Array;
  readonly pitch: number;
  /** Number of columns that are used. */
  readonly rank: number;
  /** Index of the row that each column began with. */
  readonly axes: readonly number[];
  /** Number of values of each row; those behind are 0. */
  readonly ends: Int32Array;
}

/** Share of a diagonal element below which the rest of a row is rounding of single precision: it lies in the span of those before. */
const ROUNDING = 1e-12;

/**
 * Factor of a symmetric matrix that is not negative, of which row by row only the products with rows that began a column are
 * asked for.
 *
 * @param most columns above which there is no factor: undefined is returned
 * @param row writes the products of row `i` with the axes, and returns that with itself
 */
function factor(
  count: number,
  most: number,
  row: (i: number, axes: readonly number[], products: Float64Array) => number,
): CholeskyFactor | undefined {
  const pitch = Math.min(count, most);
  const values = new Float64Array(count * pitch);
  const axes: number[] = [];
  const ends = new Int32Array(count);
  const products = new Float64Array(pitch);
  for (let i = 0; i < count; i++) {
    const own = i * pitch;
    const square = row(i, axes, products);
    let rest = square;
    for (let k = 0; k < axes.length; k++) {
      const axis = axes[k]! * pitch;
      let sum = products[k]!;
      for (let m = 0; m < k; m++) sum -= values[own + m]! * values[axis + m]!;
      const part = sum / values[axis + k]!;
      values[own + k] = part;
      rest -= part * part;
    }
    if (rest > ROUNDING * square) {
      if (axes.length === most) return undefined;
      values[own + axes.length] = Math.sqrt(rest);
      axes.push(i);
    }
    ends[i] = axes.length;
  }
  return { values, pitch, rank: axes.length, axes, ends };
}

/** Factor of a symmetric matrix `[count · count]` that is positive. */
export function choleskyFactor(matrix: Float64Array, count: number): CholeskyFactor {
  return factor(count, count, (i, axes, products) => {
    for (let k = 0; k < axes.length; k++) products[k] = matrix[i * count + axes[k]!]!;
    return matrix[i * count + i]!;
  })!;
}

/** Factor of the products of rows with each other; undefined if more than `most` of them are independent. */
export function factorOfRows(
  rows: Float64Array,
  count: number,
  dimension: number,
  most: number,
): CholeskyFactor | undefined {
  const own = new Float64Array(1);
  return factor(count, most, (i, axes, products) => {
    writeProducts(rows, dimension, i, axes, products);
    writeProducts(rows, dimension, i, [i], own);
    return own[0]!;
  });
}

/** Products of all pairs of rows, `[count · count]`. */
export function productsOfRows(rows: Float64Array, count: number, dimension: number): Float64Array {
  const products = new Float64Array(count * count);
  const before: number[] = [];
  for (let i = 0; i < count; i++) {
    before.push(i);
    writeProducts(rows, dimension, i, before, products.subarray(i * count));
    for (let k = 0; k < i; k++) products[k * count + i] = products[i * count + k]!;
  }
  return products;
}

/** Writes the products of a row with others. Four at a time, so that a value of the row is read once for all of them. */
function writeProducts(
  rows: Float64Array,
  dimension: number,
  row: number,
  others: readonly number[],
  products: Float64Array,
): void {
  const { length } = others;
  const own = row * dimension;
  const placeOf = (k: number) => others[Math.min(k, length - 1)]! * dimension;
  for (let k = 0; k < length; k += 4) {
    const [a, b, c, d] = [placeOf(k), placeOf(k + 1), placeOf(k + 2), placeOf(k + 3)];
    let [sumA, sumB, sumC, sumD] = [0, 0, 0, 0];
    for (let j = 0; j < dimension; j++) {
      const value = rows[own + j]!;
      sumA += value * rows[a + j]!;
      sumB += value * rows[b + j]!;
      sumC += value * rows[c + j]!;
      sumD += value * rows[d + j]!;
    }
    products[k] = sumA;
    if (k + 1 < length) products[k + 1] = sumB;
    if (k + 2 < length) products[k + 2] = sumC;
    if (k + 3 < length) products[k + 3] = sumD;
  }
}

/** Solves Lᵀ · x = b for the rows that began a column; `b` is `[rank]`. */
export function solveTransposed(
  { values, pitch, rank, axes }: CholeskyFactor,
  b: Float64Array,
): Float64Array {
  const x = Float64Array.from(b);
  for (let k = rank - 1; k >= 0; k--) {
    const axis = axes[k]! * pitch;
    const solved = x[k]! / values[axis + k]!;
    x[k] = solved;
    for (let m = 0; m < k; m++) x[m]! -= solved * values[axis + m]!;
  }
  return x;
}

/** Solves L · x = b, likewise. */
export function solveLower({ values, pitch, rank, axes }: CholeskyFactor, b: Float64Array): Float64Array {
  const x = new Float64Array(rank);
  for (let k = 0; k < rank; k++) {
    const axis = axes[k]! * pitch;
    let rest = b[k]!;
    for (let m = 0; m < k; m++) rest -= values[axis + m]! * x[m]!;
    x[k] = rest / values[axis + k]!;
  }
  return x;
}
