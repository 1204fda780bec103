import { UsageError } from '../../core/index.js';

/** Throws a `UsageError` that names the first option that is no number of at least `least` and at most `most`. */
export function assertBetween(
  learner: string,
  options: Readonly<Record<string, number>>,
  least: number,
  most = Number.MAX_VALUE,
): void {
  for (const [name, value] of Object.entries(options)) {
    if (value >= least && value <= most) continue;
    const range = most === Number.MAX_VALUE ? `at least ${least}` : `from ${least} to ${most}`;
    throw new UsageError(`${learner}: ${name} is ${value}, but must be a number ${range}`);
  }
}

/** Throws a `UsageError` that names the first option that is no whole number of at least 1. */
export function assertWhole(learner: string, options: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(options)) {
    if (Number.isInteger(value) && value >= 1) continue;
    throw new UsageError(`${learner}: ${name} is ${value}, but must be a whole number of at least 1`);
  }
}
