import { UsageError } from './errors.js';

/**
 * Index of the first value that is NaN or infinite, or −1. All values are looked at in one loop without branches first
 * (v − v is 0 for a finite v and NaN for any other), as a callback for each would cost more than a decoder does. Two sums
 * run side by side, so that an addition need not wait for the one before.
 */
export function firstNonFinite(values: Float32Array): number {
  const { length } = values;
  let [even, odd] = [0, 0];
  let i = 0;
  for (; i + 1 < length; i += 2) {
    const [a, b] = [values[i]!, values[i + 1]!];
    even += a - a;
    odd += b - b;
  }
  if (i < length) even += values[i]! - values[i]!;
  return even + odd === 0 ? -1 : values.findIndex((value) => !Number.isFinite(value));
}

/** Throws a `UsageError` naming the first of these that is no whole number or below its least, which is 1 unless it is said. */
export function assertWholeNumbers<Name extends string>(
  values: Readonly<Record<Name, number>>,
  leasts?: Readonly<Partial<Record<Name, number>>>,
): void {
  for (const [name, value] of Object.entries(values) as [Name, number][]) {
    const least = leasts?.[name] ?? 1;
    if (Number.isSafeInteger(value) && value >= least) continue;
    throw new UsageError(`${name} is ${value}, but must be a whole number of at least ${least}`);
  }
}

/** Throws a `UsageError` that names the option unless it is a whole number from `least` to `most`. */
export function assertCount(
  name: string,
  value: number,
  least: number,
  most = Number.MAX_SAFE_INTEGER,
): void {
  if ((Number.isInteger(value) || value === Number.POSITIVE_INFINITY) && value >= least && value <= most)
    return;
  throw new UsageError(`${name} must be a whole number of at least ${least}, not ${value}`);
}
