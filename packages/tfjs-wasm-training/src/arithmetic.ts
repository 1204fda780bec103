import { assemble, FunctionBuilder, types } from './assembler.js';

/**
 * How sums of products are computed: `fma` multiplies and adds four numbers in one instruction that rounds once, `plain`
 * in two that round twice. Results of the two differ in last digits; either gives the same bits on every machine.
 */
export type Arithmetic = 'fma' | 'plain';

let chosen: Arithmetic | undefined;

/** The arithmetic in use: `fma` where the engine has it, unless another was chosen. */
export function arithmetic(): Arithmetic {
  chosen ??= fmaWorks() ? 'fma' : 'plain';
  return chosen;
}

/** Chooses the arithmetic. What the engine lacks cannot be chosen: then it is `plain`. */
export function chooseArithmetic(wanted: Arithmetic): void {
  chosen = wanted === 'fma' && fmaWorks() ? 'fma' : 'plain';
}

/**
 * True if the engine has `f32x4.relaxed_madd` and rounds once. Specified is only that it rounds once or twice, which is
 * up to the machine; those that round twice have no use for it.
 */
function fmaWorks(): boolean {
  const bytes = assemble([probe()], false);
  if (!WebAssembly.validate(bytes)) return false;
  const memory = new WebAssembly.Memory({ initial: 1 });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
  const values = new Float32Array(memory.buffer);
  values.fill(1 + 2 ** -12, 0, 4).fill(-1 - 2 ** -11, 4, 8);
  (exports.probe as () => void)();
  // The square is 1 + 2^-11 + 2^-24, whose last term is lost where it is rounded before the addition.
  return values[8] === 2 ** -24;
}

/** Stores at byte 32 the square of the vector at byte 0 plus the vector at byte 16. */
function probe(): FunctionBuilder {
  const code = new FunctionBuilder('probe', []);
  const factor = code.local(types.v128);
  code.i32(0).memory('v128.load').set(factor).i32(0).get(factor).get(factor).i32(0).memory('v128.load', 16);
  return code.op('f32x4.relaxed_madd').memory('v128.store', 32);
}
