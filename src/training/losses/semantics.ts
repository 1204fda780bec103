import { checkPositive } from '../../core/checks.js';

/**
 * How far apart two labels are in meaning. It must be symmetric, 0 for equal labels and never negative. The ones here
 * are scaled so that 1 is the largest, which makes a margin comparable between them.
 */
export type Semantics = (a: number, b: number) => number;

/** Labels are names: 0 if equal, else 1. */
export const nominal: Semantics = (a, b) => (a === b ? 0 : 1);

/**
 * Labels are values on a line (digits in numerical order, ages): |a − b| / range.
 *
 * @param range the largest difference that occurs, 9 for digits: then 1 is the largest semantic distance.
 *   1 keeps the values' own unit.
 * @throws UsageError when `range` is not a positive number
 */
export function ordinal(range: number): Semantics {
  checkPositive('range', range);
  return (a, b) => Math.abs(a - b) / range;
}

/**
 * Labels are places on a circle (yaw, hours): the shorter way round, as a share of half the period, so that opposite
 * places are 1 apart.
 *
 * @param period length of a full turn in the labels' unit, for example 360 for degrees
 * @throws UsageError when `period` is not a positive number
 */
export function circular(period: number): Semantics {
  checkPositive('period', period);
  return (a, b) => {
    const forward = Math.abs(a - b) % period;
    return (2 * Math.min(forward, period - forward)) / period;
  };
}
