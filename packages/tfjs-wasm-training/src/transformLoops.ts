import { FunctionBuilder, types } from './assembler.js';
import { filtering, filterTransform, LONGEST_TILE, type Matrix, TAPS, transposed } from './toomCook.js';

/** The transforms of minimal filtering, each also transposed; `inputBack` adds to what is there. */
export type Transform = 'input' | 'inputBack' | 'output' | 'outputBack' | 'filter' | 'filterBack';

/** Name of the transform of tiles with so many taps and outputs. */
export const transformName = (name: Transform, taps: number, outputs: number) => name + taps + outputs;

/** All transforms of all tiles. */
export function transformLoops(fused: boolean): FunctionBuilder[] {
  return TAPS.flatMap((taps) => {
    const filter = filterTransform(taps);
    const ofFilters = { filter, filterBack: transposed(filter) };
    const make = (matrices: Partial<Record<Transform, Matrix>>, outputs: number) =>
      Object.entries(matrices).map(([name, matrix]) =>
        transformFunction(
          transformName(name as Transform, taps, outputs),
          matrix,
          fused,
          name === 'inputBack',
        ),
      );
    const ofImages = Array.from({ length: LONGEST_TILE }, (_, index) => {
      const { input, output } = filtering(index + 1, taps);
      const back = { inputBack: transposed(input), outputBack: transposed(output) };
      return make({ input, output, ...back }, index + 1);
    });
    return [...make(ofFilters, LONGEST_TILE), ...ofImages.flat()];
  });
}

/**
 * (table, vectors, batch, calls): multiplies a constant matrix with rows of vectors, `batch` times, and so for each of
 * `calls` parts of the table. They hold for each row of the input, then for each of the output, its address and how far the
 * next in the batch is, in bytes.
 *
 * @param add true to add to the output
 */
function transformFunction(name: string, matrix: Matrix, fused: boolean, add = false): FunctionBuilder {
  const code = new FunctionBuilder(name, Array(4).fill(types.i32));
  const [table, vectors, batch, calls] = [0, 1, 2, 3] as const;
  const row = (_: unknown, index: number) => ({
    index,
    base: code.local(types.i32),
    step: code.local(types.i32),
    at: code.local(types.i32),
  });
  const inputs = Array.from({ length: matrix[0]!.length }, row);
  const outputs = matrix.map((coefficients, index) => ({ ...row(undefined, index), coefficients }));
  const values = inputs.map(() => code.local(types.v128));
  const [images, left] = [code.local(types.i32), code.local(types.i32)];
  const rows = [...inputs, ...outputs];
  return code.repeat(calls, () => {
    for (const { base, step } of rows) {
      code.get(table).memory('i32.load').set(base);
      code.get(table).memory('i32.load', 4).set(step).skip(table, 8);
    }
    code.copy(images, batch);
    code.repeat(images, () => {
      for (const { base, step, at } of rows) code.copy(at, base).advance(base, step);
      code.copy(left, vectors);
      code.repeat(left, () => {
        for (const { at, index } of inputs) code.get(at).memory('v128.load').set(values[index]!);
        for (const { at, coefficients } of outputs) {
          code.get(at);
          combine(code, coefficients, values, fused);
          if (add) code.get(at).memory('v128.load').op('f32x4.add');
          code.memory('v128.store');
        }
        for (const { at } of rows) code.skip(at, 16);
      });
    });
  });
}

/** Pushes the sum of the values times their coefficients. */
function combine(
  code: FunctionBuilder,
  coefficients: readonly number[],
  values: readonly number[],
  fused: boolean,
): void {
  // Starts with a term that needs no product, if there is one.
  const terms = coefficients
    .map((factor, index) => ({ factor, value: values[index]! }))
    .filter(({ factor }) => factor !== 0)
    .sort((left, right) => Number(right.factor === 1) - Number(left.factor === 1));
  const splat = (factor: number) => code.f32x4(factor, factor, factor, factor);
  for (const [position, { factor, value }] of terms.entries()) {
    if (position === 0) {
      code.get(value);
      if (factor !== 1) splat(factor).op('f32x4.mul');
    } else if (factor === 1) code.get(value).op('f32x4.add');
    else if (factor === -1) code.get(value).op('f32x4.sub');
    else if (fused) {
      // The instruction takes the sum last.
      const sum = code.scratch(types.v128);
      code.set(sum).get(value);
      splat(factor).get(sum).op('f32x4.relaxed_madd');
    } else {
      code.get(value);
      splat(factor).op('f32x4.mul').op('f32x4.add');
    }
  }
}
