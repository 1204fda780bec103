import { type Access, FunctionBuilder, type Operator, type } from './assembler.js';

/** Loops over elements, by kernel: `a` and `b` are floats, and so is the result unless it is a comparison. */
const binaryLoops: Record<string, [Operator, Access]> = {
  Equal: ['f32.eq', 'i32.store8'],
  NotEqual: ['f32.ne', 'i32.store8'],
  Greater: ['f32.gt', 'i32.store8'],
  GreaterEqual: ['f32.ge', 'i32.store8'],
  Less: ['f32.lt', 'i32.store8'],
  LessEqual: ['f32.le', 'i32.store8'],
  Maximum: ['f32.max', 'f32.store'],
  Minimum: ['f32.min', 'f32.store'],
};

export const comparisons = Object.keys(binaryLoops).filter((name) => binaryLoops[name]![1] === 'i32.store8');
export const extremes = Object.keys(binaryLoops).filter((name) => binaryLoops[name]![1] === 'f32.store');

export function loopFunctions(): FunctionBuilder[] {
  return [
    ...Object.entries(binaryLoops).map(([name, [operator, store]]) => binary(name, operator, store)),
    select(),
  ];
}

/** (a, b, out, count, aStep, bStep): addresses, and strides in bytes, which are 0 for a single number. */
function binary(name: string, operator: Operator, store: Access): FunctionBuilder {
  const code = new FunctionBuilder(name, Array(6).fill(type.i32));
  const [a, b, out, count, aStep, bStep] = [0, 1, 2, 3, 4, 5] as const;
  return code.repeat(count, () => {
    code.get(out).get(a).memory('f32.load').get(b).memory('f32.load').op(operator).memory(store);
    code
      .advance(a, aStep)
      .advance(b, bStep)
      .skip(out, store === 'i32.store8' ? 1 : 4);
  });
}

/** (condition, t, e, out, count): addresses; a condition is one byte. */
function select(): FunctionBuilder {
  const code = new FunctionBuilder('Select', Array(5).fill(type.i32));
  const [condition, t, e, out, count] = [0, 1, 2, 3, 4] as const;
  return code.repeat(count, () => {
    code.get(out).get(t).memory('f32.load').get(e).memory('f32.load');
    code.get(condition).memory('i32.load8_u').op('select').memory('f32.store');
    code.skip(condition, 1).skip(t, 4).skip(e, 4).skip(out, 4);
  });
}
