import type { Lab } from './lab.js';

/** What every result file says about itself. */
export interface ResultHead {
  readonly schema: string;
  /** The command that makes these figures again. */
  readonly command: string;
  readonly scale: 'full' | 'quick';
  readonly seeds: readonly number[];
  readonly backend: string;
  readonly versions: Readonly<Record<string, string>>;
}

/** A table or figure of the poster: how it is measured, and how its result is drawn. */
export interface Exhibit<Body> {
  readonly schema: string;
  /** Seeds that its figures depend on. Default: those of the scale, one an encoder. */
  readonly seeds?: readonly number[];
  measure(lab: Lab): Promise<Body>;
  /** The same, but with what an earlier result has in place of measuring it again; absent where there is no such way. */
  extend?(lab: Lab, before: Body): Promise<Body>;
  /** Files by their ending, such as `md` and `svg`, from the result alone. */
  draw(result: ResultHead & Body): Promise<Readonly<Record<string, string>>>;
}
