import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { arithmetic } from './arithmetic.js';
import { type DistinctRows, distinctRows } from './distinctRows.js';
import { addressesOf, type OwnTensor, valuesOf } from './kernel.js';
import { QUERY_BIAS, roundedSizes } from './nearestLoops.js';
import { centerOf, RoughBounds } from './roughBounds.js';
import { simdOf } from './simd.js';
import { Smallest } from './smallest.js';

/** Queries at a time, and scores that there is room for. */
const [QUERY_BLOCK, MOST_SCORES] = [32, 2 ** 21];

/** Bytes of rounded references that a block of queries meets in one pass: they stay in the second-level cache. */
const REFERENCE_BLOCK = 2 ** 17;

/** Minima that are kept of the scores of a query: at least so many, and at least so many for each neighbor. */
const [FEWEST_MINIMA, MINIMA_PER_NEIGHBOR] = [32, 4];

/** Scores overflow only where their error is above this. */
const MOST_ERROR = 1e30;

/** Added to limits on squares, since those of tiny numbers are zero in single precision. */
const LEAST = 1e-37;

/** Bytes of a line of a cache. */
const LINE = 64;

/** Rows, each with zeros at its end up to a multiple of 16 values. */
export interface NearestTensors {
  readonly references: TensorInfo;
  readonly queries: TensorInfo;
  /** Indices `[queries, k]` to be written. */
  readonly out: TensorInfo;
}

/**
 * Finds the nearest references of all queries. Scores of values rounded to 7 bits come first: how far they may be off is known, so
 * they leave a few candidates. The best of these are measured in single precision, after which fewer may be among the nearest.
 * These are measured, too, and what single precision does not tell apart is compared in double precision. Of references that are
 * the same the first stands for all.
 *
 * @param dimension values of a row without the zeros
 */
export function searchNearest(
  backend: BackendWasm,
  own: OwnTensor,
  { references, queries, out }: NearestTensors,
  dimension: number,
): void {
  const width = references.shape[1]!;
  const [asked, k] = out.shape as [number, number];
  const { first, next } = distinctRows(valuesOf(backend, references), width);
  const count = first.length;
  const kept = Math.min(k, count);
  const fours = 2 * Math.ceil(count / 8);
  const block = Math.min(QUERY_BLOCK, 2 * Math.ceil(MOST_SCORES / fours / 8));
  const { value, step } = roundedSizes(arithmetic() === 'fma');
  const row = Math.max(width * value, step);
  const lanes = 2 ** Math.ceil(Math.log2(Math.max(FEWEST_MINIMA, MINIMA_PER_NEIGHBOR * kept)));

  const { at, floats, integers } = scratch(backend, own, {
    ...{ extents: 3 * width, center: width, middle: width, facts: 6, end: 1 },
    ...{ halves: 4 * fours, biases: 4 * fours, units: 4 * fours, queryUnits: block },
    ...{ rounded: fours * row, roundedQueries: (block * row) / 4, scores: block * 4 * fours },
    ...{ minima: block * lanes, found: 4 * fours + 1, list: 4 * fours + 4, squares: 4 * fours + 4 },
  });
  const [referencesAt, queriesAt, outAt] = addressesOf(backend, references, queries, out);
  const { loops } = simdOf(backend);
  const roundRow = loops.RoundRow!;
  const collect = loops.Collect!;
  const squaredDistances = loops.SquaredDistances!;
  const facts = floats.subarray(at.facts / 4, at.facts / 4 + 6);
  const round = (from: number, to: number, step: number, bias: number) =>
    roundRow(from, at.center, at.middle, to, step, width / 16, bias, at.facts);
  /** Where row `i` begins among rows of which `together` lie together, 16 bytes of each in turn. */
  const placeOf = (start: number, i: number, together: number) =>
    start + (i - (i % together)) * row + 16 * (i % together);

  const total = references.shape[0]!;
  loops.Extents!(referencesAt, total, width / 16, 4 * width, at.extents);
  const extents = floats.subarray(at.extents / 4, at.extents / 4 + 3 * width);
  const { center, middle } = centerOf(extents, total, dimension);
  floats.set(center, at.center / 4);
  floats.set(middle, at.middle / 4);
  const bounds = new RoughBounds(middle);
  floats.fill(Number.POSITIVE_INFINITY, at.halves / 4, at.halves / 4 + 4 * fours);
  for (let i = 0; i < count; i++) {
    round(referencesAt + 4 * width * first[i]!, placeOf(at.rounded, i, 4), 64, 0);
    floats[at.halves / 4 + i] = ownHalf(facts);
    integers[at.biases / 4 + i] = -QUERY_BIAS * facts[5]!;
    floats[at.units / 4 + i] = facts[0]!;
    bounds.add(facts);
  }

  const errors = new Float64Array(block);
  const halves = new Float64Array(block);
  const score = (from: number, size: number) => {
    for (let i = 0; i < size; i++) {
      round(queriesAt + 4 * width * (from + i), placeOf(at.roundedQueries, i, 2), 32, QUERY_BIAS);
      floats[at.queryUnits / 4 + i] = facts[0]!;
      halves[i] = ownHalf(facts);
      errors[i] = bounds.of(facts);
    }
    floats.fill(Number.POSITIVE_INFINITY, at.minima / 4, at.minima / 4 + block * lanes);
    const part = Math.ceil(REFERENCE_BLOCK / row / 4);
    for (let four = 0; four < fours; four += part) {
      const offset = 16 * four;
      const addresses = [at.halves, at.biases, at.units].map((address) => address + offset);
      loops.RoughScores!(
        ...([at.roundedQueries, at.rounded + 4 * four * row, ...addresses] as const),
        ...([at.queryUnits, at.scores + offset, at.minima, lanes, Math.ceil(size / 2)] as const),
        ...([Math.min(part, fours - four), Math.floor(row / step), row, 16 * fours] as const),
      );
    }
  };

  const nearest = new Smallest(kept);
  /** The references that were measured for a query. */
  const measured = new Int32Array(count);
  let taken = 0;
  const take = (reference: number) => {
    integers[at.list / 4 + taken] = referencesAt + 4 * width * first[reference]!;
    measured[taken++] = reference;
  };
  const measure = (query: number, from: number) => {
    const groups = Math.ceil((taken - from) / 4);
    if (groups === 0) return;
    for (let j = taken; j < from + 4 * groups; j++) integers[at.list / 4 + j] = referencesAt;
    const queryAt = queriesAt + 4 * width * query;
    squaredDistances(queryAt, at.list + 4 * from, groups, width / 8, at.squares + 4 * from);
    for (let j = from; j < taken; j++) nearest.offer(measured[j]!, floats[at.squares / 4 + j]!);
  };
  /** Measures the references whose scores are at most `limit`, but not those at most `done`. */
  const measureUpTo = (limit: number, done: number, query: number, scoresAt: number) => {
    collect(scoresAt, fours / 2, limit, at.found, at.end);
    const end = integers[at.end / 4]! / 4;
    const from = taken;
    for (let j = at.found / 4; j < end; j++) {
      const reference = integers[j]!;
      if (!(floats[scoresAt / 4 + reference]! <= done)) take(reference);
    }
    measure(query, from);
  };
  // Three times the relative error of a sum of squares, for what two of them may be off.
  const margin = 1 + 3 * (width / 8 + 16) * 2 ** -24;

  /** Measures the candidates of a query, which is number `i` of its block. */
  const narrow = (query: number, i: number) => {
    const error = errors[i]!;
    const scoresAt = at.scores + 16 * fours * i;
    taken = 0;
    nearest.clear();
    if (!(error < MOST_ERROR)) {
      for (let reference = 0; reference < count; reference++) take(reference);
      measure(query, 0);
      return;
    }
    for (let lane = 0; lane < lanes; lane++) nearest.offer(lane, floats[at.minima / 4 + i * lanes + lane]!);
    // At least as many scores are at most this.
    const score = nearest.values[kept - 1]!;
    nearest.clear();
    measureUpTo(score, Number.NEGATIVE_INFINITY, query, scoresAt);
    const reach = (nearest.values[kept - 1]! * margin + LEAST) / 2 - halves[i]! + error;
    const limit = Math.min(reach, score + 2 * error);
    measureUpTo(limit + Math.abs(limit) * 2 ** -22, score, query, scoresAt);
  };

  /** Puts the nearest in the order of double precision, unless they are in that for certain. */
  const settle = (query: number) => {
    const { values } = nearest;
    const limit = values[kept - 1]! * margin + LEAST;
    const isNear = (j: number) => !(limit < Number.POSITIVE_INFINITY) || floats[at.squares / 4 + j]! <= limit;
    let near = 0;
    for (let j = 0; j < taken; j++) if (isNear(j)) near++;
    let clear = near === kept;
    for (let j = 1; j < kept && clear; j++) clear = values[j - 1]! * margin + LEAST < values[j]!;
    if (clear) return;
    nearest.clear();
    for (let j = 0; j < taken; j++) {
      if (!isNear(j)) continue;
      const reference = measured[j]!;
      nearest.offer(
        reference,
        squaredDistance(
          floats,
          queriesAt / 4 + query * width,
          referencesAt / 4 + width * first[reference]!,
          width,
        ),
      );
    }
  };

  integers.fill(0, outAt / 4, outAt / 4 + asked * k);
  for (let from = 0; from < asked; from += block) {
    const size = Math.min(block, asked - from);
    score(from, size);
    for (let i = 0; i < size; i++) {
      narrow(from + i, i);
      settle(from + i);
      const rows = count === total ? nearest.keys : withCopies(nearest, { first, next }, k);
      integers.set(rows, outAt / 4 + (from + i) * k);
    }
  }
}

/** The k nearest rows, given the nearest distinct ones, of which some may be at the same distance. */
function withCopies({ keys, values }: Smallest, { first, next }: DistinctRows, k: number): number[] {
  const rows: number[] = [];
  for (let j = 0; j < keys.length && rows.length < k; ) {
    const alike: number[] = [];
    for (const value = values[j]; values[j] === value; j++) {
      let row = first[keys[j]!]!;
      for (let copies = 0; copies < k && row >= 0; copies++) {
        alike.push(row);
        row = next[row]!;
      }
    }
    rows.push(...alike.sort((a, b) => a - b));
  }
  return rows.slice(0, k);
}

/** Of the facts of a row, half its squared length, less the product of its rounding errors and the middle. */
function ownHalf(facts: Float32Array): number {
  return facts[2]! / 2 - facts[0]! * facts[3]!;
}

/** In double precision. */
function squaredDistance(values: Float32Array, one: number, other: number, width: number): number {
  let sum = 0;
  for (let j = 0; j < width; j++) {
    const difference = values[one + j]! - values[other + j]!;
    sum += difference * difference;
  }
  return sum;
}

/** Room in the backend's memory, by the number of 4-byte words for each name: addresses, and views of the whole memory. */
function scratch<Names extends string>(backend: BackendWasm, own: OwnTensor, words: Record<Names, number>) {
  const sizes = Object.entries<number>(words).map(
    ([name, size]) => [name, LINE * Math.ceil((4 * size) / LINE)] as const,
  );
  const total = sizes.reduce((sum, [, size]) => sum + size, LINE);
  const tensor = own(backend.makeOutput([total / 4], 'float32'));
  const room = valuesOf(backend, tensor).fill(0);
  const [start] = addressesOf(backend, tensor);
  let next = LINE * Math.ceil(start / LINE);
  const addresses = sizes.map(([name, size]) => {
    next += size;
    return [name, next - size] as const;
  });
  return {
    at: Object.fromEntries(addresses) as Record<Names, number>,
    floats: new Float32Array(room.buffer),
    integers: new Int32Array(room.buffer),
  };
}
