import { checkShare } from '../core/checks.js';
import { squareWithin } from './exactKnn.js';
import type { Features } from './knnEngine.js';

/** Wish about inputs that are of no known class. */
export interface UnknownOptions {
  /** Share of inputs of known classes that may be called unknown, in [0, 1]. Default 0.05. */
  readonly falseAlarms?: number;
}

/** Share of false alarms where none is named. */
export const FALSE_ALARMS = 0.05;

/** A limit on the distance to the nearest example, and what it promises. */
export interface Calibration {
  /** Largest distance to the nearest example that is still known. `Infinity` with fewer than 2 examples: all is known. */
  readonly threshold: number;
  /**
   * Largest expected share of new inputs, of the known classes and like the examples, that are called unknown, in [0, 1]: the
   * share asked for, or 1 / (n + 1) where n examples are too few for it.
   */
  readonly falseAlarms: number;
  /** Number of examples that were measured: those that were made of others are not. */
  readonly examples: number;
}

/** Throws a `UsageError` unless the share of false alarms is one. */
export function falseAlarmsOf({ falseAlarms = FALSE_ALARMS }: UnknownOptions): number {
  checkShare('falseAlarms', falseAlarms);
  return falseAlarms;
}

/**
 * The limit by conformal prediction (Papadopoulos et al., "Inductive Confidence Machines", ECML 2002): the
 * ⌈(n + 1)(1 − α)⌉-th smallest of n distances. A new input is as likely as any example to be the farthest from all others, so
 * it is above the limit with probability α at most. Leaving one out, an example has one neighbor fewer than the input has, so
 * the distances are rather too large, never too small.
 *
 * @param distances distance of each example to the nearest other one
 */
export function calibrated(distances: readonly number[], asked: number): Calibration {
  const examples = distances.length;
  if (examples < 2) return { threshold: Number.POSITIVE_INFINITY, falseAlarms: 0, examples };
  const falseAlarms = Math.max(asked, 1 / (examples + 1));
  // Less a rounding error, which would be rounded up to the next rank.
  const rank = Math.ceil((examples + 1) * (1 - falseAlarms) - 1e-9);
  const sorted = Float64Array.from(distances).sort();
  return { threshold: sorted[Math.max(1, rank) - 1]!, falseAlarms, examples };
}

/**
 * Distances of examples to the nearest other one. They grow with the examples: one more is compared with those before it.
 * Images that were made of others are left out, since they lie nearer to those than new images do.
 */
export class LeaveOneOut {
  readonly #rows: Float32Array[] = [];
  readonly #squares: number[] = [];
  #seen = 0;

  /** The distances, given all examples: those of the last call and new ones behind them. */
  distances({ values, dimension, labels }: Features, isMade: (example: number) => boolean): number[] {
    for (; this.#seen < labels.length; this.#seen++) {
      if (isMade(this.#seen)) continue;
      const row = values.slice(this.#seen * dimension, (this.#seen + 1) * dimension);
      let nearest = Number.POSITIVE_INFINITY;
      for (const [i, other] of this.#rows.entries()) {
        const square = squareWithin(other, 0, row, Math.max(nearest, this.#squares[i]!));
        nearest = Math.min(nearest, square);
        this.#squares[i] = Math.min(this.#squares[i]!, square);
      }
      this.#rows.push(row);
      this.#squares.push(nearest);
    }
    return this.#squares.map(Math.sqrt);
  }
}
