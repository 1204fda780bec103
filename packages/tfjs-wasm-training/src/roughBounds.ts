/** Roundings of single precision, relative to what is rounded. */
const HALF_STEP = 2 ** -24;

/** Relative error of sums of squares and products over a row in single precision, with a reserve. */
const sumError = (width: number) => (width + 64) * HALF_STEP;

/** How far a rounded value may be off what `RoundRow` counts as its error, in units. */
const UNIT_ERROR = 2e-5;

/** What is added where products may fall below the least number of single precision. */
const LEAST = 1e-36;

/** A point to measure rows from before they are rounded: `center`, and the mean of the references less that. */
export interface Center {
  readonly center: Float32Array;
  readonly middle: Float32Array;
}

/**
 * The mean of rows, or the same number for all values where that leaves smaller ones.
 *
 * @param extents what `Extents` writes of the rows: smallest values, largest values and sums
 * @param dimension values of a row that are its own; the others are zero
 */
export function centerOf(extents: Float32Array, count: number, dimension: number): Center {
  const width = extents.length / 3;
  const mean = extents.slice(2 * width).map((sum) => sum / count);
  let [bottom, top, farthest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for (let j = 0; j < dimension; j++) {
    const [least, most] = [extents[j]!, extents[width + j]!];
    bottom = Math.min(bottom, least);
    top = Math.max(top, most);
    farthest = Math.max(farthest, most - mean[j]!, mean[j]! - least);
  }
  const level = Math.fround((top + bottom) / 2);
  if (farthest < Math.max(level - bottom, top - level))
    return { center: mean, middle: new Float32Array(width) };
  const center = new Float32Array(width).fill(level, 0, dimension);
  return { center, middle: mean.map((value, j) => value - center[j]!) };
}

/**
 * How far scores of rounded rows are off. With q and r a query and a reference less the center, q = q' + x and r = r' + y, where
 * q' and r' are rounded, and m the middle,
 *
 *     ‖q − r‖² / 2 = ‖q‖² / 2 − x·m + (‖r‖² / 2 − y·m − q'·r') − (q' − m)·y − x·(r − m)
 *
 * whose first terms are the same for all references. Those in brackets are the score; by Cauchy and Schwarz the others are at most
 * ‖q' − m‖ ‖y‖ + ‖x‖ ‖r − m‖. What single precision adds to that is estimated amply.
 */
export class RoughBounds {
  readonly #sumError: number;
  readonly #unitError: number;
  readonly #middle: number;
  /** Largest ‖r − m‖, ‖y‖, ‖r‖² and unit of the references. */
  #reach = 0;
  #blur = 0;
  #square = 0;
  #unit = 0;

  constructor(middle: Float32Array) {
    this.#sumError = sumError(middle.length);
    this.#unitError = UNIT_ERROR * Math.sqrt(middle.length);
    this.#middle = Math.sqrt(middle.reduce((sum, value) => sum + value * value, 0));
  }

  /** Takes the facts of a reference into account, as `RoundRow` writes them. */
  add(facts: Float32Array): void {
    const { unit, blur, apart } = this.#lengths(facts);
    this.#reach = Math.max(this.#reach, apart + blur);
    this.#blur = Math.max(this.#blur, blur);
    this.#square = Math.max(this.#square, facts[2]!);
    this.#unit = Math.max(this.#unit, unit);
  }

  /**
   * Largest error of the scores of a query and of what is the same for all of them, given its facts. It is not finite where values
   * are not, or too large.
   */
  of(facts: Float32Array): number {
    const { unit, blur, apart } = this.#lengths(facts);
    const lengths = (apart + this.#middle) * (this.#reach + this.#middle + this.#blur);
    return (
      blur * this.#reach +
      apart * this.#blur +
      this.#sumError * (this.#square + facts[2]! + this.#middle * (this.#blur + blur) + lengths) +
      (this.#unit + unit) * this.#unitError * this.#middle +
      LEAST
    );
  }

  /** The unit of a rounded row, the length of what rounding took off, and that of the rounded row less the middle. */
  #lengths([unit, errors, , , apart]: Float32Array) {
    const more = 1 + this.#sumError;
    return {
      unit: unit!,
      blur: unit! * (Math.sqrt(errors!) * more + this.#unitError),
      apart: Math.sqrt(apart!) * more + this.#sumError * this.#middle,
    };
  }
}
