import { DataError } from '../../src/core/errors.js';

/**
 * The row of a result that has these values.
 *
 * @throws DataError naming them when there is none
 */
export function rowWith<Row extends object>(rows: readonly Row[], values: Partial<Row>): Row {
  const wanted = Object.entries(values) as [keyof Row, unknown][];
  const found = rows.find((row) => wanted.every(([key, value]) => row[key] === value));
  if (found !== undefined) return found;
  const what = wanted.map(([key, value]) => `${String(key)} ${value}`).join(', ');
  throw new DataError(`the result has no row with ${what}`, { hint: 'It is not complete: make it again.' });
}

/** The values without repeats, in the order in which each comes first. */
export const unique = <Value>(values: readonly Value[]): Value[] => [...new Set(values)];
