import { FunctionBuilder, type Operator, types } from 'tfjs-wasm-training/assembler';
import type { Loop } from '../../../core/loops/workspace.js';

/** Coefficients of even powers, highest first: of log((1 + s) / (1 − s)) / 2s, sin(a) / a and cos(a), to 1e-11 where they are used. */
const LOG = [1 / 13, 1 / 11, 1 / 9, 1 / 7, 1 / 5, 1 / 3, 1];
const SIN = [-1 / 39_916_800, 1 / 362_880, -1 / 5040, 1 / 120, -1 / 6, 1];
const COS = [1 / 479_001_600, -1 / 3_628_800, 1 / 40_320, -1 / 720, 1 / 24, -1 / 2, 1];

/** The upper half of a double near √½, whose lower half is 0: fractions from it to its double are taken the logarithm of. */
const ROOT = 0x3fe6a09e;
const [root] = new Float64Array(Int32Array.of(0, ROOT).buffer) as unknown as [number];

/**
 * Adds normal numbers to values and clips the sums to [0, 1]. Box and Muller make two normal numbers of two uniform ones. Parameters:
 * the uniform numbers in double precision, the values, groups of four, and the address of the standard deviation, twice.
 */
export const noising: Loop = {
  vectors() {
    const code = new FunctionBuilder('noising', Array(4).fill(types.i32));
    const [numbers, values, groups, strength] = [0, 1, 2, 3] as const;
    const vector = () => code.local(types.v128);
    const [x, turns, exponent, radius, sine, cosine] = [
      vector(),
      vector(),
      vector(),
      vector(),
      vector(),
      vector(),
    ];
    const [odd, half, square, fraction, four] = [vector(), vector(), vector(), vector(), vector()];
    const both = (value: number) => code.f64x2(value, value);
    const ops = (...operators: Operator[]) => {
      for (const operator of operators) code.op(operator);
    };
    const polynomial = (coefficients: number[]) => {
      both(coefficients[0]!);
      for (const coefficient of coefficients.slice(1)) {
        code.get(square).op('f64x2.mul');
        both(coefficient).op('f64x2.add');
      }
    };
    /** Pushes what is left of the whole numbers on the stack when they are halved: 0 or 1. */
    const parity = (whole: number) => {
      code.get(whole).get(whole);
      both(0.5);
      ops('f64x2.mul', 'f64x2.floor');
      both(2);
      ops('f64x2.mul', 'f64x2.sub');
    };
    const shifted = (amount: number, operator: Operator) => code.i32(amount).op(operator);
    return code.repeat(groups, () => {
      both(1);
      code.get(numbers).memory('v128.load').get(numbers).memory('v128.load', 16).shuffle(0, 1, 4, 5);
      code.op('f64x2.sub').set(x);
      code.get(numbers).memory('v128.load').get(numbers).memory('v128.load', 16).shuffle(2, 3, 6, 7);
      both(4).op('f64x2.mul').set(turns).skip(numbers, 32);

      // x = fraction · 2^exponent. The exponent plus 64 is looked at, so that it is not negative.
      code.get(x);
      both(root * 2 ** -64).op('i64x2.sub');
      shifted(52, 'i64x2.shr_u').set(exponent);
      code.get(x).get(exponent);
      shifted(52, 'i64x2.shl').op('i64x2.sub');
      both(2 ** -959)
        .op('i64x2.add')
        .set(fraction);
      code.get(exponent);
      both(2 ** 52).op('v128.or');
      both(2 ** 52 + 64)
        .op('f64x2.sub')
        .set(exponent);
      code.get(fraction);
      both(1).op('f64x2.sub').get(fraction);
      both(1);
      ops('f64x2.add', 'f64x2.div');
      code.set(fraction).get(fraction).get(fraction).op('f64x2.mul').set(square);
      polynomial(LOG);
      code.get(fraction);
      both(2);
      ops('f64x2.mul', 'f64x2.mul');
      code.get(exponent);
      both(Math.LN2);
      ops('f64x2.mul', 'f64x2.add');
      both(-2);
      ops('f64x2.mul', 'f64x2.sqrt');
      code.get(strength).memory('v128.load').op('f64x2.mul').set(radius);

      // The angle is whole quarters of a turn and at most half of one more.
      code.get(turns);
      both(0.5);
      ops('f64x2.add', 'f64x2.floor');
      code.set(half).get(turns).get(half).op('f64x2.sub');
      both(Math.PI / 2)
        .op('f64x2.mul')
        .set(fraction);
      code.get(fraction).get(fraction).op('f64x2.mul').set(square);
      polynomial(SIN);
      code.get(fraction).op('f64x2.mul').set(sine);
      polynomial(COS);
      code.set(cosine);
      parity(half);
      code.set(odd).get(half);
      both(0.5);
      ops('f64x2.mul', 'f64x2.floor');
      code.set(half);
      parity(half);
      code.set(half);
      // In odd quarters sine and cosine change places; the signs are 1 − 2 · parity.
      const sign = (of: number) => {
        both(1);
        both(2);
        code.get(of);
        ops('f64x2.mul', 'f64x2.sub');
      };
      code.get(radius);
      sign(half);
      code.op('f64x2.mul').set(radius);
      code.get(odd);
      both(0).op('f64x2.gt').set(square);
      code.get(cosine).get(sine).get(square).op('v128.bitselect').get(radius).op('f64x2.mul');
      code.get(sine).get(cosine).get(square).op('v128.bitselect');
      sign(odd);
      code.op('f64x2.mul').get(radius).op('f64x2.mul').set(cosine).set(sine);

      code.get(values).memory('v128.load').set(four);
      code.get(values).f32x4(1, 1, 1, 1).f32x4(0, 0, 0, 0);
      code.get(four).op('f64x2.promote_low_f32x4').get(cosine).get(sine).shuffle(0, 1, 4, 5);
      ops('f64x2.add', 'f32x4.demote_f64x2_zero');
      code.get(four).get(four).shuffle(2, 3, 2, 3).op('f64x2.promote_low_f32x4');
      code.get(cosine).get(sine).shuffle(2, 3, 6, 7);
      ops('f64x2.add', 'f32x4.demote_f64x2_zero');
      code.shuffle(0, 1, 4, 5).op('f32x4.pmax').op('f32x4.pmin').memory('v128.store').skip(values, 16);
    });
  },
  plain(memory, numbers, values, groups, strength) {
    const uniform = new Float64Array(memory, numbers, 4 * groups);
    const sums = new Float32Array(memory, values, 4 * groups);
    const [deviation] = new Float64Array(memory, strength, 1) as unknown as [number];
    const x = new Float64Array(1);
    const halves = new Int32Array(x.buffer);
    const polynomial = (coefficients: number[], square: number) =>
      coefficients.reduce((sum, coefficient) => sum * square + coefficient);
    const parity = (whole: number) => whole - 2 * Math.floor(whole * 0.5);
    const clipped = (value: number) => Math.min(1, Math.max(0, value));
    for (let i = 0; i < sums.length; i += 2) {
      x[0] = 1 - uniform[i]!;
      const exponent = (halves[1]! - ROOT) >> 20;
      halves[1]! -= exponent << 20;
      const s = (x[0] - 1) / (x[0] + 1);
      const log = polynomial(LOG, s * s) * (s * 2) + exponent * Math.LN2;
      const turns = uniform[i + 1]! * 4;
      const quarters = Math.floor(turns + 0.5);
      const angle = (turns - quarters) * (Math.PI / 2);
      const sine = polynomial(SIN, angle * angle) * angle;
      const cosine = polynomial(COS, angle * angle);
      const odd = parity(quarters);
      const radius = Math.sqrt(log * -2) * deviation * (1 - 2 * parity(Math.floor(quarters * 0.5)));
      sums[i] = clipped(sums[i]! + (odd > 0 ? sine : cosine) * (1 - 2 * odd) * radius);
      sums[i + 1] = clipped(sums[i + 1]! + (odd > 0 ? cosine : sine) * radius);
    }
  },
};
