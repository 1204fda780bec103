import { ANTIPODAL } from './geodesic.js';
import { SHORTEST } from './normalize.js';

// The geometry of single points `[d]`, in double precision and without a backend. It is that of `slerp`, `lerp` and
// `angle`, which work on rows of tensors and have gradients; a test holds both to the same values. For a few numbers at a
// time this is far cheaper: a slerp of tensors takes some seventy kernels.

/** `lerp` for one pair of points. */
export function lerpPoint(from: Float32Array, to: Float32Array, omega: number): Float32Array {
  return from.map((value, i) => (1 - omega) * value + omega * to[i]!);
}

/** `slerp` for one pair of points. */
export function slerpPoint(from: Float32Array, to: Float32Array, omega: number): Float32Array {
  if (omega === 0) return from.slice();
  if (omega === 1) return to.slice();
  const direction = directionTo(from, to);
  const turn = anglePoint(from, to) * omega;
  const [along, across] = [Math.cos(turn), Math.sin(turn)];
  return from.map((value, i) => along * value + across * direction[i]!);
}

/** `angle` for one pair of points. */
export function anglePoint(u: Float32Array, v: Float32Array): number {
  const { apart, together } = spans(u, v);
  return 2 * Math.atan2(apart, together);
}

/** Lengths of the difference and of the sum, at least `SHORTEST`. */
function spans(u: Float32Array, v: Float32Array) {
  let [difference, sum] = [0, 0];
  for (let i = 0; i < u.length; i++) {
    difference += (v[i]! - u[i]!) ** 2;
    sum += (u[i]! + v[i]!) ** 2;
  }
  return {
    apart: Math.max(Math.sqrt(difference), SHORTEST),
    together: Math.max(Math.sqrt(sum), SHORTEST),
  };
}

/** Unit tangent at `start` toward `end`, as `geodesic` chooses it; shorter where they coincide. */
function directionTo(start: Float32Array, end: Float32Array): Float64Array {
  const { apart, together } = spans(start, end);
  const chord = Float64Array.from(end, (value, i) => value - start[i]!);
  let toward: Float64Array = chord;
  if (together < ANTIPODAL) toward = perpendicular(chord);
  else if (together < apart) toward = Float64Array.from(end, (value, i) => value + start[i]!);
  return unit(without(toward, start));
}

/** `vector` without its part along a unit axis. */
function without(vector: Float64Array, axis: Float32Array | Float64Array): Float64Array {
  let part = 0;
  for (let i = 0; i < vector.length; i++) part += axis[i]! * vector[i]!;
  return vector.map((value, i) => value - part * axis[i]!);
}

function unit(vector: Float64Array): Float64Array {
  const length = Math.max(Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0)), SHORTEST);
  return vector.map((value) => value / length);
}

/** The coordinate axis that is least along the vector, made perpendicular to it. */
function perpendicular(vector: Float64Array): Float64Array {
  let least = 0;
  for (let i = 1; i < vector.length; i++) if (Math.abs(vector[i]!) < Math.abs(vector[least]!)) least = i;
  const axis = new Float64Array(vector.length);
  axis[least] = 1;
  return without(axis, unit(vector));
}
