import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import { FunctionBuilder, types } from 'tfjs-wasm-training/assembler';
import type { Loop } from './workspace.js';

/**
 * Writes uniform numbers in [0, 1) of double precision: those of `uniformFloat64` on a generator `xoroshiro128plus`. Parameters:
 * target, how many, and the address of the state, two integers of 64 bits, which is left as the generator has it afterwards.
 */
export const xoroshiro: Loop = {
  vectors() {
    const code = new FunctionBuilder('xoroshiro', Array(3).fill(types.i32));
    const [target, count, state] = [0, 1, 2] as const;
    const [one, other] = [code.local(types.i64), code.local(types.i64)];
    // Pushes as many of the lowest bits of the sum, and moves on.
    const draw = (bits: number) => {
      code
        .get(one)
        .get(other)
        .op('i64.add')
        .i64(2 ** bits - 1)
        .op('i64.and');
      code.get(one).get(other).op('i64.xor').set(other);
      code.get(one).i64(24).op('i64.rotl').get(other).op('i64.xor');
      code.get(other).i64(16).op('i64.shl').op('i64.xor').set(one);
      code.get(other).i64(37).op('i64.rotl').set(other);
    };
    code.get(state).memory('i64.load').set(one).get(state).memory('i64.load', 8).set(other);
    code.repeat(count, () => {
      code.get(target);
      draw(26);
      code.i64(27).op('i64.shl');
      draw(27);
      code
        .op('i64.or')
        .op('f64.convert_i64_s')
        .f64(2 ** -53)
        .op('f64.mul')
        .memory('f64.store');
      code.skip(target, 8);
    });
    return code.get(state).get(one).memory('i64.store').get(state).get(other).memory('i64.store', 8);
  },
  plain(memory, target, count, state) {
    const halves = new Int32Array(memory, state, 4);
    const generator = xoroshiro128plusFromState(inOrder(halves));
    const numbers = new Float64Array(memory, target, count);
    for (let i = 0; i < count; i++) numbers[i] = uniformFloat64(generator);
    halves.set(inOrder(generator.getState()));
  },
};

/** The halves of a state, lower ones first, as the generator has them, or the other way. */
export const inOrder = (state: ArrayLike<number>): number[] => [1, 0, 3, 2].map((i) => state[i]!);
