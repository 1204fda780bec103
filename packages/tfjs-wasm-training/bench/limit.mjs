import { assemble, FunctionBuilder, types } from '../dist/assembler.js';
import { arithmetic } from '../dist/index.js';

/** Independent sums: enough to hide how long one addition takes, and few enough for 16 registers. */
const SUMS = 12;
/** Passes of the loop in a call, about a millisecond. */
const PASSES = 200_000;

/** Multiplies and adds in registers alone, as the arithmetic in use does it. */
function loop() {
  const code = new FunctionBuilder('loop', [types.i32]);
  const [factor, term] = [code.local(types.v128), code.local(types.v128)];
  code.f32x4(0.5, 0.5, 0.5, 0.5).set(factor).f32x4(1, 1, 1, 1).set(term);
  const sums = Array.from({ length: SUMS }, () => code.local(types.v128));
  code.repeat(0, () => {
    for (const sum of sums) {
      code.get(sum).get(factor);
      if (arithmetic() === 'fma') code.get(term).op('f32x4.relaxed_madd').set(sum);
      else code.op('f32x4.mul').get(term).op('f32x4.add').set(sum);
    }
  });
  // What nobody reads would not be computed.
  for (const [i, sum] of sums.entries())
    code
      .i32(0)
      .get(sum)
      .memory('v128.store', i * 16);
  return code;
}

/** Returns a measurement of the most GFLOP/s that one thread reaches here: the best of 20 calls. */
export function limit() {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const module = new WebAssembly.Module(assemble([loop()], false));
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  return () => {
    let best = 0;
    for (let call = 0; call < 20; call++) {
      const start = performance.now();
      exports.loop(PASSES);
      best = Math.max(best, (PASSES * SUMS * 8) / (performance.now() - start) / 1e6);
    }
    return best;
  };
}
