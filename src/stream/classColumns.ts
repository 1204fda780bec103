import { DataError, type Label, type LabeledImage, labelSharesOf, UsageError } from '../core/index.js';

/** How far shares may be from adding up to 1: what single precision leaves of a few sums. */
const ROUNDING = 1e-5;

/** Class names in the order of columns, from a list of them or from their number *n*, which means the labels 0 … n − 1. */
export function classColumns(classes: readonly Label[] | number): readonly Label[] {
  if (typeof classes === 'number') {
    if (!Number.isSafeInteger(classes) || classes < 1)
      throw new UsageError(
        `classes must be a list of labels or a whole number of at least 1, not ${classes}`,
      );
    return Array.from({ length: classes }, (_, label) => label);
  }
  if (classes.length === 0) throw new UsageError('classes must name at least one class');
  const twice = classes.find((label, i) => classes.indexOf(label) < i);
  if (twice !== undefined) throw new UsageError(`classes names ${String(twice)} twice`);
  return classes;
}

/** Every class that has a share in one of the images: numbers first, each kind in ascending order. */
export function classesAmong(images: readonly LabeledImage[]): Label[] {
  const labels = new Set(images.flatMap((image) => labelSharesOf(image).map(({ label }) => label)));
  const rank = (label: Label) => (typeof label === 'number' ? 0 : 1);
  return [...labels].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : a > b ? 1 : 0));
}

/**
 * A distribution over the classes for each image, row by row: one-hot, or the shares of its `labels`.
 *
 * @throws DataError for a label that is not among the classes, and for shares that do not add up to 1
 */
export function classDistributions(images: readonly LabeledImage[], classes: readonly Label[]): Float32Array {
  const columns = new Map(classes.map((label, column) => [label, column]));
  const rows = new Float32Array(images.length * classes.length);
  for (const [i, image] of images.entries()) {
    let sum = 0;
    for (const { label, weight } of labelSharesOf(image)) {
      const column = columns.get(label);
      if (column === undefined) {
        throw new DataError(`image ${i} has a share of ${String(label)}, which is not among the classes`, {
          hint: `Known classes: ${classes.join(', ')}.`,
        });
      }
      if (!(weight >= 0)) throw badShares(i, `gives ${String(label)} the share ${weight}`);
      rows[i * classes.length + column]! += weight;
      sum += weight;
    }
    if (Math.abs(sum - 1) > ROUNDING) throw badShares(i, `has labels whose shares add up to ${sum}`);
  }
  return rows;
}

function badShares(position: number, what: string): DataError {
  return new DataError(`image ${position} ${what}`, {
    hint: 'The weights of an image in `labels` are numbers of at least 0 that add up to 1.',
  });
}
