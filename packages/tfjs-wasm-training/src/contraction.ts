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
      HEIGHTS.map((height) => tileFunction(nameOf(layout, height, width.columns), layout, height, width)),
    ),
  );
}

type Compute = (...parameters: (number | boolean)[]) => void;

/** What computes a nest, given the exports of a module that has the functions of `contractionFunctions`. */
export function contractor(exports: WebAssembly.Exports): (layout: Layout, nest: Contraction) => void {
  const tiles = (layout: Layout) =>
    widths[layout].map(({ columns, stride }) => {
      const compute = (height: number) => exports[nameOf(layout, height, columns)] as Compute;
      return { columns, lanes: stride / 4, tall: compute(TALLEST), rest: HEIGHTS.map(compute) };
    });
  const known: Record<Layout, ReturnType<typeof tiles>> = {
    sum: tiles('sum'),
    rows: tiles('rows'),
    dot: tiles('dot'),
  };
  return (layout, nest) => {
    const { a, b, c, rows, aRow, cRow, counts, aSteps, bSteps, bColumn = 4, accumulate } = nest;
    const left = rows % TALLEST;
    const whole = rows - left;
    let column = 0;
    for (const { columns, lanes, tall, rest } of known[layout]) {
      const run = (compute: Compute, row: number, tileCount: number) =>
        compute(
          a + row * aRow,
          b + column * bColumn,
          c + row * cRow + column * 4,
          tileCount,
          aRow,
          cRow,
          counts[0],
          counts[1],
          counts[2] / lanes,
          aSteps[0],
          aSteps[1],
          aSteps[2],
          bSteps[0],
          bSteps[1],
          bSteps[2],
          accumulate,
        );
      for (; column + columns <= nest.columns; column += columns) {
        if (whole > 0) run(tall, 0, whole / TALLEST);
        if (left > 0) run(rest[left - 1]!, whole, 1);
      }
    }
  };
}

function nameOf(layout: Layout, height: number, columns: number): string {
  return `${layout}${height}x${columns}`;
}
