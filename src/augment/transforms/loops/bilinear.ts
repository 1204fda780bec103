import { FunctionBuilder, types } from 'tfjs-wasm-training/assembler';
import type { Loop } from '../../../core/loops/workspace.js';

/** Pixels around an image that are looked up where it has none; whatever is further away has their color, too. */
export const MARGIN = 2;

/**
 * Where the parameters of a look-up lie, in bytes from its `map`. The source of the pixel (row, column), as (row, column) of the
 * image: origin + down · (row − middle row) + across · (column − middle column), all in double precision.
 */
export const mapLayout = { origin: 0, down: 16, across: 32, middleRow: 48, middleColumn: 64, sides: 80 };

/**
 * Looks every pixel of the result up in an image with a margin, bilinear between four neighbors. Parameters: the image's first pixel
 * within the margin, the result, its rows and columns, the distance of the image's rows and of its pixels, groups of four channels,
 * the map (each middle twice; then height and width as integers), and the moves: float displacements down and right of every
 * pixel, which are added to its source.
 */
export const bilinearMoved: Loop = { vectors: () => vectors(true), plain: plain(true) };

/** The same without moves. */
export const bilinear: Loop = { vectors: () => vectors(false), plain: plain(false) };

function vectors(moved: boolean): FunctionBuilder {
  const code = new FunctionBuilder('bilinear', Array(moved ? 9 : 8).fill(types.i32));
  const [source, target, rows, columns, rowBytes, pixelBytes, groups, map, moves] = [
    0, 1, 2, 3, 4, 5, 6, 7, 8,
  ] as const;
  const integer = () => code.local(types.i32);
  const vector = () => code.local(types.v128);
  const [left, groupsLeft, to] = [integer(), integer(), integer()];
  const [a, b, c, d] = [integer(), integer(), integer(), integer()];
  const [row, column, start, at, whole, cell] = [vector(), vector(), vector(), vector(), vector(), vector()];
  const [sides, first, across, middleColumn] = [vector(), vector(), vector(), vector()];
  const [below, beside, nearer] = [vector(), vector(), vector()];
  code.get(map).memory('v128.load64_zero', mapLayout.sides).set(sides);
  code.get(map).memory('v128.load', mapLayout.across).set(across);
  code.get(map).memory('v128.load', mapLayout.middleColumn).set(middleColumn);
  code.i32(-MARGIN).op('i32x4.splat').set(first);
  // Interpolates between the rows of a column, or between the two columns.
  const between = (lower: () => void, upper: () => void, share: number) => {
    upper();
    lower();
    code.op('f32x4.sub').get(share).op('f32x4.mul');
    lower();
    code.op('f32x4.add');
  };
  return code.repeat(rows, () => {
    code.get(row).get(map).memory('v128.load', mapLayout.middleRow).op('f64x2.sub');
    code.get(map).memory('v128.load', mapLayout.down).op('f64x2.mul');
    code.get(map).memory('v128.load', mapLayout.origin).op('f64x2.add').set(start);
    code.get(row).f64x2(1, 1).op('f64x2.add').set(row);
    code.f64x2(0, 0).set(column).copy(left, columns);
    code.repeat(left, () => {
      code.get(column).get(middleColumn).op('f64x2.sub').get(across).op('f64x2.mul').get(start);
      code.op('f64x2.add');
      if (moved)
        code
          .get(moves)
          .memory('v128.load64_zero')
          .op('f64x2.promote_low_f32x4')
          .op('f64x2.add')
          .skip(moves, 8);
      code.set(at).get(at).op('f64x2.floor').set(whole);
      code.get(column).f64x2(1, 1).op('f64x2.add').set(column);
      code.get(whole).op('i32x4.trunc_sat_f64x2_s_zero').get(first).op('i32x4.max_s');
      code.get(sides).op('i32x4.min_s').set(cell);
      code.get(cell).integerLane(0).get(rowBytes).op('i32.mul');
      code.get(cell).integerLane(1).get(pixelBytes).op('i32.mul').op('i32.add');
      code.get(source).op('i32.add').set(a);
      code.get(a).get(pixelBytes).op('i32.add').set(b);
      code.get(a).get(rowBytes).op('i32.add').set(c);
      code.get(c).get(pixelBytes).op('i32.add').set(d);
      code.get(at).get(whole).op('f64x2.sub').op('f32x4.demote_f64x2_zero').set(whole);
      code.get(whole).get(whole).shuffle(0, 0, 0, 0).set(below);
      code.get(whole).get(whole).shuffle(1, 1, 1, 1).set(beside);
      code.copy(to, target).copy(groupsLeft, groups);
      code.repeat(groupsLeft, () => {
        const load = (address: number) => () => void code.get(address).memory('v128.load');
        const local = (value: number) => () => void code.get(value);
        code.get(a).memory('v128.load').set(at).get(b).memory('v128.load').set(whole);
        between(local(at), load(c), below);
        code.set(nearer);
        code.get(to);
        between(local(nearer), () => between(local(whole), load(d), below), beside);
        code.memory('v128.store');
        for (const pointer of [a, b, c, d, to]) code.skip(pointer, 16);
      });
      code.advance(target, pixelBytes);
    });
  });
}

function plain(moved: boolean): Loop['plain'] {
  return (memory, ...parameters) => {
    const [source, target, rows, columns, rowBytes, pixelBytes, , map, moves] = parameters as Nine;
    const values = new Float32Array(memory);
    const numbers = (at: number) => new Float64Array(memory, map + at, 2) as unknown as [number, number];
    const [originY, originX] = numbers(mapLayout.origin);
    const [downY, downX] = numbers(mapLayout.down);
    const [acrossY, acrossX] = numbers(mapLayout.across);
    const [middleRow] = numbers(mapLayout.middleRow);
    const [middleColumn] = numbers(mapLayout.middleColumn);
    const [lastY, lastX] = new Int32Array(memory, map + mapLayout.sides, 2) as unknown as [number, number];
    const { fround, floor, max, min } = Math;
    const between = (one: number, other: number, share: number) =>
      fround(one + fround(fround(other - one) * share));
    const [lineStep, step] = [rowBytes / 4, pixelBytes / 4];
    let to = target / 4;
    let move = (moves ?? 0) / 4;
    for (let row = 0; row < rows; row++) {
      const startY = downY * (row - middleRow) + originY;
      const startX = downX * (row - middleRow) + originX;
      for (let column = 0; column < columns; column++) {
        let y = acrossY * (column - middleColumn) + startY;
        let x = acrossX * (column - middleColumn) + startX;
        if (moved) {
          y += values[move++]!;
          x += values[move++]!;
        }
        const [top, left] = [floor(y), floor(x)];
        const [below, beside] = [fround(y - top), fround(x - left)];
        const pixel = max(min(top, lastY), -MARGIN) * lineStep + max(min(left, lastX), -MARGIN) * step;
        for (let at = source / 4 + pixel, end = at + step; at < end; at++) {
          const nearer = between(values[at]!, values[at + lineStep]!, below);
          const further = between(values[at + step]!, values[at + step + lineStep]!, below);
          values[to++] = between(nearer, further, beside);
        }
      }
    }
  };
}

type Nine = [number, number, number, number, number, number, number, number, number];
