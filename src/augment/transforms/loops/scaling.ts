import { FunctionBuilder, types } from 'tfjs-wasm-training/assembler';
import type { Loop } from '../../../core/loops/workspace.js';

/**
 * Multiplies values by a factor, adds an offset, and clips the result to [0, 1], in place. Parameters: values, groups of four of them,
 * and the address of the factor and the offset in double precision, each twice.
 */
export const scaling: Loop = {
  vectors() {
    const code = new FunctionBuilder('scaling', Array(3).fill(types.i32));
    const [values, groups, numbers] = [0, 1, 2] as const;
    const vector = () => code.local(types.v128);
    const [factor, offset, four] = [vector(), vector(), vector()];
    code.get(numbers).memory('v128.load').set(factor).get(numbers).memory('v128.load', 16).set(offset);
    const scaleTwo = () => {
      code.op('f64x2.promote_low_f32x4').get(factor).op('f64x2.mul').get(offset).op('f64x2.add');
      code.op('f32x4.demote_f64x2_zero');
    };
    return code.repeat(groups, () => {
      code.get(values).memory('v128.load').set(four);
      code.get(values).f32x4(1, 1, 1, 1).f32x4(0, 0, 0, 0).get(four);
      scaleTwo();
      code.get(four).get(four).shuffle(2, 3, 2, 3);
      scaleTwo();
      code.shuffle(0, 1, 4, 5).op('f32x4.pmax').op('f32x4.pmin').memory('v128.store').skip(values, 16);
    });
  },
  plain(memory, values, groups, numbers) {
    const [factor, , offset] = new Float64Array(memory, numbers, 4) as unknown as [number, number, number];
    const all = new Float32Array(memory, values, 4 * groups);
    for (let i = 0; i < all.length; i++) all[i] = Math.min(1, Math.max(0, all[i]! * factor + offset));
  },
};
