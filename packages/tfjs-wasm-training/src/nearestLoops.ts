import { FunctionBuilder, types } from './assembler.js';

/** Largest absolute value that a row is rounded to: a pair of sums of two products with it, and with it plus 64, fits 16 bits. */
export const LEVELS = 63;

/** Added to the rounded values of a query where they are bytes, which makes them positive. */
export const QUERY_BIAS = 64;

/** What a rounded value takes, and how many are added up at a time, in bytes. */
export const roundedSizes = (fused: boolean) => (fused ? { value: 1, step: 32 } : { value: 2, step: 16 });

/** Loops of the search for nearest rows. `fused` has bytes multiplied by relaxed SIMD; without it they take 16 bits. */
export function nearestLoops(fused: boolean): FunctionBuilder[] {
  return [extents(), roundRow(fused), roughScores(fused), collect(), squaredDistances(fused)];
}

/** (x, rows, groups, row, out): smallest and largest value and sum of each column of `groups` times 16; `out` has three rows. */
function extents(): FunctionBuilder {
  const code = new FunctionBuilder('Extents', Array(5).fill(types.i32));
  const [x, rows, groups, row, out] = [0, 1, 2, 3, 4] as const;
  const [at, left, to] = [code.local(types.i32), code.local(types.i32), code.local(types.i32)];
  const vector = () => code.local(types.v128);
  const parts = [0, 16, 32, 48].map((offset) => ({ offset, results: [vector(), vector(), vector()] }));
  const value = vector();
  const operators = ['f32x4.pmin', 'f32x4.pmax', 'f32x4.add'] as const;
  return code.repeat(groups, () => {
    for (const { offset, results } of parts) {
      for (const [i, result] of results.entries()) {
        if (i < 2) code.get(x).memory('v128.load', offset).set(result);
        else code.f32x4(0, 0, 0, 0).set(result);
      }
    }
    code.copy(at, x).copy(left, rows);
    code.repeat(left, () => {
      for (const { offset, results } of parts) {
        code.get(at).memory('v128.load', offset).set(value);
        for (const [i, result] of results.entries()) {
          code.get(result).get(value).op(operators[i]!).set(result);
        }
      }
      code.advance(at, row);
    });
    code.copy(to, out);
    for (const i of operators.keys()) {
      for (const { offset, results } of parts) code.get(to).get(results[i]!).memory('v128.store', offset);
      code.advance(to, row);
    }
    code.skip(x, 64).skip(out, 64);
  });
}

/** 1.5 · 2^23: a float of at most 22 bits is rounded to a whole number when this is added, which stands in its last bits. */
const ROUNDER = 12_582_912;
const ROUNDER_BITS = 0x4b400000;

/**
 * (x, center, middle, out, step, groups, bias, facts): rounds a row, less a center, to `out`: whole numbers in units of its own, from
 * −{@link LEVELS} to {@link LEVELS}, plus `bias`. They fill 16 bytes each `step` bytes. With a the row less its center, m the whole numbers, u the unit and e what
 * rounding took off in units, it writes the floats u, Σe², Σa², Σ middle·e, Σ(u·m − middle)², Σm to `facts`. A row is `groups`
 * times 16 values.
 */
function roundRow(fused: boolean): FunctionBuilder {
  const code = new FunctionBuilder('RoundRow', Array(8).fill(types.i32));
  const [x, center, middle, out, step, groups, bias, facts] = [0, 1, 2, 3, 4, 5, 6, 7] as const;
  const [at, left] = [code.local(types.i32), code.local(types.i32)];
  const [range, unit] = [code.local(types.f32), code.local(types.f32)];
  const vector = () => code.local(types.v128);
  const [units, perUnit, biases, deviation, inUnits, whole] = Array.from({ length: 6 }, vector);
  const largest = Array.from({ length: 4 }, vector);
  const sums = Array.from({ length: 5 }, vector);
  const wholes = Array.from({ length: 4 }, vector);
  const deviate = (offset: number) => {
    code.get(x).get(at).op('i32.add').memory('v128.load', offset);
    return code.get(center).get(at).op('i32.add').memory('v128.load', offset).op('f32x4.sub');
  };

  for (const part of largest) code.f32x4(0, 0, 0, 0).set(part);
  code.i32(0).set(at).copy(left, groups);
  code.repeat(left, () => {
    for (const [index, part] of largest.entries()) {
      code.get(part);
      deviate(16 * index)
        .op('f32x4.abs')
        .op('f32x4.pmax')
        .set(part);
    }
    code.skip(at, 64);
  });
  // A row that equals the center has some unit, too.
  code.f32(1e-30);
  for (const part of largest) {
    for (let lane = 0; lane < 4; lane++) code.get(part).lane(lane).op('f32.max');
  }
  code.set(range).get(range).f32(LEVELS).op('f32.div').set(unit);
  code.get(unit).op('f32x4.splat').set(units!);
  code.f32(LEVELS).get(range).op('f32.div').op('f32x4.splat').set(perUnit!);
  code.get(bias).i32(ROUNDER_BITS).op('i32.sub').op('i32x4.splat').set(biases!);
  for (const sum of sums) code.f32x4(0, 0, 0, 0).set(sum);

  const [errors, squares, along, apart, total] = sums;
  const rounder = () => code.f32x4(ROUNDER, ROUNDER, ROUNDER, ROUNDER);
  const add = (sum: number) => code.get(sum).op('f32x4.add').set(sum);
  const addProduct = (sum: number) => {
    if (fused) code.get(sum).op('f32x4.relaxed_madd').set(sum);
    else code.op('f32x4.mul').get(sum).op('f32x4.add').set(sum);
  };
  const addSquare = (sum: number, local: number) => {
    code.get(local).get(local);
    addProduct(sum);
  };
  const ofMiddle = (offset: number) => code.get(middle).get(at).op('i32.add').memory('v128.load', offset);
  code.i32(0).set(at).copy(left, groups);
  code.repeat(left, () => {
    for (const [part, local] of wholes.entries()) {
      deviate(16 * part).set(deviation!);
      addSquare(squares!, deviation!);
      code.get(deviation!).get(perUnit!).op('f32x4.mul').set(inUnits!).get(inUnits!);
      rounder().op('f32x4.add').set(local).get(local);
      rounder().op('f32x4.sub').set(whole!).get(whole!);
      add(total!);
      code.get(inUnits!).get(whole!).op('f32x4.sub').set(deviation!);
      addSquare(errors!, deviation!);
      code.get(deviation!);
      ofMiddle(16 * part);
      addProduct(along!);
      code.get(whole!).get(units!).op('f32x4.mul');
      ofMiddle(16 * part)
        .op('f32x4.sub')
        .set(deviation!);
      addSquare(apart!, deviation!);
      code.get(local).get(biases!).op('i32x4.add').set(local);
    }
    const [first, second, third, fourth] = wholes as [number, number, number, number];
    code.get(out).get(first).get(second).op('i16x8.narrow_i32x4_s');
    if (!fused) code.memory('v128.store').advance(out, step).get(out);
    code.get(third).get(fourth).op('i16x8.narrow_i32x4_s');
    if (fused) code.op('i8x16.narrow_i16x8_s').memory('v128.store');
    else code.memory('v128.store');
    code.advance(out, step).skip(at, 64);
  });
  code.get(facts).get(unit).memory('f32.store');
  for (const [index, sum] of sums.entries()) {
    code.get(facts);
    for (let lane = 0; lane < 4; lane++) code.get(sum).lane(lane);
    code
      .op('f32.add')
      .op('f32.add')
      .op('f32.add')
      .memory('f32.store', 4 * (index + 1));
  }
  return code;
}

/**
 * (queries, references, halves, biases, units, queryUnits, out, minima, lanes, pairs, groups, steps, row, outRow): for rounded
 * queries, two at a time, and rounded references, four at a time, halves − queryUnit · unit · (query · reference + bias). Those that
 * are taken at a time lie together, 16 bytes of each in turn, so that one address tells where all are. A row takes `row` bytes: `steps`
 * steps, and half of one where those of bytes leave 16. Of each query it keeps `lanes` minima, a power of two from 4 on, where scores
 * so many places apart share one.
 */
function roughScores(fused: boolean): FunctionBuilder {
  const code = new FunctionBuilder('RoughScores', Array(14).fill(types.i32));
  const [queries, references, halves, biases, units, queryUnits, out, minima] = [
    0, 1, 2, 3, 4, 5, 6, 7,
  ] as const;
  const [lanes, pairs, groups, steps, row, outRow] = [8, 9, 10, 11, 12, 13] as const;
  const index = () => code.local(types.i32);
  const vector = () => code.local(types.v128);
  const [queryAt, referenceAt, groupsLeft, left, column] = [index(), index(), index(), index(), index()];
  const [minimaRow, minimum] = [index(), index()];
  const sums = [0, 1].map(() => [0, 1, 2, 3].map(vector) as [number, number, number, number]);
  const parts = Array.from({ length: fused ? 2 : 1 }, (_, part) => part);
  const values = sums.map(() => parts.map(vector));
  const products = sums.map(vector);
  const [value, ones] = [vector(), vector()];

  const loadReference = (reference: number, part: number) =>
    code
      .get(referenceAt)
      .memory('v128.load', 64 * part + 16 * reference)
      .set(value);
  const multiplyBytes = (reference: number, some = parts) => {
    for (const part of some) {
      loadReference(reference, part);
      for (const [query, product] of products.entries()) {
        code.get(value).get(values[query]![part]!).op('i16x8.relaxed_dot_i8x16_i7x16_s');
        if (part > 0) code.get(product).op('i16x8.add');
        code.set(product);
      }
    }
    for (const [query, product] of products.entries()) {
      const sum = sums[query]![reference]!;
      code.get(product).get(ones).op('i32x4.dot_i16x8_s').get(sum).op('i32x4.add').set(sum);
    }
  };
  const multiplyWords = (reference: number) => {
    loadReference(reference, 0);
    for (const [query, [first]] of values.entries()) {
      const sum = sums[query]![reference]!;
      code.get(value).get(first!).op('i32x4.dot_i16x8_s').get(sum).op('i32x4.add').set(sum);
    }
  };
  const addLanes = ([a, b, c, d]: [number, number, number, number]) => {
    for (const [first, second] of [[a, b] as const, [c, d] as const]) {
      code.get(first).get(second).shuffle(0, 4, 1, 5).get(first).get(second).shuffle(2, 6, 3, 7);
      code.op('i32x4.add').set(first);
    }
    code.get(a).get(c).shuffle(0, 1, 4, 5).get(a).get(c).shuffle(2, 3, 6, 7).op('i32x4.add').set(a);
    return a;
  };

  // Two 16-bit ones a lane.
  code.i32(0x0001_0001).op('i32x4.splat').set(ones).get(lanes).i32(4).op('i32.mul').set(minimaRow);
  return code.repeat(pairs, () => {
    code.copy(referenceAt, references).copy(groupsLeft, groups).i32(0).set(column);
    code.repeat(groupsLeft, () => {
      for (const sum of sums.flat()) code.f32x4(0, 0, 0, 0).set(sum);
      code.copy(queryAt, queries);
      const load = (some = parts) => {
        for (const [query, vectors] of values.entries()) {
          for (const part of some) {
            code
              .get(queryAt)
              .memory('v128.load', 32 * part + 16 * query)
              .set(vectors[part]!);
          }
        }
      };
      const multiply = fused ? multiplyBytes : multiplyWords;
      code.copy(left, steps);
      code.repeat(left, () => {
        load();
        for (let reference = 0; reference < 4; reference++) multiply(reference);
        code.skip(queryAt, 32 * parts.length).skip(referenceAt, 64 * parts.length);
      });
      if (fused) {
        code.get(row).i32(16).op('i32.and');
        code.when(() => {
          load([0]);
          for (let reference = 0; reference < 4; reference++) multiplyBytes(reference, [0]);
          code.skip(referenceAt, 64);
        });
      }
      // Places within the minima come round again.
      code
        .get(minimaRow)
        .i32(1)
        .op('i32.sub')
        .get(column)
        .op('i32.and')
        .get(minima)
        .op('i32.add')
        .set(minimum);
      for (const [query, four] of sums.entries()) {
        const sum = addLanes(four);
        const ofReferences = (array: number) => code.get(array).get(column).op('i32.add').memory('v128.load');
        code.get(out).get(column).op('i32.add');
        if (query > 0) code.get(outRow).op('i32.add').advance(minimum, minimaRow);
        ofReferences(halves);
        code.get(sum);
        ofReferences(biases).op('i32x4.add').op('f32x4.convert_i32x4_s');
        ofReferences(units)
          .op('f32x4.mul')
          .get(queryUnits)
          .memory('v128.load32_splat', 4 * query);
        code.op('f32x4.mul').op('f32x4.sub').set(sum).get(sum).memory('v128.store');
        code.get(minimum).get(minimum).memory('v128.load').get(sum).op('f32x4.pmin').memory('v128.store');
      }
      code.skip(column, 16);
    });
    for (let query = 0; query < 2; query++) {
      code.advance(queries, row).advance(out, outRow).advance(minima, minimaRow);
    }
    code.skip(queryUnits, 8);
  });
}

/** (scores, eights, limit, list, end): writes which scores are at most `limit` to a list, and to `end` where that ends. */
function collect(): FunctionBuilder {
  const code = new FunctionBuilder('Collect', [types.i32, types.i32, types.f32, types.i32, types.i32]);
  const [scores, eights, limit, list, end] = [0, 1, 2, 3, 4] as const;
  const index = code.local(types.i32);
  const fours = [code.local(types.v128), code.local(types.v128)] as const;
  const limits = code.local(types.v128);
  const collectLanes = (four: number, first: number) => {
    for (let lane = 0; lane < 4; lane++) {
      // What is above the limit is written over.
      code
        .get(list)
        .get(index)
        .i32(first + lane)
        .op('i32.add')
        .memory('i32.store');
      code.get(four).lane(lane).get(limit).op('f32.le').i32(4).op('i32.mul');
      code.get(list).op('i32.add').set(list);
    }
  };
  code.get(limit).op('f32x4.splat').set(limits).i32(0).set(index);
  code.repeat(eights, () => {
    for (const [i, four] of fours.entries()) {
      code
        .get(scores)
        .memory('v128.load', 16 * i)
        .set(four);
    }
    code.get(fours[0]).get(fours[1]).op('f32x4.pmin').get(limits).op('f32x4.le').op('v128.any_true');
    code.when(() => {
      for (const [i, four] of fours.entries()) {
        code.get(four).get(limits).op('f32x4.le').op('v128.any_true');
        code.when(() => collectLanes(four, 4 * i));
      }
    });
    code.skip(scores, 32).skip(index, 8);
  });
  return code.get(end).get(list).memory('i32.store');
}

/**
 * (query, list, groups, eights, out): squared distances of a query to the rows at the addresses in a list, four at a time. A row
 * is `eights` times 8 values.
 */
function squaredDistances(fused: boolean): FunctionBuilder {
  const code = new FunctionBuilder('SquaredDistances', Array(5).fill(types.i32));
  const [query, list, groups, eights, out] = [0, 1, 2, 3, 4] as const;
  const index = () => code.local(types.i32);
  const vector = () => code.local(types.v128);
  const [at, left] = [index(), index()];
  const rows = Array.from({ length: 4 }, () => ({ at: index(), sums: [vector(), vector()] }));
  const [value, difference] = [vector(), vector()];
  return code.repeat(groups, () => {
    for (const [i, row] of rows.entries()) {
      code
        .get(list)
        .memory('i32.load', 4 * i)
        .set(row.at);
      for (const sum of row.sums) code.f32x4(0, 0, 0, 0).set(sum);
    }
    code.copy(at, query).copy(left, eights);
    code.repeat(left, () => {
      for (const part of [0, 1]) {
        code
          .get(at)
          .memory('v128.load', 16 * part)
          .set(value);
        for (const row of rows) {
          const sum = row.sums[part]!;
          code
            .get(row.at)
            .memory('v128.load', 16 * part)
            .get(value)
            .op('f32x4.sub')
            .set(difference);
          code.get(difference).get(difference);
          if (fused) code.get(sum).op('f32x4.relaxed_madd').set(sum);
          else code.op('f32x4.mul').get(sum).op('f32x4.add').set(sum);
        }
      }
      for (const pointer of [at, ...rows.map((row) => row.at)]) code.skip(pointer, 32);
    });
    for (const [i, { sums }] of rows.entries()) {
      const [sum, other] = sums as [number, number];
      code.get(sum).get(other).op('f32x4.add').set(sum).get(out);
      for (let lane = 0; lane < 4; lane++) code.get(sum).lane(lane);
      code
        .op('f32.add')
        .op('f32.add')
        .op('f32.add')
        .memory('f32.store', 4 * i);
    }
    code.skip(list, 16).skip(out, 16);
  });
}
