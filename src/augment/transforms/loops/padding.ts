import { FunctionBuilder, types } from 'tfjs-wasm-training/assembler';
import type { Loop } from '../../../core/loops/workspace.js';

/**
 * Copies rows of values and puts margins of their own values before and after each. Parameters: source, target, rows, values of a row,
 * values of a margin, and a list of 32-bit integers: the distance in bytes, from the row's start, of each value of the margin before
 * it, then of that after it. The target has three values of space at its end.
 */
export const padding: Loop = {
  vectors() {
    const code = new FunctionBuilder('padding', Array(6).fill(types.i32));
    const [source, target, rows, length, margin, list] = [0, 1, 2, 3, 4, 5] as const;
    const integer = () => code.local(types.i32);
    const [at, from, to, left, groups] = [integer(), integer(), integer(), integer(), integer()];
    const putMargin = () => {
      code.copy(left, margin);
      code.repeat(left, () => {
        code.get(target);
        code.get(source).get(at).memory('i32.load').op('i32.add').memory('f32.load').memory('f32.store');
        code.skip(at, 4).skip(target, 4);
      });
    };
    code.get(length).i32(3).op('i32.add').i32(2).op('i32.shr_u').set(groups);
    return code.repeat(rows, () => {
      code.copy(at, list);
      putMargin();
      code.copy(from, source).copy(to, target).copy(left, groups);
      code.repeat(left, () => {
        code.get(to).get(from).memory('v128.load').memory('v128.store').skip(from, 16).skip(to, 16);
      });
      code.get(target).get(length).i32(2).op('i32.shl').op('i32.add').set(target);
      putMargin();
      code.get(source).get(length).i32(2).op('i32.shl').op('i32.add').set(source);
    });
  },
  plain(memory, ...parameters) {
    const [source, target, rows, length, margin, list] = parameters as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    const values = new Float32Array(memory);
    const distances = new Int32Array(memory, list, 2 * margin);
    let to = target / 4;
    for (let row = 0, from = source / 4; row < rows; row++, from += length) {
      for (let i = 0; i < margin; i++) values[to++] = values[from + distances[i]! / 4]!;
      for (let i = 0; i < length; i++) values[to++] = values[from + i]!;
      for (let i = 0; i < margin; i++) values[to++] = values[from + distances[margin + i]! / 4]!;
    }
  },
};
