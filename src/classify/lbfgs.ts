/** A function to minimize: writes its gradient at a point into `gradient` and returns its value there. */
export type Objective = (point: Float64Array, gradient: Float64Array) => number;

export interface LbfgsOptions {
  /** Most steps. Default: 200. */
  readonly iterations?: number;
  /** Largest absolute component of the gradient at the end. Default: 1e-6. */
  readonly tolerance?: number;
}

export interface Minimum {
  readonly point: Float64Array;
  readonly value: number;
  /** Number of steps. */
  readonly iterations: number;
  /** True if the gradient is within the tolerance. */
  readonly converged: boolean;
}

/** Number of steps that the estimate of the curvature remembers. */
const MEMORY = 10;
/** Share of the decrease predicted by the slope that a step must reach (Armijo). */
const SUFFICIENT = 1e-4;
/** Most halvings of a step. */
const HALVINGS = 40;

interface Pair {
  readonly step: Float64Array;
  readonly change: Float64Array;
  readonly product: number;
}

const dot = (a: Float64Array, b: Float64Array) => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
};

/**
 * Minimizes a smooth convex function by L-BFGS (Nocedal and Wright, *Numerical Optimization*, algorithm 7.5). A step is halved
 * until the value decreases enough. The same start gives the same steps.
 */
export function lbfgs(
  objective: Objective,
  start: Float64Array,
  { iterations = 200, tolerance = 1e-6 }: LbfgsOptions = {},
): Minimum {
  let point = Float64Array.from(start);
  let gradient = new Float64Array(point.length);
  let value = objective(point, gradient);
  const pairs: Pair[] = [];
  const largest = () => gradient.reduce((most, part) => Math.max(most, Math.abs(part)), 0);
  let made = 0;
  for (; made < iterations && largest() > tolerance; made++) {
    const direction = descent(gradient, pairs);
    const slope = dot(gradient, direction);
    // Without an estimate of the curvature, the first step is no longer than 1.
    let size = pairs.length === 0 ? Math.min(1, 1 / Math.sqrt(dot(gradient, gradient))) : 1;
    const next = new Float64Array(point.length);
    const nextGradient = new Float64Array(point.length);
    let nextValue = Number.NaN;
    let halvings = 0;
    for (; halvings < HALVINGS; halvings++, size /= 2) {
      for (let i = 0; i < next.length; i++) next[i] = point[i]! + size * direction[i]!;
      nextValue = objective(next, nextGradient);
      if (nextValue <= value + SUFFICIENT * size * slope) break;
    }
    // No step decreases the value: the rest is rounding.
    if (halvings === HALVINGS) break;
    const step = next.map((to, i) => to - point[i]!);
    const change = nextGradient.map((to, i) => to - gradient[i]!);
    const product = dot(step, change);
    // A pair without curvature would spoil the estimate.
    if (product > 1e-12 * dot(change, change)) pairs.push({ step, change, product });
    if (pairs.length > MEMORY) pairs.shift();
    point = next;
    gradient = nextGradient;
    value = nextValue;
  }
  return { point, value, iterations: made, converged: largest() <= tolerance };
}

/** Direction of descent: minus the estimate of the inverse Hessian times the gradient, by the two-loop recursion. */
function descent(gradient: Float64Array, pairs: readonly Pair[]): Float64Array {
  const direction = gradient.map((part) => -part);
  const shares: number[] = [];
  const add = (vector: Float64Array, share: number) => {
    for (let i = 0; i < vector.length; i++) direction[i]! += share * vector[i]!;
  };
  for (const { step, change, product } of pairs.toReversed()) {
    const share = dot(step, direction) / product;
    shares.push(share);
    add(change, -share);
  }
  const last = pairs.at(-1);
  if (last !== undefined) {
    const scale = last.product / dot(last.change, last.change);
    for (let i = 0; i < direction.length; i++) direction[i]! *= scale;
  }
  for (const { step, change, product } of pairs) {
    add(step, shares.pop()! - dot(change, direction) / product);
  }
  return direction;
}
