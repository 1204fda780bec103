import { checkPositive } from '../../core/checks.js';

/**
 * Semantic distance of two labels. It must be symmetric, 0 for equal labels and never negative. The ones here
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
 * @throws UsageError unless `range` is a positive number
 */
export function ordinal(range: number): Semantics {
  checkPositive('range', range);
  return (a, b) => Math.abs(a - b) / range;
}

/**
 * Labels are positions on a circle (yaw, hours): the shorter arc as a share of half the period, so that opposite labels
 * are 1 apart.
 *
 * @param period length of a full turn in the labels' unit, for example 360 for degrees
 * @throws UsageError unless `period` is a positive number
 */
export function circular(period: number): Semantics {
  checkPositive('period', period);
  return (a, b) => {
    const forward = Math.abs(a - b) % period;
    return (2 * Math.min(forward, period - forward)) / period;
  };
}
