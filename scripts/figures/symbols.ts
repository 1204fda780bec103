import type { ArmResult, EvaluationResult } from '../../src/evaluate/result.js';
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

/** Blocks on drawn symbols, by name. */
export const symbolsBlocks: Readonly<Record<string, () => string>> = {
  symbols: () =>
    accuracies(
      ['20-way within an alphabet, 1 shot', '5-way of all alphabets, 1 shot'],
      (['codes', 'codes+views'] as const).map((arm) => [
        `\`${arm}\``,
        arm,
        'cnn',
        'symbols-within-characters',
        'symbols-across-characters',
      ]),
    ),
};
