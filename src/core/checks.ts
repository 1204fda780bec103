import { UsageError } from './errors.js';

/**
 * Index of the first value that is NaN or infinite, or −1. A first loop over all values has no branches (v − v is 0 for a
 * finite v and NaN for any other), since a callback for each would cost more than a decoder does. Two sums run side by
 * side, so that an addition need not wait for the one before.
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

/** Range of a whole number. */
export interface CountRange {
  /** Default 1. */
  readonly least?: number;
  /** Default: no limit, but the number is finite. `Infinity` allows infinity, too. */
  readonly most?: number;
  /** Prefix of the message: what has this option, such as an operator. */
  readonly of?: string;
}

function refuse(name: string, value: number, expected: string, of?: string): never {
  const prefix = of === undefined ? '' : `${of}: `;
  throw new UsageError(`${prefix}${name} is ${value}, but must be ${expected}`, { option: name });
}

/** Throws a `UsageError` that names the option unless its value is a whole number from `least` to `most`. */
export function checkCount(
  name: string,
  value: number,
  { least = 1, most = Number.MAX_SAFE_INTEGER, of }: CountRange = {},
): void {
  const whole = Number.isSafeInteger(value) || value === Number.POSITIVE_INFINITY;
  if (whole && value >= least && value <= most) return;
  const range = most < Number.MAX_SAFE_INTEGER ? `from ${least} to ${most}` : `of at least ${least}`;
  refuse(name, value, `a whole number ${range}`, of);
}

/** Throws a `UsageError` that names the option unless its value is a whole number. */
export function checkSeed(name: string, value: number, of?: string): void {
  if (!Number.isSafeInteger(value)) refuse(name, value, 'a whole number', of);
}

/** True for a number in [0, 1]. */
export const isShare = (value: number): boolean => Number.isFinite(value) && value >= 0 && value <= 1;

/** Throws a `UsageError` that names the option unless its value is in [0, 1]. */
export function checkShare(name: string, value: number): void {
  if (!isShare(value)) refuse(name, value, 'a number in [0, 1]');
}

/** Throws a `UsageError` that names the option unless its value is a finite number above 0, and up to `most`. */
export function checkPositive(
  name: string,
  value: number,
  { most, of }: { readonly most?: number; readonly of?: string } = {},
): void {
  if (value > 0 && Number.isFinite(value) && value <= (most ?? value)) return;
  refuse(name, value, `a number above 0${most === undefined ? '' : ` and up to ${most}`}`, of);
}

/** Throws a `UsageError` that names the option unless its value is a finite number from `least` to `most`. */
export function checkRange(
  name: string,
  value: number,
  { least, most, of }: { readonly least: number; readonly most?: number; readonly of?: string },
): void {
  if (Number.isFinite(value) && value >= least && value <= (most ?? value)) return;
  refuse(
    name,
    value,
    `a number ${most === undefined ? `of at least ${least}` : `from ${least} to ${most}`}`,
    of,
  );
}
