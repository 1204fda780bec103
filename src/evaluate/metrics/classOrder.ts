import { DataError } from '../../core/errors.js';
import { checkArray, checkFloats, checkList } from '../../core/kindChecks.js';
import { countPoints } from '../../core/points.js';
import { shown } from '../../core/shown.js';

/**
 * Spearman's rank correlation, in [−1, 1]: Pearson's correlation of the ranks. Equal values share the average of their
 * ranks. NaN when all values of one side are equal.
 *
 * @throws DataError when the sides differ in length, are shorter than two, or hold a NaN: its index is named
 */
export function spearman(x: ArrayLike<number>, y: ArrayLike<number>): number {
  checkArray('x', x, 'spearman');
  checkArray('y', y, 'spearman');
  if (x.length !== y.length || x.length < 2) {
    throw new DataError(
      `a rank correlation needs two or more pairs, but got ${x.length} and ${y.length} values`,
      {
        hint: 'Give as many values on one side as on the other.',
      },
    );
  }
  const [a, b] = [averageRanks(x), averageRanks(y)];
  const mean = (x.length + 1) / 2;
  let [aa, ab, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [u, v] = [a[i]! - mean, b[i]! - mean];
    aa += u * u;
    ab += u * v;
    bb += v * v;
  }
  return ab / Math.sqrt(aa * bb);
}

/** Ranks from 1 on; equal values share the average of theirs. */
function averageRanks(values: ArrayLike<number>): Float64Array {
  const all = Float64Array.from(values, (value) => (typeof value === 'number' ? value : Number.NaN));
  const unordered = all.findIndex(Number.isNaN);
  if (unordered >= 0) throw new DataError(`value ${unordered} is not a number, so it has no rank`);
  const order = Array.from(all.keys()).sort((i, j) => (all[i]! < all[j]! ? -1 : Number(all[i]! > all[j]!)));
  const ranks = new Float64Array(all.length);
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && all[order[end]!] === all[order[start]!]) end++;
    // These values share the ranks start + 1 … end.
    for (let i = start; i < end; i++) ranks[order[i]!] = (start + 1 + end) / 2;
    start = end;
  }
  return ranks;
}

/** Agreement between the order of classes by their numbers and their positions on the sphere. */
export interface ClassOrder {
  /**
   * Spearman's correlation, over all pairs of classes, of the angle between their mean directions with the difference of
   * their numbers: 1 when angles are in the order of the differences.
   */
  readonly spearman: number;
  /** Angle in radians, [0, π], between the mean directions of every two classes. */
  readonly angles: readonly (readonly number[])[];
}

/**
 * Compares the angles between classes with the numbers that the classes stand for, such as yaws in degrees. The direction
 * of a class is that of the mean of its codes, each scaled to length 1 first.
 *
 * @param codes one code after the other, `labels.length · dimension` values
 * @param labels class of each code, as an index into `classes`
 * @param classes number of each class; three or more
 * @throws DataError for a code or class mean without a direction, a class without codes, or a label without a class
 */
export function classOrder(
  codes: Float32Array,
  dimension: number,
  labels: ArrayLike<number>,
  classes: readonly number[],
): ClassOrder {
  checkFloats('codes', codes, 'classOrder');
  checkList('classes', classes, 'classOrder');
  checkArray('labels', labels, 'classOrder');
  if (classes.length < 3) {
    throw new DataError(`${classes.length} classes have no order to compare`, {
      hint: 'Give three or more.',
    });
  }
  const unusable = classes.find((number) => !Number.isFinite(number));
  if (unusable !== undefined) throw new DataError(`the class ${shown(unusable)} is not a finite number`);
  const directions = classDirections(codes, dimension, labels, classes);
  const angles = directions.map((one) => directions.map((other) => angleBetween(one, other)));
  const [pairAngles, differences]: [number[], number[]] = [[], []];
  for (let i = 0; i < classes.length; i++) {
    for (let j = 0; j < i; j++) {
      pairAngles.push(angles[i]![j]!);
      differences.push(Math.abs(classes[i]! - classes[j]!));
    }
  }
  return { spearman: spearman(pairAngles, differences), angles };
}

/** Mean direction of each class. */
function classDirections(
  codes: Float32Array,
  dimension: number,
  labels: ArrayLike<number>,
  classes: readonly number[],
): Float64Array[] {
  const count = countPoints(codes, dimension);
  if (count !== labels.length) throw new DataError(`${labels.length} labels are given for ${count} codes`);
  const sums = classes.map(() => new Float64Array(dimension));
  const sizes = classes.map(() => 0);
  for (let i = 0; i < count; i++) {
    const label = labels[i]!;
    const sum = typeof label === 'number' ? sums[label] : undefined;
    if (sum === undefined) {
      throw new DataError(`code ${i} has the label ${shown(label)}, but there are ${classes.length} classes`);
    }
    const unit = normalized(codes.subarray(i * dimension, (i + 1) * dimension));
    if (unit === undefined) throw new DataError(`code ${i} is zero, so it has no direction`);
    for (let j = 0; j < dimension; j++) sum[j]! += unit[j]!;
    sizes[label]!++;
  }
  return sums.map((sum, label) => {
    if (sizes[label] === 0) {
      throw new DataError(`the class ${classes[label]} has no codes`, {
        hint: 'Leave it out of the classes.',
      });
    }
    const unit = normalized(sum);
    if (unit === undefined) throw new DataError(`the codes of class ${classes[label]} cancel out`);
    return unit;
  });
}

/** The vector scaled to length 1; undefined for length 0. */
function normalized(vector: Float32Array | Float64Array): Float64Array | undefined {
  const length = Math.hypot(...vector);
  return length === 0 ? undefined : Float64Array.from(vector, (value) => value / length);
}

/** Angle between unit vectors, by their difference and sum: the arc cosine loses digits of small angles. */
function angleBetween(one: Float64Array, other: Float64Array): number {
  return (
    2 *
    Math.atan2(
      Math.hypot(...one.map((value, i) => value - other[i]!)),
      Math.hypot(...one.map((value, i) => value + other[i]!)),
    )
  );
}
