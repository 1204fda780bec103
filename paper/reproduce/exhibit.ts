import { DataError } from '../../src/core/errors.js';
import type { Lab } from './lab.js';

/** First fields of every result file. */
export interface ResultHead {
  readonly schema: string;
  /** The command that makes these figures again. */
  readonly command: string;
  readonly scale: 'full' | 'quick';
  readonly seeds: readonly number[];
  readonly backend: string;
  readonly versions: Readonly<Record<string, string>>;
}

/** Costly work of an exhibit, whose outcome the lab keeps. Any machine can do it, before the exhibit is measured. */
export interface Piece {
  /** The encoder that it needs, or its own name if that is shipped. One machine makes all pieces of a name. */
  readonly name: string;
  make(): Promise<unknown>;
}

/** A table or figure of the poster: its measurement, and the drawing of its result. */
export interface Exhibit<Body> {
  readonly schema: string;
  /** Seeds of its figures. Default: those of the scale, one for each encoder. */
  readonly seeds?: readonly number[];
  /** All costly work of the measurement, which several machines may share. */
  pieces(lab: Lab): readonly Piece[];
  measure(lab: Lab): Promise<Body>;
  /** Measures only what an earlier result lacks. Absent if the exhibit cannot be extended. */
  extend?(lab: Lab, before: Body): Promise<Body>;
  /** Draws files by their ending, such as `md` and `svg`, from the result alone. */
  draw(result: ResultHead & Body): Promise<Readonly<Record<string, string>>>;
}

/**
 * Returns the row of a result that has these values.
 *
 * @throws DataError naming the values if there is no such row
 */
export function rowWith<Row extends object>(rows: readonly Row[], values: Partial<Row>): Row {
  const wanted = Object.entries(values) as [keyof Row, unknown][];
  const found = rows.find((row) => wanted.every(([key, value]) => row[key] === value));
  if (found !== undefined) return found;
  const what = wanted.map(([key, value]) => `${String(key)} ${value}`).join(', ');
  throw new DataError(`the result has no row with ${what}`, { hint: 'It is not complete: make it again.' });
}

/** Distinct values in the order of their first occurrence. */
export const unique = <Value>(values: readonly Value[]): Value[] => [...new Set(values)];
