import { type Access, FunctionBuilder, type Operator, types } from './assembler.js';
import type { Calls } from './threads.js';

/**
 * The loop nest behind every kernel here: a matrix product whose inner sum runs over three nested counts,
 *
 *     C[m, n] (+)= Σ_r0 Σ_r1 Σ_r2  A[m, r0, r1, r2] · B[r0, r1, r2, n]
 *
 * with a byte stride for every index. A convolution, its gradients and a matrix product differ only in the strides,
 * so few need their operands gathered or packed first. The columns n are contiguous in B and C.
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
  /** Length of each sum (at least 1), outermost first, and its stride in A and in B, in bytes. */
  counts: readonly [number, number, number];
  aSteps: readonly [number, number, number];
  bSteps: readonly [number, number, number];
  /** True to add to C instead of overwriting it. */
  accumulate: boolean;
}

/** The contiguous index of A, whose stride is 4 bytes. `sum`: the innermost sum. `rows`: the rows. */
export type Layout = 'sum' | 'rows';

/** Returns a function that computes a nest by the functions of a module that holds `contractionFunctions`. */
export function contractor(calls: Calls): (layout: Layout, nest: Contraction) => void {
  const tiles = (layout: Layout) =>
    widths.map(({ columns, tallest }) => {
      const compute = (height: number) => calls[nameOf(layout, height, columns)]!;
      const rest = heightsTo(tallest).map(compute);
      return { columns, tallest, tall: rest.at(-1)!, rest };
    });
  const known = { sum: tiles('sum'), rows: tiles('rows') };
  return (layout, nest) => {
    const { a, b, c, rows, aRow, cRow, counts, aSteps, bSteps, accumulate } = nest;
    let column = 0;
    for (const { columns, tallest, tall, rest } of known[layout]) {
      const left = rows % tallest;
      const whole = rows - left;
      const run = (compute: Calls[string], row: number, tileCount: number) =>
        compute(
          a + row * aRow,
          b + column * 4,
          c + row * cRow + column * 4,
          tileCount,
          aRow,
          cRow,
          counts[0],
          counts[1],
          counts[2],
          aSteps[0],
          aSteps[1],
          aSteps[2],
          bSteps[0],
          bSteps[1],
          bSteps[2],
          accumulate,
        );
      for (; fits(columns, nest.columns - column); column += columns) {
        if (whole > 0) run(tall, 0, whole / tallest);
        if (left > 0) run(rest[left - 1]!, whole, 1);
      }
    }
  };
}

/**
 * Returns the functions that `contractor` calls, one for each layout and tile size. Compilers keep the sums of such a
 * small function in registers, which they did not do with one function for all sizes.
 *
 * @param fused true to multiply and add in one instruction, which rounds once
 */
export function contractionFunctions(fused: boolean): FunctionBuilder[] {
  return (['sum', 'rows'] as const).flatMap((layout) =>
    widths.flatMap((width) =>
      heightsTo(width.tallest).map((height) =>
        tileFunction(nameOf(layout, height, width.columns), layout, height, width, fused),
      ),
    ),
  );
}

function nameOf(layout: Layout, height: number, columns: number): string {
  return `${layout}${height}x${columns}`;
}

/** Number of columns of a tile, in groups of lanes, and the instructions that handle one group. */
interface Width {
  columns: number;
  groups: number;
  /** Most rows of a tile: with a row of B and a factor they fit the 16 vector registers of x64. */
  tallest: number;
  valueType: typeof types.v128 | typeof types.f32;
  /** Reads the factor from A. */
  splat: Access;
  load: Access;
  store: Access;
  /** Multiplies the two values on the stack. */
  multiply: Operator;
  add: Operator;
  /** Adds to the third value on the stack the product of the other two, rounded once. Absent where there is none. */
  multiplyAdd?: Operator;
}

const vector = {
  valueType: types.v128,
  splat: 'v128.load32_splat',
  load: 'v128.load',
  store: 'v128.store',
  multiply: 'f32x4.mul',
  add: 'f32x4.add',
  multiplyAdd: 'f32x4.relaxed_madd',
} as const;
const scalar = {
  valueType: types.f32,
  splat: 'f32.load',
  load: 'f32.load',
  store: 'f32.store',
  multiply: 'f32.mul',
  add: 'f32.add',
} as const;
const widths: readonly Width[] = [
  { columns: 12, groups: 3, tallest: 3, ...vector },
  { columns: 8, groups: 2, tallest: 4, ...vector },
  { columns: 4, groups: 1, tallest: 4, ...vector },
  { columns: 1, groups: 1, tallest: 4, ...scalar },
];

/** Most rows of any tile. */
export const TALLEST = 4;

const heightsTo = (tallest: number) => Array.from({ length: tallest }, (_, index) => index + 1);

/** True if a tile is to be taken for so many columns: twelve are the quickest, eights leave none for the slow ones. */
function fits(columns: number, left: number): boolean {
  return columns <= left && !(columns === 12 && left % 8 === 0 && left < 24);
}

/** Parameters of a tile function: addresses, strides in bytes, and the lengths of the three sums. */
const tileParameters = [
  ...['a', 'b', 'c', 'tiles', 'aRow', 'cRow', 'count0', 'count1', 'count2'],
  ...['a0', 'a1', 'a2', 'b0', 'b1', 'b2', 'accumulate'],
];
const parameter = (name: string) => tileParameters.indexOf(name);

/** Emits a function that computes `tiles` tiles of `height` rows, one below the other. */
function tileFunction(
  name: string,
  layout: Layout,
  height: number,
  width: Width,
  fused: boolean,
): FunctionBuilder {
  const code = new FunctionBuilder(
    name,
    tileParameters.map(() => types.i32),
  );
  const pointer = () => code.local(types.i32);
  const value = () => code.local(width.valueType);
  const [outer, middle, inner] = [0, 1, 2].map((depth) => ({
    left: pointer(),
    a: pointer(),
    b: pointer(),
    count: parameter(`count${depth}`),
    aStep: parameter(`a${depth}`),
    bStep: parameter(`b${depth}`),
  })) as [Loop, Loop, Loop];
  // Adjacent rows need one pointer between them; the others have one each.
  const aRows = Array.from({ length: layout === 'rows' ? 1 : height }, pointer);
  const target = pointer();
  const sums = Array.from({ length: height }, () => Array.from({ length: width.groups }, value));
  const right = Array.from({ length: width.groups }, value);
  const factor = value();

  const eachSum = (visit: (sum: number, offset: number) => void) => {
    code.copy(target, parameter('c'));
    for (const row of sums) {
      for (const [group, sum] of row.entries()) visit(sum, group * 16);
      code.advance(target, parameter('cRow'));
    }
  };
  const clear = (sum: number) => {
    if (width.valueType === types.f32) code.f32(0).set(sum);
    else code.f32x4(0, 0, 0, 0).set(sum);
  };
  const resume = (sum: number, offset: number) => {
    code.get(target).memory(width.load, offset).set(sum);
  };
  const finish = (sum: number, offset: number) => {
    code.get(target).get(sum).memory(width.store, offset);
  };
  const step = () => {
    for (const [group, local] of right.entries())
      code
        .get(inner.b)
        .memory(width.load, group * 16)
        .set(local);
    for (const [index, row] of sums.entries()) {
      if (layout === 'rows') code.get(aRows[0]!).memory(width.splat, index * 4);
      else code.get(aRows[index]!).memory(width.splat);
      code.set(factor);
      for (const [group, sum] of row.entries()) {
        code.get(factor).get(right[group]!);
        if (fused && width.multiplyAdd) code.get(sum).op(width.multiplyAdd);
        else code.op(width.multiply).get(sum).op(width.add);
        code.set(sum);
      }
    }
    code.advance(inner.b, inner.bStep);
    if (layout === 'rows') code.advance(aRows[0]!, inner.aStep);
    else for (const row of aRows) code.skip(row, 4);
  };

  code.repeat(parameter('tiles'), () => {
    for (const sum of sums.flat()) clear(sum);
    code.get(parameter('accumulate')).when(() => eachSum(resume));
    code.copy(outer.a, parameter('a')).copy(outer.b, parameter('b')).copy(outer.left, outer.count);
    code.repeat(outer.left, () => {
      code.copy(middle.a, outer.a).copy(middle.b, outer.b).copy(middle.left, middle.count);
      code.repeat(middle.left, () => {
        code.copy(inner.a, middle.a).copy(inner.b, middle.b).copy(inner.left, inner.count);
        for (const row of aRows) code.copy(row, inner.a).advance(inner.a, parameter('aRow'));
        code.repeat(inner.left, step);
        code.advance(middle.a, middle.aStep).advance(middle.b, middle.bStep);
      });
      code.advance(outer.a, outer.aStep).advance(outer.b, outer.bStep);
    });
    eachSum(finish);
    code.copy(parameter('c'), target);
    for (let row = 0; row < height; row++) code.advance(parameter('a'), parameter('aRow'));
  });
  return code;
}

interface Loop {
  left: number;
  a: number;
  b: number;
  count: number;
  aStep: number;
  bStep: number;
}
