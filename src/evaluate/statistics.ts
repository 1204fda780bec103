import { mean, sampleStandardDeviation } from 'simple-statistics';
import { checkCount } from '../core/checks.js';
import { UsageError } from '../core/errors.js';
import { listOf, numberFrom } from '../core/kindChecks.js';

/** A mean with half the width of its 95 % confidence interval. */
export interface Estimate {
  readonly mean: number;
  /** `null` where a single value gives no interval; never NaN. */
  readonly ci95: number | null;
}

/** 97.5 % points of Student's t for 1 … 30 degrees of freedom. */
const T_975 = [
  12.7062, 4.30265, 3.18245, 2.77645, 2.57058, 2.44691, 2.36462, 2.306, 2.26216, 2.22814, 2.20099, 2.17881,
  2.16037, 2.14479, 2.13145, 2.11991, 2.10982, 2.10092, 2.09302, 2.08596, 2.07961, 2.07387, 2.06866, 2.0639,
  2.05954, 2.05553, 2.05183, 2.04841, 2.04523, 2.04227,
];
const Z_975 = 1.959964;

/** 97.5 % point of Student's t: from the table up to 30 degrees of freedom, above by its expansion in 1/df (error < 1e-5). */
export function studentT975(degrees: number): number {
  const z = Z_975;
  const expansion =
    z +
    (z ** 3 + z) / (4 * degrees) +
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * degrees ** 2) +
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / (384 * degrees ** 3);
  return T_975[degrees - 1] ?? expansion;
}

/** Mean of independent values and its 95 % confidence interval by Student's t. Throws a `UsageError` for no values. */
export function estimate(values: readonly number[]): Estimate {
  listOf(numberFrom(-Number.MAX_VALUE), 1)('values', values, 'estimate');
  const average = mean([...values]);
  if (values.length < 2) return { mean: average, ci95: null };
  const error = sampleStandardDeviation([...values]) / Math.sqrt(values.length);
  return { mean: average, ci95: studentT975(values.length - 1) * error };
}

/** Mean of the differences of two arms over the same episodes, with its interval. */
export function pairedDifference(values: readonly number[], against: readonly number[]): Estimate {
  for (const [name, side] of Object.entries({ values, against }))
    listOf(numberFrom(-Number.MAX_VALUE))(name, side, 'pairedDifference');
  if (values.length !== against.length) {
    throw new UsageError(`${values.length} values cannot be paired with ${against.length}`, {
      hint: 'Give the same episodes on both sides.',
    });
  }
  return estimate(values.map((value, episode) => value - against[episode]!));
}

/** Share of hits among independent trials, with its 95 % interval. */
export interface Proportion {
  /** In [0, 1]. */
  readonly share: number;
  /** Wilson's score interval, which stays in [0, 1] and is not empty at 0 and 1. */
  readonly ci95: readonly [low: number, high: number];
}

/** `hits` of `total` as a share, with Wilson's interval ("Probable inference", JASA 22, 1927). `total` is at least 1. */
export function proportion(hits: number, total: number): Proportion {
  checkCount('total', total, { of: 'proportion' });
  checkCount('hits', hits, { least: 0, most: total, of: 'proportion' });
  const square = Z_975 ** 2;
  const middle = (hits + square / 2) / (total + square);
  const half = (Z_975 * Math.sqrt((hits * (total - hits)) / total + square / 4)) / (total + square);
  return { share: hits / total, ci95: [Math.max(0, middle - half), Math.min(1, middle + half)] };
}
