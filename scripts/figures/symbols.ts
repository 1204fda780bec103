import { counted } from '../../src/cli/report/figures.js';
import { gain, rowOf } from './gain.js';
import { markdownTable, percent } from './table.js';

/** The row of an arm with the CNN, or of codes with prototypes, which is told in the CNN's column. */
const cnnOf = (file: string, arm: string) => rowOf(file, arm, 'cnn')!;

/** Accuracy with its 95 % interval, a link to its result. */
function accuracy(file: string, arm: string): string {
  const { mean, ci95 } = cnnOf(file, arm);
  return `[${percent(mean)}](../paper/results/${file}.json) ± ${percent(ci95!)}`;
}

/** Nearest codes by encoders: columns are protocols. */
function encoders(): string {
  const columns = { within: '20-way, 1 shot', across: '5-way, 1 shot' };
  const digits = [1, 5].map((shots) => `digits, ${counted(shots, 'shot')}`);
  return markdownTable(
    ['encoder', ...Object.values(columns), ...digits],
    ['characters', 'glyphs'].map((model) => [
      `\`${model}\``,
      ...Object.keys(columns).map((name) => accuracy(`symbols-${name}-${model}`, 'codes')),
      ...[1, 5].map((shots) => accuracy(`symbols-mnist-${shots}-shots-${model}`, 'codes')),
    ]),
  );
}

const ARMS = [
  ...['geometric', 'restyle+geometric', 'geometric+symbols+labels', 'restyle+geometric+symbols+labels'],
  'codes',
];

/** The CNN beside nearest codes: accuracy, and the gain over `geometric`. */
function networks(): string {
  return markdownTable(
    ['arm', '1 shot', '5 shots'],
    ARMS.map((arm) => [
      `\`${arm}\``,
      ...[1, 5].map((shots) => {
        const file = `symbols-cnn-${shots}-shots`;
        const [row, baseline] = [cnnOf(file, arm), cnnOf(file, 'geometric')];
        const gained = arm === 'geometric' ? '' : `, ${gain(row, baseline)}`;
        return `[${percent(row.mean)}](../paper/results/${file}.json)${gained}`;
      }),
    ]),
  );
}

/** Blocks on drawn symbols, by name. */
export const symbolsBlocks: Readonly<Record<string, () => string>> = {
  symbols: encoders,
  'symbols-cnn': networks,
};
