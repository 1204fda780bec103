import { UsageError } from '../core/index.js';

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
