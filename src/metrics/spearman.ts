import { DataError } from '../core/index.js';

/**
 * Spearman's rank correlation, in [−1, 1]: Pearson's correlation of the ranks. Equal values share the average of their
 * ranks. NaN when one side has no order, as all its values are equal.
 *
 * @throws DataError when the sides differ in length, are shorter than two, or hold a NaN: its index is named
 */
export function spearman(x: ArrayLike<number>, y: ArrayLike<number>): number {
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

/** Ranks from 1 on. */
function averageRanks(values: ArrayLike<number>): Float64Array {
  const all = Float64Array.from(values);
  const stray = all.findIndex(Number.isNaN);
  if (stray >= 0) throw new DataError(`value ${stray} is not a number, so it has no rank`);
  const order = Array.from(all.keys()).sort((i, j) => (all[i]! < all[j]! ? -1 : Number(all[i]! > all[j]!)));
  const ranks = new Float64Array(all.length);
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && all[order[end]!] === all[order[start]!]) end++;
    // Places start + 1 … end are shared.
    for (let place = start; place < end; place++) ranks[order[place]!] = (start + 1 + end) / 2;
    start = end;
  }
  return ranks;
}
