import type { ArmResult, Comparison, EvaluationResult } from '../evaluate/index.js';
import { alignedTable, type Cell, coloured } from './alignedTable.js';

const percent = (share: number) => (share * 100).toFixed(1);

function figure({ mean, ci95 }: ArmResult): string {
  return ci95 === null ? percent(mean) : `${percent(mean)} ± ${percent(ci95)}`;
}

function difference(comparison: Comparison | undefined): string {
  if (comparison === undefined) return '';
  const { difference, ci95 } = comparison;
  const size = percent(Math.abs(difference));
  const sign = difference < 0 && Number(size) > 0 ? '−' : '+';
  return ci95 === null ? `${sign}${size}` : `${sign}${size} ± ${percent(ci95)}`;
}

/** Whether an interval leaves zero out, so that a difference is more than chance. */
function clear({ difference, ci95 }: Comparison): boolean {
  return ci95 !== null && Math.abs(difference) > ci95;
}

function heading(result: EvaluationResult): string {
  const { data, split, protocol, ways, shots, queries, results, model, encoders, backend } = result;
  const encoder =
    model === undefined ? `an encoder an episode, ${encoders?.steps} steps` : `model ${model.name}`;
  const episodes = results[0]?.episodes.length ?? 0;
  return [
    `${data} ${split} set · ${ways}-way ${shots}-shot · ${queries.toLocaleString('en')} queries · ${episodes} episode${episodes === 1 ? '' : 's'}`,
    `protocol ${protocol} · ${encoder} · backend ${backend} · seed ${result.seed}`,
  ].join('\n');
}

function name(classifier: string, result: EvaluationResult): string {
  const k = result.results.find((row) => row.classifier === classifier)?.k;
  return classifier === 'knn' ? `KNN (k = ${k})` : `CNN (${result.cnn})`;
}

/** Accuracy in percent with 95 % intervals, one row an arm, and below it what each arm gains over the references. */
export function evaluationTable(result: EvaluationResult, { colour = false } = {}): string {
  const classifiers = [...new Set(result.results.map(({ classifier }) => classifier))];
  const arms = [...new Set(result.results.map(({ arm }) => arm))];
  const references = [...new Set(result.comparisons.map(({ against }) => against))];
  const header = [
    'arm',
    ...classifiers.flatMap((c) => [name(c, result), ...references.map((r) => `vs ${r}`)]),
  ];
  const emphasize = (text: string, comparison: Comparison | undefined) => {
    if (!colour || comparison === undefined || !clear(comparison)) return text;
    return coloured(text, comparison.difference > 0);
  };
  const rows = arms.map((arm): Cell[] => [
    { text: arm },
    ...classifiers.flatMap((classifier) => {
      const row = result.results.find((r) => r.arm === arm && r.classifier === classifier)!;
      return [
        { text: figure(row) },
        ...references.map((against) => {
          const comparison = result.comparisons.find(
            (c) => c.arm === arm && c.against === against && c.classifier === classifier,
          );
          const text = difference(comparison);
          return { text, shown: emphasize(text, comparison) };
        }),
      ];
    }),
  ]);
  return [
    heading(result),
    '',
    ...alignedTable(header, rows),
    '',
    `Accuracy in percent, mean ± 95 % interval; differences are paired by episode. ${result.seconds} s.`,
    '',
  ].join('\n');
}
