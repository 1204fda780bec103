import { checkRange } from '../core/checks.js';
import { UsageError } from '../core/errors.js';
import { checkFloats, checkList, listOf, numberFrom } from '../core/kindChecks.js';
import { ANTIPODAL } from './geodesic.js';
import { SHORTEST } from './normalize.js';
import { checkPoints } from './rows.js';

// The geometry of single points `[d]`, in double precision and without a backend. It is that of `slerp`, `lerp` and
// `angle`, which work on rows of tensors and have gradients; a test holds both to the same values. For a few numbers at a
// time this is far cheaper: a slerp of tensors takes some seventy kernels.

const checkShareOf = (name: string, value: number, of: string) =>
  checkRange(name, value, { least: -1e6, most: 1e6, of });

const named = (name: string, points: readonly Float32Array[]) =>
  Object.fromEntries(points.map((point, i) => [`${name}[${i}]`, point]));

/** `lerp` for one pair of points. */
export function lerpPoint(from: Float32Array, to: Float32Array, omega: number): Float32Array {
  checkPoints('lerpPoint', { from, to });
  checkShareOf('omega', omega, 'lerpPoint');
  const point = new Float32Array(from.length);
  for (let i = 0; i < point.length; i++) point[i] = (1 - omega) * from[i]! + omega * to[i]!;
  return point;
}

/** `slerp` for one pair of points. */
export function slerpPoint(from: Float32Array, to: Float32Array, omega: number): Float32Array {
  checkPoints('slerpPoint', { from, to });
  checkShareOf('omega', omega, 'slerpPoint');
  if (omega === 0) return from.slice();
  if (omega === 1) return to.slice();
  const { apart, together } = spans(from, to);
  const turn = 2 * Math.atan2(apart, together) * omega;
  const [along, across] = [Math.cos(turn), Math.sin(turn)];
  const direction = directionTo(from, to, apart, together);
  const point = new Float32Array(from.length);
  for (let i = 0; i < point.length; i++) point[i] = along * from[i]! + across * direction[i]!;
  return point;
}

/**
 * Carries the tangent from one point to another to a third: exp_at(share · Γ(log_from(to))), Γ being parallel transport from
 * `from` to `at`. The tensors' `expMap`, `transport` and `logMap` for one triple of points.
 */
export function carryPoint(
  from: Float32Array,
  to: Float32Array,
  at: Float32Array,
  share: number,
): Float32Array {
  checkPoints('carryPoint', { from, to, at });
  checkShareOf('share', share, 'carryPoint');
  const { direction, distance } = carriedWay(from, to, at);
  return walkFrom(at, direction, distance * share);
}

/** As `carryPoint`, for the sum of the tangents of several pairs: `pairs` holds the ends of the first, then of the second, and so on. */
export function scatterPoint(pairs: readonly Float32Array[], at: Float32Array, share: number): Float32Array {
  checkList('pairs', pairs, 'scatterPoint');
  if (pairs.length % 2 !== 0) throw new UsageError(`scatterPoint: ${pairs.length} points are no pairs`);
  checkPoints('scatterPoint', { at, ...named('pairs', pairs) });
  checkShareOf('share', share, 'scatterPoint');
  const sum = new Float64Array(at.length);
  for (let i = 0; i < pairs.length; i += 2) {
    const { direction, distance } = carriedWay(pairs[i]!, pairs[i + 1]!, at);
    for (let j = 0; j < sum.length; j++) sum[j]! += distance * direction[j]!;
  }
  return walkAlong(at, sum, share);
}

/** Steps of `meanPoint`, as many as `frechetMean` takes. */
const MEAN_STEPS = 10;

/** `frechetMean` of a few points with weights that add up to 1. */
export function meanPoint(points: readonly Float32Array[], weights: readonly number[]): Float32Array {
  listOf(checkFloats, 1)('points', points, 'meanPoint');
  checkPoints('meanPoint', named('points', points));
  listOf(numberFrom(0, 1))('weights', weights, 'meanPoint');
  if (weights.length !== points.length) {
    throw new UsageError(`meanPoint: ${weights.length} weights for ${points.length} points`, {
      hint: 'Give one weight a point.',
    });
  }
  // A point that has all the weight is its own mean, to the last bit.
  const whole = weights.indexOf(1);
  if (whole >= 0) return points[whole]!.slice();
  const start = new Float64Array(points[0]!.length);
  for (const [i, point] of points.entries())
    for (let j = 0; j < start.length; j++) start[j]! += weights[i]! * point[j]!;
  const length = lengthOf(start);
  let mean: Float32Array = Float32Array.from(
    length < ANTIPODAL ? points[0]! : start.map((value) => value / length),
  );
  for (let step = 0; step < MEAN_STEPS; step++) {
    const tangent = new Float64Array(mean.length);
    for (const [i, point] of points.entries()) {
      const { apart, together } = spans(mean, point);
      const direction = directionTo(mean, point, apart, together);
      const share = weights[i]! * 2 * Math.atan2(apart, together);
      for (let j = 0; j < tangent.length; j++) tangent[j]! += share * direction[j]!;
    }
    mean = walkAlong(mean, tangent, 1);
  }
  return mean;
}

/** The tangent from one point to another, carried to a third: a unit tangent there, and its length. */
function carriedWay(from: Float32Array, to: Float32Array, at: Float32Array) {
  const way = spans(from, to);
  const tangent = directionTo(from, to, way.apart, way.together);
  const { apart, together } = spans(from, at);
  const turn = 2 * Math.atan2(apart, together);
  const along = directionTo(from, at, apart, together);
  let part = 0;
  for (let i = 0; i < at.length; i++) part += tangent[i]! * along[i]!;
  const [toward, back] = [part * (Math.cos(turn) - 1), part * Math.sin(turn)];
  // Unit length again, and perpendicular to `at` but for rounding, which would add up along a long walk.
  const direction = unitAcross(
    tangent.map((value, i) => value + toward * along[i]! - back * from[i]!),
    at,
  );
  return { direction, distance: 2 * Math.atan2(way.apart, way.together) };
}

/** End of a walk from a point along a unit tangent, of the given length. */
function walkFrom(at: Float32Array, direction: Float64Array, distance: number): Float32Array {
  const [cos, sin] = [Math.cos(distance), Math.sin(distance)];
  const end = new Float32Array(at.length);
  for (let i = 0; i < end.length; i++) end[i] = cos * at[i]! + sin * direction[i]!;
  return end;
}

/** End of a walk from a point along a share of a tangent of any length. */
function walkAlong(at: Float32Array, tangent: Float64Array, share: number): Float32Array {
  const length = lengthOf(tangent);
  return walkFrom(at, unitAcross(tangent, at), length * share);
}

/** `angle` for one pair of points. */
export function anglePoint(u: Float32Array, v: Float32Array): number {
  checkPoints('anglePoint', { u, v });
  const { apart, together } = spans(u, v);
  return 2 * Math.atan2(apart, together);
}

/** Lengths of the difference and of the sum, at least `SHORTEST`. */
function spans(u: Float32Array, v: Float32Array) {
  let difference = 0;
  let sum = 0;
  for (let i = 0; i < u.length; i++) {
    difference += (v[i]! - u[i]!) ** 2;
    sum += (u[i]! + v[i]!) ** 2;
  }
  return {
    apart: Math.max(Math.sqrt(difference), SHORTEST),
    together: Math.max(Math.sqrt(sum), SHORTEST),
  };
}

function lengthOf(vector: Float64Array): number {
  let square = 0;
  for (let i = 0; i < vector.length; i++) square += vector[i]! * vector[i]!;
  return Math.sqrt(square);
}

/** Unit tangent at `start` toward `end`, as `geodesic` chooses it; shorter where they coincide. */
function directionTo(start: Float32Array, end: Float32Array, apart: number, together: number): Float64Array {
  const sign = together < apart && together >= ANTIPODAL ? 1 : -1;
  const toward = new Float64Array(start.length);
  for (let i = 0; i < toward.length; i++) toward[i] = end[i]! + sign * start[i]!;
  return unitAcross(together < ANTIPODAL ? leastAxis(toward) : toward, start);
}

/** `vector` without its part along a unit axis, scaled to length 1; in place. */
function unitAcross(vector: Float64Array, axis: Float32Array | Float64Array): Float64Array {
  let part = 0;
  for (let i = 0; i < vector.length; i++) part += axis[i]! * vector[i]!;
  let square = 0;
  for (let i = 0; i < vector.length; i++) {
    vector[i]! -= part * axis[i]!;
    square += vector[i]! ** 2;
  }
  const length = Math.max(Math.sqrt(square), SHORTEST);
  for (let i = 0; i < vector.length; i++) vector[i]! /= length;
  return vector;
}

/** The coordinate axis that is least along the vector. */
function leastAxis(vector: Float64Array): Float64Array {
  let least = 0;
  for (let i = 1; i < vector.length; i++) if (Math.abs(vector[i]!) < Math.abs(vector[least]!)) least = i;
  const axis = new Float64Array(vector.length);
  axis[least] = 1;
  return axis;
}
