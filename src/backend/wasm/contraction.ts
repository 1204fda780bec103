import { type FunctionBuilder, type } from './assembler.js';
import { type Layout, tileFunction, type Width } from './contractionTile.js';

/**
 * The loop nest behind every kernel here: a matrix product whose inner sum runs over three nested counts,
 *
 *     C[m, n] (+)= Σ_r0 Σ_r1 Σ_r2  A[m, r0, r1, r2] · B[r0, r1, r2, n]
 *
 * with a byte stride for every index. A convolution, its gradients and a matrix product differ only in the strides,
 * so that none needs its operands gathered or packed first. The columns n are contiguous in C, and mostly in B.
 */
export interface Contraction {
  /** Addresses in bytes. */
  a: number;
  b: number;
  c: number;
  rows: number;
  columns: number;
  /** Strides of the rows, in bytes. */
  aRow: number;
  cRow: number;
  /** How far each sum runs (at least 1), outermost first, and what a step means in A and B, in bytes. */
  counts: readonly [number, number, number];
  aSteps: readonly [number, number, number];
  bSteps: readonly [number, number, number];
  /** From one column of B to the next, in bytes: 4 (the default) unless the layout is `dot`. */
  bColumn?: number;
  /** Adds to what C holds instead of overwriting it. */
  accumulate: boolean;
}

const vector = {
  valueType: type.v128,
  splat: 'v128.load32_splat',
  load: 'v128.load',
  store: 'v128.store',
  multiply: 'f32x4.mul',
  add: 'f32x4.add',
} as const;
const scalar = {
  valueType: type.f32,
  splat: 'f32.load',
  load: 'f32.load',
  store: 'f32.store',
  multiply: 'f32.mul',
  add: 'f32.add',
} as const;
const columnWidths: readonly Width[] = [
  { columns: 8, groups: 2, stride: 4, ...vector },
  { columns: 4, groups: 1, stride: 4, ...vector },
  { columns: 1, groups: 1, stride: 4, ...scalar },
];
const widths: Record<Layout, readonly Width[]> = {
  sum: columnWidths,
  rows: columnWidths,
  dot: [{ columns: 1, groups: 1, stride: 16, ...vector, splat: 'v128.load' }],
};
/** Four rows by eight columns keep the sums, one row of B and a factor in the sixteen vector registers of x64. */
const HEIGHTS = [1, 2, 3, 4];
const TALLEST = 4;

/**
 * The functions that `contract` calls: one for each layout and size of tile. Compilers keep the sums of such a small
 * function in registers; of one function for all sizes they did not.
 */
export function contractionFunctions(): FunctionBuilder[] {
  return (Object.keys(widths) as Layout[]).flatMap((layout) =>
    widths[layout].flatMap((width) =>
      HEIGHTS.map((height) => tileFunction(nameOf(layout, height, width), layout, height, width)),
    ),
  );
}

/** Computes the nest with functions emitted by `contractionFunctions`. */
export function contract(exports: WebAssembly.Exports, layout: Layout, nest: Contraction): void {
  const { rows, aRow, cRow, counts, aSteps, bSteps, bColumn = 4, accumulate } = nest;
  const rest = rows % TALLEST;
  const whole = (rows - rest) / TALLEST;
  let column = 0;
  for (const width of widths[layout]) {
    const steps = (counts[2] * 4) / width.stride;
    for (; column + width.columns <= nest.columns; column += width.columns) {
      const call = (height: number, tiles: number, row: number) => {
        const [a, c] = [nest.a + row * aRow, nest.c + row * cRow + column * 4];
        const compute = exports[nameOf(layout, height, width)] as (
          ...parameters: (number | boolean)[]
        ) => void;
        compute(
          a,
          nest.b + column * bColumn,
          c,
          tiles,
          aRow,
          cRow,
          counts[0],
          counts[1],
          steps,
          ...aSteps,
          ...bSteps,
          accumulate,
        );
      };
      if (whole > 0) call(TALLEST, whole, 0);
      if (rest > 0) call(rest, 1, rows - rest);
    }
  }
}

function nameOf(layout: Layout, height: number, { columns }: Width): string {
  return `${layout}${height}x${columns}`;
}
