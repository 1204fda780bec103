import type { Comparison, EvaluationResult } from '../evaluate/index.js';
import { alignedTable, type Cell, coloured } from './alignedTable.js';
import { estimated, points, verdictOf } from './figures.js';

function heading(result: EvaluationResult): string {
  const { data, split, protocol, ways, shots, queries, results, model, encoders, detail, backend } = result;
  const names = result.teachers?.map((teacher) => teacher.name).join(', ');
  const taught = names === undefined ? '' : ` · teachers ${names}`;
  const encoder =
    model === undefined ? `an encoder an episode, ${encoders?.steps} steps` : `model ${model.name}`;
  const kept = detail === undefined ? '' : ` · detail ${detail}`;
  const episodes = results[0]?.episodes.length ?? 0;
  return [
    `${data} ${split} set · ${ways}-way ${shots}-shot · ${queries.toLocaleString('en')} queries · ${episodes} episode${episodes === 1 ? '' : 's'}`,
    `protocol ${protocol} · ${encoder}${taught}${kept} · backend ${backend} · seed ${result.seed}`,
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
    if (!colour || comparison === undefined || verdictOf(comparison) === 'open') return text;
    return coloured(text, comparison.difference > 0);
  };
  const rows = arms.map((arm): Cell[] => [
    { text: arm },
    ...classifiers.flatMap((classifier) => {
      const row = result.results.find((r) => r.arm === arm && r.classifier === classifier)!;
      return [
        { text: estimated(row) },
        ...references.map((against) => {
          const comparison = result.comparisons.find(
            (c) => c.arm === arm && c.against === against && c.classifier === classifier,
          );
          const text = comparison === undefined ? '' : points(comparison);
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
