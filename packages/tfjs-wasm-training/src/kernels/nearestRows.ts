import type { TensorInfo } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { arithmetic } from '../arithmetic.js';
import { addressesOf, composed, type OwnTensor, type RunKernel, valuesOf, wasmKernel } from '../kernel.js';
import { NearestList } from '../nearestList.js';
import { QUERY_BIAS, roundedSizes } from '../nearestLoops.js';
import { centerOf, RoughBounds } from '../roughBounds.js';
import { simdOf } from '../simd.js';

/** Attributes of {@link nearestRows}. */
export interface NearestRowsAttrs {
  /** Number of rows to find for each query, from 1 to that of the references. */
  readonly k: number;
}

/**
 * The k references that are nearest to each query by Euclidean distance, near to far; of two at the same distance the first:
 * indices `[queries, k]`, as in double precision. First come scores of values rounded to 7 bits, of which it is known how far
 * they may be off, so that they rule out most references; then distances in single precision, which leave those that are as
 * good as equal to double precision.
 */
export const nearestRows = wasmKernel<'references' | 'queries', NearestRowsAttrs>(
  'NearestRows',
  ({ inputs, attrs: { k }, backend }) =>
    composed(backend, (run, own) => {
      const references = padded(run, inputs.references);
      const queries = padded(run, inputs.queries);
      const out = backend.makeOutput([queries.shape[0]!, k], 'int32');
      if (out.shape[0]! > 0) search(backend, own, { references, queries, out }, inputs.references.shape[1]!);
      return out;
    }),
);

/** The rows with zeros at their ends, so that loops can take 16 values at a time. */
function padded(run: RunKernel, x: TensorInfo): TensorInfo {
  const missing = -x.shape[1]! & 15;
  if (missing === 0) return x;
  const paddings = [
    [0, 0],
    [0, missing],
  ];
  return run(tf.PadV2, { x }, { paddings, constantValue: 0 });
}

/** Queries at a time, and scores that there is room for. */
const [QUERY_BLOCK, MOST_SCORES] = [32, 2 ** 21];

/** Bytes of rounded references that a block of queries meets in one pass: they stay in the second-level cache. */
const REFERENCE_BLOCK = 2 ** 17;

function search(
  backend: BackendWasm,
  own: OwnTensor,
  { references, queries, out }: Record<'references' | 'queries' | 'out', TensorInfo>,
  dimension: number,
): void {
  const [count, width] = references.shape as [number, number];
  const [asked, k] = out.shape as [number, number];
  const { value, step } = roundedSizes(arithmetic() === 'fma');
  const row = Math.ceil((width * value) / step) * step;
  const fours = Math.ceil(count / 4);
  const block = Math.min(QUERY_BLOCK, 2 * Math.ceil(MOST_SCORES / fours / 8));
  const part = Math.ceil(REFERENCE_BLOCK / row / 4);

  const { at, floats, integers } = scratch(backend, own, {
    ...{ center: width, middle: width, facts: 6, factsOfQuery: 6 },
    ...{ halves: 4 * fours, biases: 4 * fours, units: 4 * fours, queryUnits: block },
    ...{ rounded: fours * row, roundedQueries: (block * row) / 4 },
    ...{ scores: block * 4 * fours, list: 4 * fours, squares: 4 * fours },
  });
  const [referencesAt, queriesAt, outAt] = addressesOf(backend, references, queries, out);
  const { loop } = simdOf(backend);
  const round = (from: number, to: number, bias: number) =>
    loop('RoundRow', from, at.center, at.middle, to, width / 16, bias, at.facts);
  const facts = floats.subarray(at.facts / 4, at.facts / 4 + 6);

  const { center, middle } = centerOf(
    floats.subarray(referencesAt / 4, referencesAt / 4 + count * width),
    ...([width, dimension] as const),
  );
  floats.set(center, at.center / 4);
  floats.set(middle, at.middle / 4);
  const bounds = new RoughBounds(middle);
  floats.fill(Number.POSITIVE_INFINITY, at.halves / 4, at.halves / 4 + 4 * fours);
  for (let i = 0; i < count; i++) {
    round(referencesAt + 4 * i * width, at.rounded + i * row, 0);
    const [unit, , square, along, , total] = facts as unknown as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    floats[at.halves / 4 + i] = square / 2 - unit * along;
    integers[at.biases / 4 + i] = -QUERY_BIAS * total;
    floats[at.units / 4 + i] = unit;
    bounds.add(facts);
  }

  const nearest = new NearestList(k, count);
  for (let first = 0; first < asked; first += block) {
    const size = Math.min(block, asked - first);
    const errors: number[] = [];
    for (let i = 0; i < size; i++) {
      round(queriesAt + 4 * (first + i) * width, at.roundedQueries + i * row, QUERY_BIAS);
      floats[at.queryUnits / 4 + i] = facts[0]!;
      errors.push(bounds.of(facts));
    }
    for (let group = 0; group < fours; group += part) {
      const offset = 16 * group;
      loop(
        ...(['RoughScores', at.roundedQueries, at.rounded + 4 * group * row] as const),
        ...([at.halves + offset, at.biases + offset, at.units + offset, at.queryUnits] as const),
        ...([at.scores + offset, Math.ceil(size / 2), Math.min(part, fours - group)] as const),
        ...([row / step, row, 16 * fours] as const),
      );
    }
    for (let i = 0; i < size; i++) {
      const from = at.scores / 4 + 4 * fours * i;
      const candidates = nearest.screen(floats, from, errors[i]!);
      for (let j = 0; j < candidates; j++)
        integers[at.list / 4 + j] = referencesAt + 4 * width * nearest.candidates[j]!;
      const groups = Math.ceil(candidates / 4);
      integers.fill(referencesAt, at.list / 4 + candidates, at.list / 4 + 4 * groups);
      const queryAt = queriesAt + 4 * (first + i) * width;
      loop('SquaredDistances', queryAt, at.list, groups, width / 8, at.squares);
      nearest.settle(floats, at.squares / 4, candidates, {
        width,
        query: queryAt / 4,
        references: referencesAt / 4,
      });
      integers.set(nearest.rows, outAt / 4 + (first + i) * k);
    }
  }
}

/** Room in the backend's memory, by the number of 4-byte words for each name: addresses, and views of the whole memory. */
function scratch<Names extends string>(backend: BackendWasm, own: OwnTensor, words: Record<Names, number>) {
  const sizes = Object.entries<number>(words);
  const total = sizes.reduce((sum, [, size]) => sum + size, 0);
  const tensor = own(backend.makeOutput([total], 'float32'));
  const room = valuesOf(backend, tensor).fill(0);
  let [next] = addressesOf(backend, tensor);
  const addresses = sizes.map(([name, size]) => {
    next += 4 * size;
    return [name, next - 4 * size] as const;
  });
  return {
    at: Object.fromEntries(addresses) as Record<Names, number>,
    floats: new Float32Array(room.buffer),
    integers: new Int32Array(room.buffer),
  };
}
