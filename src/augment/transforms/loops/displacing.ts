import { FunctionBuilder, types } from 'tfjs-wasm-training/assembler';
import type { Loop } from '../../../core/loops/workspace.js';

/**
 * Makes of each random number in [0, 1) of double precision, which has 53 random bits, two floats in [-alpha, alpha): one of its upper
 * 26 bits, the other of its lower ones. Parameters: numbers, target, how many, and the address of alpha in double precision, twice.
 */
export const displacing: Loop = {
  vectors() {
    const code = new FunctionBuilder('displacing', Array(4).fill(types.i32));
    const [numbers, target, count, strength] = [0, 1, 2, 3] as const;
    const vector = () => code.local(types.v128);
    const [alpha, number, upper] = [vector(), vector(), vector()];
    code.get(strength).memory('v128.load').set(alpha);
    return code.repeat(count, () => {
      code.get(numbers).memory('v128.load64_splat').f64x2(HALF, HALF).op('f64x2.mul').set(number);
      code.get(number).op('f64x2.floor').set(upper);
      code
        .get(target)
        .get(upper)
        .f64x2(1 / HALF, 1 / HALF)
        .op('f64x2.mul');
      code.get(number).get(upper).op('f64x2.sub').shuffle(0, 1, 4, 5);
      code.f64x2(2, 2).op('f64x2.mul').f64x2(1, 1).op('f64x2.sub').get(alpha).op('f64x2.mul');
      code.op('f32x4.demote_f64x2_zero').storeHalf().skip(numbers, 8).skip(target, 8);
    });
  },
  plain(memory, numbers, target, count, strength) {
    const [alpha] = new Float64Array(memory, strength, 1) as unknown as [number];
    const both = new Float64Array(memory, numbers, count);
    const displacements = new Float32Array(memory, target, 2 * count);
    for (let i = 0; i < count; i++) {
      const number = HALF * both[i]!;
      const upper = Math.floor(number);
      displacements[2 * i] = alpha * (2 * (upper / HALF) - 1);
      displacements[2 * i + 1] = alpha * (2 * (number - upper) - 1);
    }
  },
};

/** 2²⁶. */
const HALF = 67_108_864;
