/**
 * Minimal filtering (Winograd, 1980; Toom and Cook before him): `m` outputs of a filter of `r` taps, which read
 * `m + r − 1` inputs, by `m + r − 1` products instead of `m · r`. The three transforms are
 *
 *     outputs = output · ((filterTransform · filter) ⊙ (input · inputs))
 *
 * and each gradient of the convolution applies them transposed. Rows of `input` and `filterTransform` belong to the
 * points 0, 1, −1, 2, −1/2, as many as there have to be, and at last to infinity. With these the errors are within
 * twice those of a plain sum (chosen by trial).
 */
export interface Filtering {
  /** Outputs at a time, 1 to {@link LONGEST_TILE}. */
  outputs: number;
  /** Taps of the filter, 2 or 3. */
  taps: number;
  /** `[m + r − 1][m + r − 1]` */
  input: Matrix;
  /** `[m][m + r − 1]` */
  output: Matrix;
}

export type Matrix = readonly (readonly number[])[];

/** Most outputs at a time. */
export const LONGEST_TILE = 4;

/** Numbers of taps that there are transforms for. */
export const TAPS = [2, 3] as const;

const POINTS = [0, 1, -1, 2, -1 / 2];

/** Number of points, with infinity, of the longest tile. All tiles share the filter's transform at these points. */
export const pointsOf = (taps: number): number => LONGEST_TILE + taps - 1;

/** Row of {@link filterTransform} that row `index` of a tile's transforms meets. */
export function pointAt(index: number, outputs: number, taps: number): number {
  return index === outputs + taps - 2 ? pointsOf(taps) - 1 : index;
}

/** `[points][taps]`, for tiles of any length. */
export function filterTransform(taps: number): Matrix {
  const finite = POINTS.slice(0, pointsOf(taps) - 1);
  const rows = finite.map((point) => {
    const scale = productOf(finite.filter((other) => other !== point).map((other) => point - other));
    return powersOf(point, taps).map((power) => power / scale);
  });
  return [...rows, unit(taps)];
}

export function filtering(outputs: number, taps: number): Filtering {
  const finite = POINTS.slice(0, outputs + taps - 2);
  const unused = POINTS.slice(finite.length, pointsOf(taps) - 1);
  const rows = finite.map((point) => {
    const scale = productOf(unused.map((other) => point - other));
    const others = finite.filter((other) => other !== point);
    return [...polynomialOf(others).map((coefficient) => coefficient * scale), 0];
  });
  return {
    outputs,
    taps,
    input: [...rows, polynomialOf(finite)],
    output: transposed([...finite.map((point) => powersOf(point, outputs)), unit(outputs)]),
  };
}

export function transposed(matrix: Matrix): Matrix {
  return matrix[0]!.map((_, column) => matrix.map((row) => row[column]!));
}

const productOf = (factors: number[]) => factors.reduce((product, factor) => product * factor, 1);
const powersOf = (base: number, count: number) => Array.from({ length: count }, (_, power) => base ** power);
const unit = (length: number) => Array.from({ length }, (_, index) => (index === length - 1 ? 1 : 0));

/** Coefficients, lowest first, of the polynomial with these roots. */
function polynomialOf(roots: number[]): number[] {
  let polynomial = [1];
  for (const root of roots) {
    const raised = [0, ...polynomial];
    polynomial = raised.map((value, power) => value - root * (polynomial[power] ?? 0));
  }
  return polynomial;
}
