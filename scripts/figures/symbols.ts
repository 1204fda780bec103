import type { ArmResult, EvaluationResult } from '../../src/evaluate/result.js';
import { gain } from './accuracyTable.js';
import { markdownTable, percent, readResult } from './table.js';

type Row = readonly [title: string, arm: string, classifier: ArmResult['classifier'], ...files: string[]];

const rowOf = (file: string, arm: string, classifier: ArmResult['classifier']): ArmResult | undefined =>
  readResult<EvaluationResult>(file).results.find((row) => row.arm === arm && row.classifier === classifier);

/** Accuracies with their 95 % intervals, each a link to its result. */
function accuracies(columns: readonly string[], rows: readonly Row[]): string {
  return markdownTable(
    ['', ...columns],
    rows.map(([title, arm, classifier, ...files]) => [
      title,
      ...columns.map((_, column) => {
        const file = files[column];
        const row = file === undefined ? undefined : rowOf(file, arm, classifier);
        if (row === undefined) return '';
        const interval = row.ci95 === null ? '' : ` ± ${(100 * row.ci95).toFixed(1)}`;
        return `[${percent(row.mean)}](../paper/results/${file}.json)${interval}`;
      }),
    ]),
    `l${'r'.repeat(columns.length)}`,
  );
}

/** Accuracies of a CNN by arm, with the difference to the arm that each is judged by. */
function gains(
  columns: readonly (readonly [title: string, file: string])[],
  rows: readonly (readonly [arm: string, than: string | undefined])[],
): string {
  return markdownTable(
    ['arm', ...columns.map(([title, file]) => `[${title}](../paper/results/${file}.json)`), 'beside'],
    rows.map(([arm, than]) => [
      `\`${arm}\``,
      ...columns.map(([, file]) => {
        const row = rowOf(file, arm, 'cnn');
        if (row === undefined) return '';
        const other = than === undefined ? undefined : rowOf(file, than, 'cnn');
        return other === undefined ? percent(row.mean) : `${percent(row.mean)} (${gain(row, other)})`;
      }),
      than === undefined ? '' : `\`${than}\``,
    ]),
    `l${'r'.repeat(columns.length)}l`,
  );
}

const omniglot = (model: string) =>
  [`symbols-within-${model}`, `symbols-across-${model}`, `symbols-across-5-shots-${model}`] as const;
const mnist = (model: string) => [`symbols-mnist-1-shot-${model}`, `symbols-mnist-5-shots-${model}`] as const;

/** Blocks on drawn symbols, by name. */
export const symbolsBlocks: Readonly<Record<string, () => string>> = {
  symbols: () =>
    accuracies(
      ['20-way in an alphabet, 1 shot', '5-way of all, 1 shot', '5-way, 5 shots', 'MNIST, 1 shot', '5 shots'],
      ['glyphs', 'characters'].flatMap((model): Row[] => [
        [`\`${model}\``, 'codes', 'cnn', ...omniglot(model), ...mnist(model)],
        [`\`${model}\`, views`, 'codes+views', 'cnn', ...omniglot(model), ...mnist(model)],
      ]),
    ),
  'symbols-cnn': () =>
    gains(
      [
        ['1 shot', 'symbols-cnn-1-shot'],
        ['5 shots', 'symbols-cnn-5-shots'],
      ],
      [
        ['geometric', undefined],
        ['restyle+geometric', 'geometric'],
        ['geometric+labels', 'geometric'],
        ['restyle+geometric+labels', 'geometric+labels'],
      ],
    ),
};
