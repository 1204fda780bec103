import { FunctionBuilder, types } from 'tfjs-wasm-training/assembler';
import type { Loop } from '../../../core/loops/workspace.js';

/** Values are computed in groups of so many. What a row lacks to whole groups is written beyond its end. More at a time are slower. */
export const GROUP = 16;

/**
 * Convolves an image by symmetric weights, across and then down, a few rows after the others, so that rows convolved across are still
 * in the nearest cache. The margins of a row are laid over its neighbors: the one before is done with, and what the next one loses is
 * put back. Parameters: source, with room for a margin and a group before it and after it; a list, the addresses that rows convolved
 * across are kept at, for the rows −reach, … rows + reach, where those outside are mirrored; a place for what a margin covers; the
 * target, with room for a row and a group after it; rows, groups in a row, bytes of a row; another list, the distance in bytes from the
 * row's start of each value of the margin before it, then of that after it; values of a margin; the address of the weights (that of
 * the middle, then those of the neighbors 1, 2, … on either side); the number of these neighbors, at least one; bytes of a pixel; rows
 * that are convolved across before the first is convolved down, at least one.
 */
const smoothing: Loop = {
  vectors: () => vectors(),
  plain(memory, ...parameters) {
    const [source, list, covered, target, rows, groups, rowBytes, mirrors] = parameters as Thirteen;
    const [, , , , , , , , margin, weightsAt, reach, pixelBytes, ahead] = parameters as Thirteen;
    const values = new Float32Array(memory);
    const addresses = new Int32Array(memory, list, rows + 2 * reach);
    const distances = new Int32Array(memory, mirrors, 2 * margin);
    const weights = new Float32Array(memory, weightsAt, reach + 1);
    const { fround } = Math;
    const length = rowBytes / 4;
    const across = (row: number) => {
      const from = source / 4 + row * length;
      const to = addresses[reach + row]! / 4;
      const end = from + length;
      values.copyWithin(covered / 4, end, end + margin);
      for (let i = 0; i < margin; i++) {
        values[from - margin + i] = values[from + distances[i]! / 4]!;
        values[end + i] = values[from + distances[margin + i]! / 4]!;
      }
      for (let i = 0; i < groups * GROUP; i++) {
        let sum = fround(weights[0]! * values[from + i]!);
        for (let k = 1, aside = pixelBytes / 4; k <= reach; k++, aside += pixelBytes / 4) {
          const pair = fround(values[from + i - aside]! + values[from + i + aside]!);
          sum = fround(sum + fround(weights[k]! * pair));
        }
        values[to + i] = sum;
      }
      values.copyWithin(end, covered / 4, covered / 4 + margin);
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

/** The loop for images of a width and number of channels: few neighbors in rows of a group or more are written out, which takes less time. */
export function smoothingWith(reach: number, width: number, channels: number): Loop {
  if (reach > FEW || channels > FEW || width < reach || width * channels < GROUP) return smoothing;
  const key = `${reach} ${channels}`;
  const known = unrolled.get(key) ?? { ...smoothing, vectors: () => vectors({ reach, channels }) };
  unrolled.set(key, known);
  return known;
}

function vectors(few?: { readonly reach: number; readonly channels: number }): FunctionBuilder {
  const code = new FunctionBuilder('smoothing', Array(13).fill(types.i32));
  const [source, list, covered, target, rows, groups, rowBytes] = [0, 1, 2, 3, 4, 5, 6] as const;
  const [mirrors, margin, weights, reach, pixelBytes, ahead] = [7, 8, 9, 10, 11, 12] as const;
  const integer = () => code.local(types.i32);
  const vector = () => code.local(types.v128);
  const [at, from, to, left] = [integer(), integer(), integer(), integer()];
  const [kept, behind, pairs, row] = [integer(), integer(), integer(), integer()];
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
  const load = (address: number, offset: number, value: number) =>
    code.get(address).memory('v128.load', offset).set(value);
  const store = (address: number, offset: number, value: number) =>
    code.get(address).get(value).memory('v128.store', offset);
  const loadWeight = (address: number, offset: number, weight: number) =>
    code.get(address).memory('v128.load32_splat', offset).set(weight);

  loadWeight(weights, 0, middle);
  const eachGroup = (body: () => void) => {
    code.i32(0).set(at).copy(left, groups);
    code.repeat(left, () => {
      body();
      code.skip(at, 4 * GROUP).skip(to, 4 * GROUP);
    });
  };
  let down: () => void;
  let across: () => void;
  let putMargins: () => void;
  let putBack: () => void;
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
      for (const [i, sum] of sums.entries()) store(to, 16 * i, sum);
    };
    const downOne = () => {
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
    down = () => {
      code.get(reach).i32(2).op('i32.shl').get(list).op('i32.add').set(middleAt).copy(to, target);
      eachGroup(downOne);
      code.skip(middleAt, 4).get(target).get(rowBytes).op('i32.add').set(to);
      eachGroup(downOne);
    };
    across = () => {
      code.get(source).get(at).op('i32.add').set(from);
      convolve(
        () => code.copy(before, from).copy(after, from),
        () => code.get(before).get(pixelBytes).op('i32.sub').set(before).advance(after, pixelBytes),
      );
    };
    const eachOfMargin = (value: () => void) => {
      code.copy(left, margin);
      code.repeat(left, () => {
        code.get(to);
        value();
        code.memory('f32.store').skip(from, 4).skip(to, 4);
      });
    };
    const copy = () => code.get(from).memory('f32.load');
    const mirror = () => code.get(source).get(from).memory('i32.load').op('i32.add').memory('f32.load');
    const setToEnd = (local: number) => code.get(source).get(rowBytes).op('i32.add').set(local);
    putMargins = () => {
      setToEnd(from).copy(to, covered);
      eachOfMargin(copy);
      code.copy(from, mirrors).get(source).get(margin).i32(2).op('i32.shl').op('i32.sub').set(to);
      eachOfMargin(mirror);
      setToEnd(to);
      eachOfMargin(mirror);
    };
    putBack = () => {
      code.copy(from, covered);
      setToEnd(to);
      eachOfMargin(copy);
    };
  } else {
    const taps = Array.from({ length: few.reach }, (_, i) => {
      const weight = vector();
      loadWeight(weights, 4 * (i + 1), weight);
      return weight;
    });
    // Two rows at a time, of which each value that both need is loaded once.
    const rowsAt = Array.from({ length: 2 * few.reach + 2 }, integer);
    const places = rowsAt.map(integer);
    const lanes = rowsAt.map(vector);
    const other = vector();
    const nextTo = integer();
    const addLanes = (one: number, two: number, weight: number, sum: number) => {
      code.get(lanes[one]!).get(lanes[two]!).op('f32x4.add').get(weight).op('f32x4.mul');
      code.get(sum).op('f32x4.add').set(sum);
    };
    down = () => {
      rowsAt.forEach((row, i) => {
        code
          .get(list)
          .memory('i32.load', 4 * i)
          .set(row);
      });
      // From the end, as what is beyond that of the first row is the beginning of the second.
      code
        .get(groups)
        .i32(4 * GROUP)
        .op('i32.mul')
        .set(at)
        .copy(left, groups);
      code.repeat(left, () => {
        code.skip(at, -4 * GROUP);
        for (const [i, row] of rowsAt.entries()) code.get(row).get(at).op('i32.add').set(places[i]!);
        code.get(target).get(at).op('i32.add').set(to).get(to).get(rowBytes).op('i32.add').set(nextTo);
        const [first, second] = [few.reach, few.reach + 1];
        for (const [i, sum] of sums.entries()) {
          const loadRow = (row: number) => load(places[row]!, 16 * i, lanes[row]!);
          loadRow(first);
          loadRow(second);
          code.get(lanes[first]!).get(middle).op('f32x4.mul').set(sum);
          code.get(lanes[second]!).get(middle).op('f32x4.mul').set(other);
          for (const [k, weight] of taps.entries()) {
            loadRow(first - k - 1);
            loadRow(second + k + 1);
            addLanes(first - k - 1, first + k + 1, weight, sum);
            addLanes(second - k - 1, second + k + 1, weight, other);
          }
          store(to, 16 * i, sum);
          store(nextTo, 16 * i, other);
        }
      });
    };
    const pixel = 4 * few.channels;
    across = () => {
      code
        .get(source)
        .get(at)
        .op('i32.add')
        .set(from)
        .skip(from, -few.reach * pixel);
      const place = (distance: number) => ({ local: from, offset: pixel * (distance + few.reach) });
      for (const [i, sum] of sums.entries()) {
        addMiddle(place(0), sum, i);
        for (const [k, weight] of taps.entries()) addPair(place(-k - 1), place(k + 1), weight, sum, i);
        store(to, 16 * i, sum);
      }
    };
    // Four values are taken of each pixel. What is too much lies on the far side, where the next pixel is written over it.
    const excess = 16 - pixel;
    const saved = Array.from({ length: Math.ceil((few.reach * pixel + excess) / 16) }, vector);
    putMargins = () => {
      code
        .copy(from, source)
        .skip(from, -excess)
        .copy(to, from)
        .skip(to, -few.reach * pixel);
      for (let i = 0; i < few.reach; i++) {
        load(from, i * pixel, other);
        store(to, (few.reach - 1 - i) * pixel, other);
      }
      code.get(source).get(rowBytes).op('i32.add').set(to).copy(from, to);
      for (const [i, part] of saved.entries()) load(to, 16 * i, part);
      for (let i = 0; i < few.reach; i++) {
        code.skip(from, -pixel);
        load(from, 0, other);
        store(to, i * pixel, other);
      }
    };
    putBack = () => {
      code.get(source).get(rowBytes).op('i32.add').set(to);
      for (const [i, part] of saved.entries()) store(to, 16 * i, part);
    };
  }
  const putRowAcross = () => {
    putMargins();
    code.get(kept).memory('i32.load').set(to);
    eachGroup(across);
    putBack();
    code.skip(kept, 4).advance(source, rowBytes);
  };
  code.get(reach).i32(2).op('i32.shl').get(list).op('i32.add').set(kept);
  code.get(rows).get(ahead).op('i32.sub').set(behind);
  code.repeat(ahead, putRowAcross);
  code.get(rows).i32(1).op('i32.add').i32(1).op('i32.shr_u').set(pairs);
  return code.repeat(pairs, () => {
    code.i32(2).set(row);
    code.repeat(row, () => {
      code.get(behind).when(() => {
        putRowAcross();
        code.skip(behind, -1);
      });
    });
    down();
    code.skip(list, 8).advance(target, rowBytes).advance(target, rowBytes);
  });
}

/** An address: a local, and what is added. */
interface Place {
  readonly local: number;
  readonly offset: number;
}
