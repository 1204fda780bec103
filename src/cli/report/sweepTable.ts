import type { SweepResult, SweepRow, Varied } from '../../evaluate/evaluationSweep.js';
import { alignedTable } from './alignedTable.js';
import { classifierNames, estimated } from './figures.js';
import { dotFigure } from './plots/dotFigure.js';

const shown = (value: Varied[string]): string => (Array.isArray(value) ? value.join(', ') : String(value));

/** The settings of a row in words: `model mnist · shots 5`. */
const wordsOf = ({ varied }: SweepRow): string =>
  Object.entries(varied)
    .map(([name, value]) => `${name} ${shown(value)}`)
    .join(' · ');

const namesOf = ({ rows }: SweepResult) => Object.keys(rows[0]?.varied ?? {});
const classifiersOf = ({ rows }: SweepResult) => [...new Set(rows.map(({ classifier }) => classifier))];

/** One row for settings and arm, one column a classifier. */
export function sweepTable(result: SweepResult): string {
  const classifiers = classifiersOf(result);
  const names = namesOf(result);
  const groups = new Map<string, SweepRow[]>();
  for (const row of result.rows) {
    const key = JSON.stringify([row.varied, row.arm]);
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  const rows = [...groups.values()].map((own) => [
    { text: own[0]!.arm },
    ...names.map((name) => ({ text: shown(own[0]!.varied[name]!) })),
    ...classifiers.map((classifier) => {
      const row = own.find((each) => each.classifier === classifier);
      return { text: row === undefined ? '' : estimated(row) };
    }),
    { text: String(own[0]!.episodes) },
  ]);
  const header = ['arm', ...names, ...classifiers.map((name) => classifierNames[name] ?? name), 'episodes'];
  return `${alignedTable(header, rows).join('\n')}\n\nAccuracy in percent, mean ± 95 % interval. ${result.seconds} s.\n`;
}

/** The rows as dots with intervals, a panel for each classifier and settings. */
export function sweepFigure(result: SweepResult): string {
  const names = namesOf(result);
  const panels = classifiersOf(result).flatMap((classifier) => {
    const own = result.rows.filter((row) => row.classifier === classifier);
    return [...new Set(own.map(wordsOf))].map((words) => ({
      title: [classifierNames[classifier] ?? classifier, words].filter((text) => text !== '').join(' · '),
      rows: own
        .filter((row) => wordsOf(row) === words)
        .map(({ arm, mean, ci95 }) => ({ name: arm, mean, ci95 })),
    }));
  });
  return dotFigure({
    title: names.length === 0 ? 'Accuracy by arm' : `Accuracy by arm and ${names.join(', ')}`,
    xLabel: 'accuracy, %',
    panels,
    columns: Math.min(2, panels.length),
  });
}
