import { FunctionBuilder, types } from './assembler.js';

/** Loops over float vectors of bias and ReLU; counts are of vectors, at least 1. */
export function reluLoops(): FunctionBuilder[] {
  return [bias('Bias', false), bias('BiasRelu', true), reluGradient()];
}

/** (x, bias, out, pixels, fours): adds the bias, of `fours` vectors, to each pixel; `relu` lets through what is above zero. */
function bias(name: string, relu: boolean): FunctionBuilder {
  const code = new FunctionBuilder(name, Array(5).fill(types.i32));
  const [x, bias, out, pixels, fours] = [0, 1, 2, 3, 4] as const;
  const [at, left] = [code.local(types.i32), code.local(types.i32)];
  return code.repeat(pixels, () => {
    code.copy(at, bias).copy(left, fours);
    code.repeat(left, () => {
      code.get(out).get(x).memory('v128.load').get(at).memory('v128.load').op('f32x4.add');
      if (relu) code.f32x4(0, 0, 0, 0).op('f32x4.pmax');
      code.memory('v128.store');
      code.skip(x, 16).skip(at, 16).skip(out, 16);
    });
  });
}

/** (dy, y, dx, fours): the gradient where y is above zero, times zero elsewhere, as TensorFlow.js has it. */
function reluGradient(): FunctionBuilder {
  const code = new FunctionBuilder('ReluGradient', Array(4).fill(types.i32));
  const [dy, y, dx, fours] = [0, 1, 2, 3] as const;
  return code.repeat(fours, () => {
    code.get(dx).get(dy).memory('v128.load');
    code.get(y).memory('v128.load').f32x4(0, 0, 0, 0).op('f32x4.gt').f32x4(1, 1, 1, 1).op('v128.and');
    code.op('f32x4.mul').memory('v128.store');
    code.skip(dy, 16).skip(y, 16).skip(dx, 16);
  });
}
