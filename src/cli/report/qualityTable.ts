import type {
  QualityComparison,
  QualityMeasure,
  QualityResult,
  QualityRow,
} from '../../evaluate/quality/qualityResult.js';
import { alignedTable, type Cell, inColor } from './alignedTable.js';

/** Column of a measure. */
interface Column {
  readonly measure: QualityMeasure;
  readonly title: string;
  /** True for a share, in percent; all others have two decimals. */
  readonly percent: boolean;
  /** True if more is better. */
  readonly more: boolean;
}

const share = (measure: QualityMeasure, title: string): Column => ({
  measure,
  title,
  percent: true,
  more: true,
});

const columns: readonly Column[] = [
  share('labelPreservation', 'label kept'),
  share('classificationAccuracy', 'CAS'),
  share('naiveAugmentation', 'NAS'),
  { measure: 'frechetLeNet', title: 'FLD ↓', percent: false, more: false },
  share('precision', 'precision'),
  share('recall', 'recall'),
  { measure: 'density', title: 'density', percent: false, more: true },
  share('coverage', 'coverage'),
  { measure: 'largestStep', title: 'largest step ↓', percent: false, more: false },
];

const written = (value: number, { percent }: Column) =>
  percent ? (100 * value).toFixed(1) : value.toFixed(2);

function estimated(text: string, ci95: number | null, column: Column): string {
  return ci95 === null ? text : `${text} ± ${written(ci95, column)}`;
}

function signed({ difference, ci95 }: QualityComparison, column: Column): string {
  const size = written(Math.abs(difference), column);
  return estimated(`${difference < 0 && Number(size) > 0 ? '−' : '+'}${size}`, ci95, column);
}

const isRow = (row: QualityRow) => (other: QualityRow) =>
  other.model === row.model && other.path === row.path;

/** Name of a row: its path, after its model if there are several. */
function nameOf({ model, path }: QualityRow, { models }: QualityResult): string {
  return model === null || models.length === 1 ? path : `${model} ${path}`;
}

function heading(result: QualityResult): string[] {
  const { data, ways, shots, perClass, testImages, models, backend, seed, judge, labelCheck } = result;
  const episodes = result.supportAlone.episodes.length;
  const names = models.map(({ name }) => name).join(', ');
  const images = ways * perClass;
  return [
    `${data} test set, ${testImages.toLocaleString('en')} images · ${ways}-way ${shots}-shot · ${images.toLocaleString('en')} images a row · ${episodes} episode${episodes === 1 ? '' : 's'}`,
    `model${models.length === 1 ? '' : 's'} ${names}${labelCheck ? ' · label check' : ''} · backend ${backend} · seed ${seed}`,
    `judge: LeNet, ${judge.images.toLocaleString('en')} train images, right about ${(100 * judge.accuracy).toFixed(1)} % of the test set`,
  ];
}

/** Every measure of every row with 95 % intervals, then the differences of rows from slerp. */
export function qualityTable(result: QualityResult, { color = false } = {}): string {
  const { results, comparisons, cnn, supportAlone, skipped, seconds } = result;
  const rows = results.filter((row, i) => results.findIndex(isRow(row)) === i);
  const shown = columns.filter(({ measure }) => results.some((figure) => figure.measure === measure));
  const titles = shown.map(({ title }) => title);
  const own = rows.map((row): Cell[] => [
    { text: nameOf(row, result) },
    ...shown.map((column) => {
      const figure = results.filter(isRow(row)).find(({ measure }) => measure === column.measure);
      return {
        text: figure === undefined ? '' : estimated(written(figure.mean, column), figure.ci95, column),
      };
    }),
  ]);
  const differing = rows.filter((row) => comparisons.some(isRow(row)));
  const differences = differing.map((row): Cell[] => [
    { text: nameOf(row, result) },
    ...shown.map((column) => {
      const found = comparisons.filter(isRow(row)).find(({ measure }) => measure === column.measure);
      if (found === undefined) return { text: '' };
      const text = signed(found, column);
      const clear = found.ci95 !== null && Math.abs(found.difference) > found.ci95;
      return clear && color ? { text, shown: inColor(text, found.difference > 0 === column.more) } : { text };
    }),
  ]);
  const [first] = comparisons;
  const alone: Column = share('classificationAccuracy', '');
  return [
    ...heading(result),
    '',
    ...alignedTable(['images', ...titles], own),
    '',
    ...(first === undefined
      ? []
      : [...alignedTable([`vs ${nameOf(first.against, result)}`, ...titles], differences), '']),
    `CNN (${cnn}) on the support set alone: ${estimated(written(supportAlone.mean, alone), supportAlone.ci95, alone)} %.`,
    ...skipped.map(({ model, path, why }) => `No ${path} of ${model}: ${why}.`),
    `Shares in percent, mean ± 95 % interval; ↓: less is better; differences are paired by episode. ${seconds} s.`,
    '',
  ].join('\n');
}
