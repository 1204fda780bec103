import { FunctionBuilder, types } from './assembler.js';

/**
 * (from, to, panels, rows, row): copies a matrix, whose rows are `row` bytes apart, panel by panel, each of twelve columns
 * and all rows.
 */
export function pack(): FunctionBuilder {
  const code = new FunctionBuilder('Pack', Array(5).fill(types.i32));
  const [from, to, panels, rows, row] = [0, 1, 2, 3, 4] as const;
  const [at, left] = [code.local(types.i32), code.local(types.i32)];
  return code.repeat(panels, () => {
    code.copy(at, from).copy(left, rows);
    code.repeat(left, () => {
      for (const offset of [0, 16, 32]) {
        code.get(to).get(at).memory('v128.load', offset).memory('v128.store', offset);
      }
      code.advance(at, row).skip(to, 48);
    });
    code.skip(from, 48);
  });
}

/** (from, to, rows, fours, rest, row, toRow): copies rows of `fours` vectors and `rest` values; both sides have steps of their own. */
export function copyRows(): FunctionBuilder {
  const code = new FunctionBuilder('CopyRows', Array(7).fill(types.i32));
  const [from, to, rows, fours, rest, row, toRow] = [0, 1, 2, 3, 4, 5, 6] as const;
  const [at, toAt, left] = [code.local(types.i32), code.local(types.i32), code.local(types.i32)];
  return code.repeat(rows, () => {
    code.copy(at, from).copy(toAt, to).copy(left, fours);
    code.get(fours).when(() => {
      code.repeat(left, () => {
        code.get(toAt).get(at).memory('v128.load').memory('v128.store').skip(at, 16).skip(toAt, 16);
      });
    });
    code.copy(left, rest);
    code.get(rest).when(() => {
      code.repeat(left, () => {
        code.get(toAt).get(at).memory('f32.load').memory('f32.store').skip(at, 4).skip(toAt, 4);
      });
    });
    code.advance(from, row).advance(to, toRow);
  });
}
