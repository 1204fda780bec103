import type { UnknownRow } from '../../paper/experiments/unknown.js';
import type { Table2, Table2Row } from '../../paper/reproduce/table2Result.js';
import { accuracyTable, type Column } from './accuracyTable.js';
import { decimal, markdownTable, percent, points, readResult } from './table.js';

const learners: Readonly<Record<string, string>> = {
  ae: 'AE',
  vae: 'VAE',
  vaeTripletLoss: 'VAE-TL',
  aae: 'AAE',
  acai: 'ACAI',
  atnl: 'ATNL',
};

/** A column of Table 2. The KNN has k = 1 where `k` says nothing else; `null` is the CNN. */
function column(
  title: string,
  [protocol, model, shots]: readonly [Table2Row['protocol'], string | null, number],
  k: number | null,
  against?: string,
): Column {
  const { rows } = readResult<Table2>('table2');
  const of = (arm: string) =>
    rows.find(
      (row) =>
        row.protocol === protocol &&
        row.model === model &&
        row.shots === shots &&
        row.k === k &&
        row.arm === arm,
    );
  return { title, of, ...(against === undefined ? {} : { against }) };
}

/** Figures of the poster for Table 2, as a column. */
function posterColumn(k: number | null): Column {
  const { rows } = readResult<Table2>('table2');
  return {
    title: k === null ? 'CNN, poster' : 'KNN, poster',
    of(arm) {
      const found = rows.find(
        (row) => row.model === 'mnist' && row.shots === 10 && row.k === k && row.arm === arm,
      );
      return found?.poster === undefined || found.poster === null
        ? undefined
        : { mean: found.poster, episodes: [] };
    },
  };
}

interface Table1Row {
  readonly dataset: string;
  readonly learner: string;
  readonly classifier: string;
  readonly mean: number;
  readonly ci95: number;
  readonly poster: number | null;
}

function table1(): string {
  const { rows } = readResult<{ rows: readonly Table1Row[] }>('table1');
  const datasets = ['mnist', 'faces-stand-in'];
  const of = (dataset: string, learner: string, classifier: string) =>
    rows.find((row) => row.dataset === dataset && row.learner === learner && row.classifier === classifier)!;
  const shown = ({ mean, ci95 }: Table1Row) => `${percent(mean, 2)} ± ${percent(ci95, 2)}`;
  return markdownTable(
    ['', 'MNIST, KNN', 'MNIST, linear', 'MNIST, poster', 'face stand-in, KNN', 'face stand-in, linear'],
    [...new Set(rows.map(({ learner }) => learner))].map((learner) => [
      learners[learner]!,
      ...datasets.flatMap((dataset) => [
        ...['knn', 'linear'].map((classifier) => shown(of(dataset, learner, classifier))),
        ...(dataset === 'mnist' ? [percent(of(dataset, learner, 'knn').poster!, 2)] : []),
      ]),
    ]),
  );
}

function figure1(): string {
  const { rows } = readResult<{ rows: readonly { learner: string; spearman: number; ci95: number }[] }>(
    'figure1',
  );
  return markdownTable(
    ['', 'Spearman correlation'],
    rows.map(({ learner, spearman, ci95 }) => [
      learners[learner]!,
      `${decimal(spearman, 3)} ± ${decimal(ci95, 3)}`,
    ]),
  );
}

interface Map {
  readonly dataset: string;
  readonly learner: string;
  readonly dimensions: number;
  readonly trustworthiness: number;
}

function figure5(): string {
  const { rows } = readResult<{ rows: readonly Map[] }>('figure5');
  const columns = ['mnist', 'faces-stand-in'].flatMap((dataset) =>
    [2, 3].map((dimensions) => ({ dataset, dimensions })),
  );
  return markdownTable(
    ['trustworthiness', 'MNIST, 2-D', 'MNIST, 3-D', 'face stand-in, 2-D', 'face stand-in, 3-D'],
    [...new Set(rows.map(({ learner }) => learner))].map((learner) => [
      learners[learner]!,
      ...columns.map(({ dataset, dimensions }) => {
        const row = rows.find(
          (one) => one.dataset === dataset && one.learner === learner && one.dimensions === dimensions,
        )!;
        return decimal(row.trustworthiness, 3);
      }),
    ]),
  );
}

interface Interpolation {
  readonly name: string;
  readonly labelKept: number;
  readonly labelKept95: readonly [number, number];
  readonly meanDistance: number;
  readonly smoothness: number | null;
}

function figure6(): string {
  const { rows } = readResult<{ rows: readonly Interpolation[] }>('figure6');
  return markdownTable(
    ['', 'mid-points that keep their class, %', '95 % interval', 'Mean Distance · 10³', 'Smoothness'],
    rows.map(({ name, labelKept, labelKept95, meanDistance, smoothness }) => [
      name.replace('*', '\\*'),
      percent(labelKept, 2),
      labelKept95.map((end) => percent(end, 2)).join(' – '),
      decimal(1000 * meanDistance, 2),
      smoothness === null ? '' : decimal(smoothness, 3),
    ]),
  );
}

interface Probe {
  readonly learner: string;
  readonly epochs: number;
  readonly latentSize: number;
  readonly options: { readonly beta?: number };
  readonly knn: number;
  readonly linear: readonly number[];
}

function linearProbes(): string {
  const { rows } = readResult<{ rows: readonly Probe[] }>('linear-probes');
  return markdownTable(
    ['', 'values of a code', 'epochs', 'linear probe', 'KNN'],
    rows.map(({ learner, epochs, latentSize, options, knn, linear }) => [
      `${learners[learner]}${options.beta === undefined ? '' : `, β ${options.beta}`}`,
      `${latentSize}`,
      `${epochs}`,
      percent(linear[0]!, 2),
      percent(knn, 2),
    ]),
  );
}

interface LineTrial {
  readonly learner: string;
  readonly epochs: number;
  readonly options?: { readonly lambda: number };
  readonly meanDistance: number;
  readonly smoothness: number;
}

function lines(): string {
  const { rows } = readResult<{ rows: readonly LineTrial[] }>('lines');
  return markdownTable(
    ['', 'epochs', 'Mean Distance · 10³', 'Smoothness'],
    rows.map(({ learner, epochs, options, meanDistance, smoothness }) => [
      `${learners[learner]}${options === undefined ? '' : `, λ ${options.lambda}`}`,
      `${epochs}`,
      decimal(1000 * meanDistance, 2),
      decimal(smoothness, 3),
    ]),
  );
}

/** Near-duplicates among photos and digits that are different files. */
function nearDuplicates(): string {
  const { rows, bursts } = readResult<{
    rows: readonly { images: string; count: number; joined: number; largest: number }[];
    bursts: { count: number; found: number };
  }>('near-duplicates');
  return [
    `${bursts.found} of ${bursts.count} simulated bursts are found.`,
    '',
    markdownTable(
      ['images', 'number', 'joined to another', 'largest set'],
      rows
        .filter(({ images }) => !/^MNIST [02-9]/.test(images))
        .map(({ images, count, joined, largest }) => [
          images,
          String(count),
          String(joined),
          String(largest),
        ]),
    ),
  ].join('\n');
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

function unknown(): string {
  const { rows } = readResult<{ rows: readonly UnknownRow[] }>('unknown');
  const mean = (values: readonly number[]) =>
    percent(values.reduce((sum, value) => sum + value, 0) / values.length);
  return markdownTable(
    ['', 'shots', 'distance', '÷ class', '÷ class, shrunken', 'false alarms', 'found'],
    rows.map(({ model, space, shots, distance, scaled, shrunken, falseAlarms, found }) => [
      `${space}, \`${model}\``,
      `${shots}`,
      ...[distance, scaled, shrunken, falseAlarms, found].map(mean),
    ]),
  );
}

const unseen = (shots: number) =>
  (['mnist-01234', 'mnist-56789'] as const).map((model, i) =>
    column(
      `${['5–9', '0–4'][i]}, ${shots} ${shots === 1 ? 'shot' : 'shots'}`,
      ['novel', model, shots],
      null,
      'geometric',
    ),
  );
const shown = (arm: string) => `\`${arm}\``;

/** Blocks on the poster's tables and figures, and on experiments about them, by name. */
export const posterBlocks: Readonly<Record<string, () => string>> = {
  table1,
  figure1,
  figure5,
  figure6,
  'linear-probes': linearProbes,
  lines,
  unknown,
  'held-out': heldOut,
  'near-duplicates': nearDuplicates,
  'table2-poster': () =>
    accuracyTable(
      [
        column('KNN, k = 10', ['paper', 'mnist', 10], 10),
        posterColumn(10),
        column('CNN', ['paper', 'mnist', 10], null),
        posterColumn(null),
        column('CNN, `mnist-styled`', ['paper', 'mnist-styled', 10], null),
      ],
      ['none', 'variants', 'affine', 'geometric', 'atnl', 'transport', 'restyle', 'restyle+geometric+labels'],
      shown,
    ),
  'table2-shots': () =>
    accuracyTable(
      [1, 2, 5, 10, 20].map((shots) => column(`KNN, ${shots}`, ['paper', 'mnist', shots], 1, 'affine')),
      ['none', 'affine', 'atnl'],
    ),
  'table2-unseen': () =>
    accuracyTable([1, 5, 10, 20].flatMap(unseen), [
      'geometric',
      'restyle+geometric+labels',
      'geometric+symbols+labels',
      'restyle+geometric+symbols+labels',
      'codes',
    ]),
  'table2-glyphs': () =>
    accuracyTable(
      [1, 5].map((shots) =>
        column(
          `CNN, ${shots} ${shots === 1 ? 'shot' : 'shots'}`,
          ['novel', 'glyphs', shots],
          null,
          'geometric',
        ),
      ),
      ['geometric', 'restyle+geometric+labels', 'codes'],
    ),
  'table2-others': () => {
    const disjoint = ['disjoint', 'mnist-atnl-first-54000-1', 10] as const;
    const unlabelled = ['unlabelled', 'mnist-acai-1', 5] as const;
    const shotsOnly = ['shots-only', null, 5] as const;
    return accuracyTable(
      [
        column('`disjoint`, KNN, k = 10', disjoint, 10, 'affine'),
        column('`disjoint`, CNN', disjoint, null, 'affine'),
        column('`unlabelled`, KNN', unlabelled, 1, 'affine'),
        column('`unlabelled`, CNN', unlabelled, null, 'affine'),
        column('`shots-only`, KNN', shotsOnly, 1, 'affine'),
        column('`shots-only`, CNN', shotsOnly, null, 'affine'),
      ],
      ['none', 'affine', 'lerp', 'atnl', 'atnl+affine', 'transport'],
    );
  },
};
