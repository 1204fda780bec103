import { FunctionBuilder, types } from 'tfjs-wasm-training/assembler';
import type { Loop } from '../../../core/loops/workspace.js';

/** Values are computed in groups of so many. What a row lacks to whole groups is written beyond its end. More at a time are slower. */
export const GROUP = 16;

/**
 * Convolves an image by symmetric weights, across and then down, one row after the other, so that rows convolved across are still in
 * the nearest cache. Parameters: source; a list, the addresses that rows convolved across are kept at, for the rows −reach, …
 * rows − 1 + reach, where those outside are mirrored; a line for one row with its margins; the target; rows, groups in a row, bytes
 * of a row; another list, the distance in bytes from the row's start of each value of the margin before it, then of that after it;
 * values of a margin; the address of the weights (that of the middle, then those of the neighbors 1, 2, … on either side); the number
 * of these neighbors, at least one; bytes of a pixel; rows that are convolved across before the first is convolved down, at least one.
 */
const smoothing: Loop = {
  vectors: () => vectors(),
  plain(memory, ...parameters) {
    const [source, list, line, target, rows, groups, rowBytes, mirrors] = parameters as Thirteen;
    const [, , , , , , , , margin, weightsAt, reach, pixelBytes, ahead] = parameters as Thirteen;
    const values = new Float32Array(memory);
    const addresses = new Int32Array(memory, list, rows + 2 * reach);
    const distances = new Int32Array(memory, mirrors, 2 * margin);
    const weights = new Float32Array(memory, weightsAt, reach + 1);
    const { fround } = Math;
    const length = rowBytes / 4;
    const start = line / 4 + margin;
    const across = (row: number) => {
      const from = source / 4 + row * length;
      const to = addresses[reach + row]! / 4;
      for (let i = 0; i < margin; i++) {
        values[line / 4 + i] = values[from + distances[i]! / 4]!;
        values[start + length + i] = values[from + distances[margin + i]! / 4]!;
      }
      values.copyWithin(start, from, from + length);
      for (let i = 0; i < groups * GROUP; i++) {
        let sum = fround(weights[0]! * values[start + i]!);
        for (let k = 1, aside = pixelBytes / 4; k <= reach; k++, aside += pixelBytes / 4) {
          const pair = fround(values[start + i - aside]! + values[start + i + aside]!);
          sum = fround(sum + fround(weights[k]! * pair));
        }
        values[to + i] = sum;
      }
    };
    const down = (row: number) => {
      const to = target / 4 + row * length;
      const at = (distance: number) => addresses[row + reach + distance]! / 4;
      for (let i = 0; i < groups * GROUP; i++) {
        let sum = fround(weights[0]! * values[at(0) + i]!);
        for (let k = 1; k <= reach; k++) {
          const pair = fround(values[at(-k) + i]! + values[at(k) + i]!);
          sum = fround(sum + fround(weights[k]! * pair));
        }
        values[to + i] = sum;
      }
    };
    for (let row = 0; row < ahead; row++) across(row);
    for (let row = 0; row < rows; row++) {
      if (row + ahead < rows) across(row + ahead);
      down(row);
    }
  },
};

type Seven = [number, number, number, number, number, number, number];
type Thirteen = [...Seven, number, number, number, number, number, number];

/** Neighbors on either side, and channels, up to which the loops over neighbors are unrolled. */
const FEW = 4;

const unrolled = new Map<string, Loop>();

/** The loop for images of a width and number of channels: few neighbors are written out, which takes less time. */
export function smoothingWith(reach: number, width: number, channels: number): Loop {
  if (reach > FEW || channels > FEW || width < reach) return smoothing;
  const key = `${reach} ${channels}`;
  const known = unrolled.get(key) ?? { ...smoothing, vectors: () => vectors({ reach, channels }) };
  unrolled.set(key, known);
  return known;
}

function vectors(few?: { readonly reach: number; readonly channels: number }): FunctionBuilder {
  const code = new FunctionBuilder('smoothing', Array(13).fill(types.i32));
  const [source, list, line, target, rows, groups, rowBytes] = [0, 1, 2, 3, 4, 5, 6] as const;
  const [mirrors, margin, weights, reach, pixelBytes, ahead] = [7, 8, 9, 10, 11, 12] as const;
  const integer = () => code.local(types.i32);
  const vector = () => code.local(types.v128);
  const [start, at, from, to, left] = [integer(), integer(), integer(), integer(), integer()];
  const [kept, behind] = [integer(), integer()];
  const sums = Array.from({ length: GROUP / 4 }, vector);
  const middle = vector();
  /** The sum of a pair's values, times the weight, is added to each of the sums. */
  const addPair = (one: Place, other: Place, weight: number, sum: number, i: number) => {
    code.get(one.local).memory('v128.load', one.offset + 16 * i);
    code.get(other.local).memory('v128.load', other.offset + 16 * i);
    code.op('f32x4.add').get(weight).op('f32x4.mul').get(sum).op('f32x4.add').set(sum);
  };
  const addMiddle = ({ local, offset }: Place, sum: number, i: number) =>
    code
      .get(local)
      .memory('v128.load', offset + 16 * i)
      .get(middle)
      .op('f32x4.mul')
      .set(sum);
  const store = (sum: number, i: number) =>
    code
      .get(to)
      .get(sum)
      .memory('v128.store', 16 * i);
  const loadWeight = (address: number, offset: number, weight: number) =>
    code.get(address).memory('v128.load32_splat', offset).set(weight);

  loadWeight(weights, 0, middle);
  code.get(margin).i32(2).op('i32.shl').get(line).op('i32.add').set(start);

  let down: () => void;
  let across: () => void;
  let prepare: () => void;
  let putBefore: () => void;
  let putAfter: () => void;
  if (few === undefined) {
    const [before, after, beforeAt, afterAt] = [integer(), integer(), integer(), integer()];
    const [weightAt, neighbor, middleAt] = [integer(), integer(), integer()];
    const weight = vector();
    const convolve = (begin: () => void, next: () => void) => {
      for (const [i, sum] of sums.entries()) addMiddle({ local: from, offset: 0 }, sum, i);
      begin();
      code.copy(weightAt, weights).copy(neighbor, reach);
      code.repeat(neighbor, () => {
        next();
        loadWeight(weightAt, 4, weight);
        code.skip(weightAt, 4);
        for (const [i, sum] of sums.entries())
          addPair({ local: before, offset: 0 }, { local: after, offset: 0 }, weight, sum, i);
      });
      sums.forEach(store);
    };
    prepare = () => code.get(reach).i32(2).op('i32.shl').get(list).op('i32.add').set(middleAt);
    down = () => {
      code.get(middleAt).memory('i32.load').get(at).op('i32.add').set(from);
      convolve(
        () => code.copy(beforeAt, middleAt).copy(afterAt, middleAt),
        () => {
          code.skip(beforeAt, -4).skip(afterAt, 4);
          code.get(beforeAt).memory('i32.load').get(at).op('i32.add').set(before);
          code.get(afterAt).memory('i32.load').get(at).op('i32.add').set(after);
        },
      );
    };
    across = () => {
      code.get(start).get(at).op('i32.add').set(from);
      convolve(
        () => code.copy(before, from).copy(after, from),
        () => code.get(before).get(pixelBytes).op('i32.sub').set(before).advance(after, pixelBytes),
      );
    };
    const putMargin = () => {
      code.copy(left, margin);
      code.repeat(left, () => {
        code.get(to).get(source).get(from).memory('i32.load').op('i32.add').memory('f32.load');
        code.memory('f32.store').skip(from, 4).skip(to, 4);
      });
    };
    putBefore = () => {
      code.copy(from, mirrors).copy(to, line);
      putMargin();
    };
    putAfter = () => {
      code.get(mirrors).get(start).get(line).op('i32.sub').op('i32.add').set(from);
      code.get(start).get(rowBytes).op('i32.add').set(to);
      putMargin();
    };
  } else {
    const taps = Array.from({ length: few.reach }, (_, i) => {
      const weight = vector();
      loadWeight(weights, 4 * (i + 1), weight);
      return weight;
    });
    const pointers = Array.from({ length: 2 * few.reach + 1 }, integer);
    const places = pointers.map(() => integer());
    const convolve = (place: (distance: number) => Place) => {
      for (const [i, sum] of sums.entries()) {
        addMiddle(place(0), sum, i);
        for (const [k, weight] of taps.entries()) addPair(place(-k - 1), place(k + 1), weight, sum, i);
        store(sum, i);
      }
    };
    prepare = () =>
      pointers.forEach((pointer, i) => {
        code
          .get(list)
          .memory('i32.load', 4 * i)
          .set(pointer);
      });
    down = () => {
      places.forEach((place, i) => {
        code.get(pointers[i]!).get(at).op('i32.add').set(place);
      });
      convolve((distance) => ({ local: places[distance + few.reach]!, offset: 0 }));
    };
    across = () => {
      code.get(line).get(at).op('i32.add').set(from);
      convolve((distance) => ({ local: from, offset: 4 * few.channels * (distance + few.reach) }));
    };
    // Each takes four values of a pixel. What is too much is written over by the next one, or by the row.
    const pixels = Array.from({ length: few.reach }, (_, i) => 4 * few.channels * i);
    putBefore = () => {
      for (const [i, offset] of pixels.entries()) {
        code
          .get(line)
          .get(source)
          .memory('v128.load', pixels.at(-i - 1));
        code.memory('v128.store', offset);
      }
    };
    putAfter = () => {
      code.get(start).get(rowBytes).op('i32.add').set(to).get(source).get(rowBytes).op('i32.add').set(from);
      for (const offset of pixels) {
        code
          .skip(from, -4 * few.channels)
          .get(to)
          .get(from)
          .memory('v128.load')
          .memory('v128.store', offset);
      }
    };
  }
  const eachGroup = (body: () => void) => {
    code.i32(0).set(at).copy(left, groups);
    code.repeat(left, () => {
      body();
      code.skip(at, 4 * GROUP).skip(to, 4 * GROUP);
    });
  };
  const putRowAcross = () => {
    putBefore();
    code.copy(to, start).copy(from, source);
    eachGroup(() => {
      for (const i of sums.keys()) {
        code
          .get(to)
          .get(from)
          .memory('v128.load', 16 * i);
        code.memory('v128.store', 16 * i);
      }
      code.skip(from, 4 * GROUP);
    });
    putAfter();
    code.get(kept).memory('i32.load').set(to);
    eachGroup(across);
    code.skip(kept, 4).advance(source, rowBytes);
  };
  code.get(reach).i32(2).op('i32.shl').get(list).op('i32.add').set(kept);
  code.get(rows).get(ahead).op('i32.sub').set(behind);
  code.repeat(ahead, putRowAcross);
  return code.repeat(rows, () => {
    code.get(behind).when(() => {
      putRowAcross();
      code.skip(behind, -1);
    });
    prepare();
    code.copy(to, target);
    eachGroup(down);
    code.skip(list, 4).advance(target, rowBytes);
  });
}

/** An address: a local, and what is added. */
interface Place {
  readonly local: number;
  readonly offset: number;
}
