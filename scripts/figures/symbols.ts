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
};
