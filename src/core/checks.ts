import { UsageError } from './errors.js';
import { anyAbove } from './loops/bitScan.js';
import { shown } from './shown.js';

/** Bits of a float but its sign, and those of the largest that is finite. */
const [MAGNITUDE, FINITE] = [0x7fffffff, 0x7f7fffff];

/** Index of the first value that is NaN or infinite, or −1. */
export function firstNonFinite(values: Float32Array): number {
  return anyAbove(values, MAGNITUDE, FINITE) ? values.findIndex((value) => !Number.isFinite(value)) : -1;
}

/** Largest distance of a pixel from [0, 1]: more than rounding adds, and less than a level of 8 bits. */
const ROUNDING = 1e-3;

const [LEAST, MOST] = [Math.fround(-ROUNDING), Math.fround(1 + ROUNDING)];

const MOST_BITS = new Int32Array(Float32Array.of(MOST).buffer)[0]!;

/** Index of the first value that is not finite or not in [0, 1], up to rounding, or −1. Negative ones have the highest bits. */
export function firstNoPixel(values: Float32Array): number {
  if (!anyAbove(values, -1, MOST_BITS)) return -1;
  return values.findIndex((value) => !(value >= LEAST && value <= MOST));
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

/** Throws the `UsageError` for an argument or option of the wrong kind. */
export function refuse(name: string, value: unknown, expected: string, of?: string, hint?: string): never {
  const prefix = of === undefined ? '' : `${of}: `;
  throw new UsageError(`${prefix}${name} is ${shown(value)}, but must be ${expected}`, {
    option: name,
    ...(hint === undefined ? {} : { hint }),
  });
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
export function checkSeed(name: string, value: unknown, of?: string): void {
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
  if (Number.isFinite(value) && value > 0 && value <= (most ?? value)) return;
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
