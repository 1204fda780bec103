/** Where rows of single precision stand: indices of their first values in an array. */
export interface Rows {
  readonly width: number;
  readonly query: number;
  readonly references: number;
}

/** Added to limits on squares, since those of tiny numbers are zero in single precision. */
const LEAST = 1e-37;

/** Scores overflow only where their error is above this. */
const MOST_ERROR = 1e30;

/** Finds the k references nearest to a query, first among rough scores, then among distances in single and double precision. */
export class NearestList {
  /** References that {@link screen} left, in their order. */
  readonly candidates: Int32Array;
  /** The nearest references that {@link settle} found, near to far. */
  readonly rows: Int32Array;
  /** The k smallest numbers of a search. */
  readonly #best: Float64Array;

  constructor(
    k: number,
    readonly count: number,
  ) {
    this.candidates = new Int32Array(count);
    this.rows = new Int32Array(k);
    this.#best = new Float64Array(k);
  }

  /** Keeps the references that may be among the k nearest, given scores that are off by `error` at most. Returns their number. */
  screen(scores: Float32Array, from: number, error: number): number {
    const { candidates, count } = this;
    const best = this.#best.fill(Number.POSITIVE_INFINITY);
    const last = best.length - 1;
    let limit = Number.POSITIVE_INFINITY;
    let passed = 0;
    for (let i = 0; i < count; i++) {
      const score = scores[from + i]!;
      if (!(score <= limit)) continue;
      candidates[passed++] = i;
      if (score >= best[last]!) continue;
      let place = last;
      for (; place > 0 && best[place - 1]! > score; place--) best[place] = best[place - 1]!;
      best[place] = score;
      limit = best[last]! + 2 * error;
    }
    let kept = 0;
    for (let j = 0; j < passed; j++) {
      if (scores[from + candidates[j]!]! <= limit) candidates[kept++] = candidates[j]!;
    }
    if (kept >= best.length && error < MOST_ERROR) return kept;
    // Scores that overflow or are no numbers say nothing.
    for (let i = 0; i < count; i++) candidates[i] = i;
    return count;
  }

  /** Finds the nearest of the first candidates, given their squared distances in single precision. */
  settle(values: Float32Array, squares: number, candidates: number, rows: Rows): void {
    const best = this.#best.fill(Number.POSITIVE_INFINITY);
    const last = best.length - 1;
    for (let j = 0; j < candidates; j++) {
      const square = values[squares + j]!;
      if (!(square < best[last]!)) continue;
      this.#insert(this.candidates[j]!, square);
    }
    // Three times the relative error of a sum of that many squares, for what two of them may be off.
    const margin = 1 + 3 * (rows.width / 8 + 16) * 2 ** -24;
    const limit = best[last]! * margin + LEAST;
    let near = 0;
    let clear = limit < Number.POSITIVE_INFINITY;
    for (let j = 0; j < candidates; j++) if (values[squares + j]! <= limit) near++;
    for (let j = 0; j < last; j++) clear &&= best[j]! * margin + LEAST < best[j + 1]!;
    if (clear && near === best.length) return;
    const all = !(limit < Number.POSITIVE_INFINITY);
    best.fill(Number.POSITIVE_INFINITY);
    for (let j = 0; j < candidates; j++) {
      if (!all && !(values[squares + j]! <= limit)) continue;
      const square = squaredDistance(values, rows, this.candidates[j]!);
      if (square < best[last]!) this.#insert(this.candidates[j]!, square);
    }
  }

  #insert(row: number, square: number): void {
    const { rows } = this;
    const best = this.#best;
    let place = best.length - 1;
    for (; place > 0 && best[place - 1]! > square; place--) {
      best[place] = best[place - 1]!;
      rows[place] = rows[place - 1]!;
    }
    best[place] = square;
    rows[place] = row;
  }
}

/** In double precision. */
function squaredDistance(values: Float32Array, { width, query, references }: Rows, row: number): number {
  const from = references + row * width;
  let sum = 0;
  for (let j = 0; j < width; j++) {
    const difference = values[query + j]! - values[from + j]!;
    sum += difference * difference;
  }
  return sum;
}
