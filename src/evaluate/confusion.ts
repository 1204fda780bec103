import type { Label } from '../core/index.js';

/** How queries of each class were classified. */
export interface Confusion {
  readonly classes: readonly Label[];
  /** Queries by their class, row by row, and by the class that they were put in: places in `classes`. */
  readonly counts: readonly (readonly number[])[];
}

/**
 * Counts predictions by the truth.
 *
 * @param predicted a class for each query, as an index into `classes`
 * @param truth the class it is of, likewise
 */
export function confusionOf(predicted: Int32Array, truth: Int32Array, classes: readonly Label[]): Confusion {
  const counts = classes.map(() => classes.map(() => 0));
  for (const [i, label] of truth.entries()) counts[label]![predicted[i]!]!++;
  return { classes, counts };
}

/** Share of queries that were put in their class, in [0, 1]. */
export function accuracyOf({ counts }: Confusion): number {
  const right = counts.reduce((sum, row, own) => sum + row[own]!, 0);
  return right / counts.flat().reduce((sum, count) => sum + count, 0);
}

/** The sum of confusions over these classes, each of which may know a part of them. */
export function sumOf(confusions: readonly Confusion[], classes: readonly Label[]): Confusion {
  const counts = classes.map(() => classes.map(() => 0));
  for (const { classes: own, counts: found } of confusions) {
    const places = own.map((label) => classes.indexOf(label));
    for (const [truth, row] of found.entries())
      for (const [predicted, count] of row.entries()) counts[places[truth]!]![places[predicted]!]! += count;
  }
  return { classes, counts };
}
