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
  const binaries = Object.entries(binaryLoops).map(([name, [operator, store]]) =>
    binary(name, operator, store),
  );
  return [...binaries, select(), poolGradient()];
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

/**
 * (x, dx, dy, channels, down, along, row): the gradient of one window of maxPool. `x` and `dx` are the addresses of its
 * corner, `along` its positions in each of `down` rows, which lie `row` bytes apart. Each channel's first maximum gets
 * the channel's share of `dy`.
 */
function poolGradient(): FunctionBuilder {
  const code = new FunctionBuilder('MaxPoolGrad', Array(7).fill(type.i32));
  const [x, dx, dy, channels, down, along, row] = [0, 1, 2, 3, 4, 5, 6] as const;
  const [left, rowsLeft, columnsLeft, at, rowAt, best, pixel] = Array.from({ length: 7 }, () =>
    code.local(type.i32),
  ) as [number, number, number, number, number, number, number];
  const [value, largest] = [code.local(type.f32), code.local(type.f32)];
  code.get(channels).i32(4).op('i32.mul').set(pixel).copy(left, channels);
  return code.repeat(left, () => {
    code.copy(rowAt, x).copy(best, x).copy(rowsLeft, down).get(x).memory('f32.load').set(largest);
    code.repeat(rowsLeft, () => {
      code.copy(at, rowAt).copy(columnsLeft, along);
      code.repeat(columnsLeft, () => {
        code.get(at).memory('f32.load').set(value);
        code.get(at).get(best).get(value).get(largest).op('f32.gt').op('select').set(best);
        code.get(value).get(largest).get(value).get(largest).op('f32.gt').op('select').set(largest);
        code.advance(at, pixel);
      });
      code.advance(rowAt, row);
    });
    // `best` is an address in x; the same place in dx lies as far from it as the corners are apart.
    code.get(best).get(dx).op('i32.add').get(x).op('i32.sub').set(best);
    code.get(best).get(best).memory('f32.load').get(dy).memory('f32.load').op('f32.add').memory('f32.store');
    code.skip(x, 4).skip(dx, 4).skip(dy, 4);
  });
}
