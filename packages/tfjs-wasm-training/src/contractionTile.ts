import { type Access, FunctionBuilder, type Operator, type } from './assembler.js';

/**
 * Which index is contiguous (has a stride of 4 bytes). `sum`: the innermost sum of A. `rows`: the rows of A.
 * `dot`: the innermost sum of A and of B, which suits few columns; that sum must be a multiple of 4.
 */
export type Layout = 'sum' | 'rows' | 'dot';

/** How many columns a tile has, and the instructions that handle one lane group of them. */
export interface Width {
  columns: number;
  groups: number;
  /** Bytes of the innermost sum that one step takes. */
  stride: number;
  valueType: typeof type.v128 | typeof type.f32;
  /** Reads the factor from A. */
  splat: Access;
  load: Access;
  store: Access;
  multiply: Operator;
  add: Operator;
}

/** What a tile function takes: addresses, strides in bytes, and how far each of the three sums runs. */
export const tileParameters = [
  ...['a', 'b', 'c', 'tiles', 'aRow', 'cRow', 'count0', 'count1', 'count2'],
  ...['a0', 'a1', 'a2', 'b0', 'b1', 'b2', 'accumulate'],
];
const parameter = (name: string) => tileParameters.indexOf(name);

/** Emits a function that computes `tiles` tiles of `height` rows, one below the other, of the nest in contraction.ts. */
export function tileFunction(name: string, layout: Layout, height: number, width: Width): FunctionBuilder {
  const code = new FunctionBuilder(
    name,
    tileParameters.map(() => type.i32),
  );
  const pointer = () => code.local(type.i32);
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
    if (width.valueType === type.f32) code.f32(0).set(sum);
    else code.f32x4(0, 0, 0, 0).set(sum);
  };
  const resume = (sum: number, offset: number) => {
    code
      .get(target)
      .memory(layout === 'dot' ? 'v128.load32_zero' : width.load, offset)
      .set(sum);
  };
  const finish = (sum: number, offset: number) => {
    code.get(target);
    if (layout !== 'dot') {
      code.get(sum).memory(width.store, offset);
      return;
    }
    for (let lane = 0; lane < 4; lane++) code.get(sum).lane(lane);
    code.op('f32.add').op('f32.add').op('f32.add').memory('f32.store');
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
        code.get(sum).get(factor).get(right[group]!).op(width.multiply).op(width.add).set(sum);
      }
    }
    if (layout === 'dot') code.skip(inner.b, width.stride);
    else code.advance(inner.b, inner.bStep);
    if (layout === 'rows') code.advance(aRows[0]!, inner.aStep);
    else for (const row of aRows) code.skip(row, width.stride);
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
