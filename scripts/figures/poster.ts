import type { Table2 } from '../../paper/reproduce/table2Result.js';
import { markdownTable, percent, points, readResult } from './table.js';

/** Ten shots of Table 2 under `paper`, beside the poster's figures. */
function tenShots(): string {
  const { rows } = readResult<Table2>('table2');
  const find = (arm: string, model: string, k: number | null) =>
    rows.find(
      (row) =>
        row.protocol === 'paper' && row.model === model && row.shots === 10 && row.k === k && row.arm === arm,
    );
  const shown = (share: number | null | undefined) => (typeof share === 'number' ? percent(share) : '');
  const arms = [
    'none',
    'variants',
    'affine',
    'geometric',
    'atnl',
    'transport',
    'restyle',
    'restyle+geometric+labels',
  ];
  return markdownTable(
    ['', 'KNN, k = 10', 'KNN, poster', 'CNN', 'CNN, poster', 'CNN, `mnist-soft`'],
    arms.map((arm) => {
      const [knn, cnn] = [find(arm, 'mnist-plain', 10), find(arm, 'mnist-plain', null)];
      const styled = find(arm, 'mnist-soft', null);
      return [`\`${arm}\``, ...[knn?.mean, knn?.poster, cnn?.mean, cnn?.poster, styled?.mean].map(shown)];
    }),
  );
}

/** Accuracy on held-out images beside the truth, for two ways to hold images out. */
function heldOut(): string {
  type Figure = { readonly mean: number; readonly ci95: number };
  type Cut = Readonly<Record<'heldOut' | 'truth' | 'difference', Figure>>;
  const { sets, oneByOne } = readResult<{ readonly sets: Cut; readonly oneByOne: Cut }>('heldOut');
  const row = (name: string, { heldOut, truth, difference }: Cut) => [
    name,
    percent(heldOut.mean),
    percent(truth.mean),
    `${points(difference.mean)} ± ${percent(difference.ci95)}`,
  ];
  return markdownTable(
    ['held out', 'accuracy on them', 'on unseen scenes', 'difference'],
    [row('near-duplicates together', sets), row('one by one', oneByOne)],
  );
}

/** Blocks on the poster's Table 2 and on experiments, by name. */
export const posterBlocks: Readonly<Record<string, () => string>> = {
  'table2-poster': tenShots,
  'held-out': heldOut,
};
