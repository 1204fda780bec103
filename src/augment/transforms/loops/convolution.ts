import { FunctionBuilder, types } from 'tfjs-wasm-training/assembler';
import type { Loop } from '../../../core/loops/workspace.js';

/** Values are computed in groups of so many. What a row lacks to whole groups is written beyond its end. More at a time are slower. */
export const GROUP = 16;

/**
 * Symmetric convolution of rows of values. Parameters: source, target, rows, groups in a row, distance of rows in the source and
 * in the target, distance of neighbors, address of the weights (that of the middle, then those of the neighbors 1, 2, … on either
 * side), and the number of these neighbors, at least one.
 */
const convolution: Loop = {
  vectors() {
    const code = new FunctionBuilder('convolution', Array(9).fill(types.i32));
    const [source, target, rows, groups, sourceRow, targetRow, step, weights, reach] = [
      0, 1, 2, 3, 4, 5, 6, 7, 8,
    ] as const;
    const integer = () => code.local(types.i32);
    const [from, to, groupsLeft] = [integer(), integer(), integer()];
    const [before, after, weightAt, left] = [integer(), integer(), integer(), integer()];
    const weight = code.local(types.v128);
    const sums = Array.from({ length: GROUP / 4 }, () => code.local(types.v128));
    return code.repeat(rows, () => {
      code.copy(from, source).copy(to, target).copy(groupsLeft, groups);
      code.repeat(groupsLeft, () => {
        code.get(weights).memory('v128.load32_splat').set(weight);
        sums.forEach((sum, i) => {
          code.get(from).memory('v128.load', 16 * i);
          code.get(weight).op('f32x4.mul').set(sum);
        });
        code.copy(before, from).copy(after, from).copy(weightAt, weights).copy(left, reach);
        code.repeat(left, () => {
          code.get(before).get(step).op('i32.sub').set(before).advance(after, step).skip(weightAt, 4);
          code.get(weightAt).memory('v128.load32_splat').set(weight);
          sums.forEach((sum, i) => {
            code.get(before).memory('v128.load', 16 * i);
            code.get(after).memory('v128.load', 16 * i);
            code.op('f32x4.add').get(weight).op('f32x4.mul').get(sum).op('f32x4.add').set(sum);
          });
        });
        sums.forEach((sum, i) => {
          code
            .get(to)
            .get(sum)
            .memory('v128.store', 16 * i);
        });
        code.skip(from, 4 * GROUP).skip(to, 4 * GROUP);
      });
      code.advance(source, sourceRow).advance(target, targetRow);
    });
  },
  plain(memory, ...parameters) {
    const [source, target, rows, groups, sourceRow, targetRow, step, weights, reach] = parameters as Nine;
    const values = new Float32Array(memory);
    const { fround } = Math;
    for (let row = 0; row < rows; row++) {
      const [from, to] = [(source + row * sourceRow) / 4, (target + row * targetRow) / 4];
      for (let i = 0; i < groups * GROUP; i++) {
        let sum = fround(values[weights / 4]! * values[from + i]!);
        for (let k = 1, aside = step / 4; k <= reach; k++, aside += step / 4) {
          const pair = fround(values[from + i - aside]! + values[from + i + aside]!);
          sum = fround(sum + fround(values[weights / 4 + k]! * pair));
        }
        values[to + i] = sum;
      }
    }
  },
};

type Nine = [number, number, number, number, number, number, number, number, number];

/** The convolution with so many neighbors: for up to four the loop over them is unrolled, which takes a tenth off its time. */
export const convolutionWith = (reach: number): Loop => unrolled[reach - 1] ?? convolution;

const unrolled = [1, 2, 3, 4].map(
  (reach): Loop => ({ ...convolution, vectors: () => unrolledVectors(reach) }),
);

function unrolledVectors(reach: number): FunctionBuilder {
  const code = new FunctionBuilder('convolution', Array(9).fill(types.i32));
  const [source, target, rows, groups, sourceRow, targetRow, step, weights] = [
    0, 1, 2, 3, 4, 5, 6, 7,
  ] as const;
  const [from, to, groupsLeft] = [code.local(types.i32), code.local(types.i32), code.local(types.i32)];
  const [middle, sum] = [code.local(types.v128), code.local(types.v128)];
  const taps = Array.from({ length: reach }, () => ({
    before: code.local(types.i32),
    after: code.local(types.i32),
    weight: code.local(types.v128),
  }));
  code.get(weights).memory('v128.load32_splat').set(middle);
  taps.forEach(({ weight }, i) => {
    code
      .get(weights)
      .memory('v128.load32_splat', 4 * (i + 1))
      .set(weight);
  });
  return code.repeat(rows, () => {
    code.copy(from, source).copy(to, target).copy(groupsLeft, groups);
    taps.forEach(({ before, after }, i) => {
      const nearer = taps[i - 1] ?? { before: from, after: from };
      code.get(nearer.before).get(step).op('i32.sub').set(before);
      code.get(nearer.after).get(step).op('i32.add').set(after);
    });
    code.repeat(groupsLeft, () => {
      for (let offset = 0; offset < 4 * GROUP; offset += 16) {
        code.get(from).memory('v128.load', offset).get(middle).op('f32x4.mul').set(sum);
        for (const { before, after, weight } of taps) {
          code.get(before).memory('v128.load', offset).get(after).memory('v128.load', offset);
          code.op('f32x4.add').get(weight).op('f32x4.mul').get(sum).op('f32x4.add').set(sum);
        }
        code.get(to).get(sum).memory('v128.store', offset);
      }
      for (const pointer of [from, to, ...taps.flatMap(({ before, after }) => [before, after])])
        code.skip(pointer, 4 * GROUP);
    });
    code.advance(source, sourceRow).advance(target, targetRow);
  });
}
