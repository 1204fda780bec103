import { UsageError } from './errors.js';

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
