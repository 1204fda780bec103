import type { Place } from '../protocol.js';

/** Steps until an axis has settled. */
const STEPS = 40;
/** How much the axes are evened out: 0 leaves their spread, 1 makes all alike. */
const EVENED = 0.75;
/** Lengths below are nothing. */
const NOTHING = 1e-6;

/**
 * A map of codes onto a sphere in space: the three main axes of the examples (of their second moments, not about their mean),
 * evened out, and then at length 1. As all before the last step is linear, a great circle between codes stays a great circle.
 */
export class SphereMap {
  #axes: Float64Array[] = [];
  #scales: number[] = [];

  /** Lays the axes through examples, each near the axis that it was before. */
  fit(codes: readonly Float32Array[]): void {
    const [first] = codes;
    if (first === undefined) return;
    const mean = first.map((_, i) => codes.reduce((sum, code) => sum + code[i]!, 0) / codes.length);
    const differences = codes.map((code) => Float64Array.from(code, (value, i) => value - mean[i]!));
    const fresh = [Float64Array.from(mean), differences[0]!, differences.at(-1)!];
    const axes: Float64Array[] = [];
    for (const [i, start] of fresh.entries()) {
      const before = this.#axes[i];
      const isKept = before?.length === start.length && lengthOf(before) > NOTHING;
      axes.push(settled(isKept ? before.map((value, j) => value + NOTHING * start[j]!) : start, codes, axes));
    }
    this.#axes = axes;
    this.#scales = axes.map((axis) => {
      const spread = Math.sqrt(codes.reduce((sum, code) => sum + dot(axis, code) ** 2, 0) / codes.length);
      return spread > NOTHING ? spread ** -EVENED : 0;
    });
  }

  /** The place of a code. The first axis, which all codes have in common, points to the eye. */
  place(code: Float32Array): Place {
    const [z = 0, x = 0, y = 0] = this.#axes.map((axis, i) => dot(axis, code) * this.#scales[i]!);
    const length = Math.hypot(x, y, z);
    return length > NOTHING ? [x / length, y / length, z / length] : [0, 0, 1];
  }
}

/** An axis of greatest spread across others, from a start, by the power method. */
function settled(
  start: Float64Array,
  codes: readonly Float32Array[],
  others: readonly Float64Array[],
): Float64Array {
  let axis = unit(across(start, others));
  for (let step = 0; step < STEPS; step++) {
    const next = new Float64Array(axis.length);
    for (const code of codes) {
      const share = dot(axis, code);
      for (let i = 0; i < next.length; i++) next[i]! += share * code[i]!;
    }
    axis = unit(across(next, others));
  }
  return axis;
}

/** A vector without its parts along unit axes. */
function across(vector: Float64Array, axes: readonly Float64Array[]): Float64Array {
  for (const axis of axes) {
    const share = dot(axis, vector);
    vector = vector.map((value, i) => value - share * axis[i]!);
  }
  return vector;
}

function unit(vector: Float64Array): Float64Array {
  const length = lengthOf(vector);
  return vector.map((value) => (length > NOTHING ? value / length : 0));
}

const lengthOf = (vector: Float64Array): number => Math.sqrt(dot(vector, vector));

function dot(axis: Float64Array, vector: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < axis.length; i++) sum += axis[i]! * vector[i]!;
  return sum;
}
