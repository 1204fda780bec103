import { codesArm } from '../../evaluate/arms/codesArm.js';
import { codeReference } from '../../evaluate/codes/codeArms.js';
import type { EvaluationResult } from '../../evaluate/result.js';
import type { ClassifierName } from '../../evaluate/settings.js';
import {
  alignedTable,
  barOf,
  type Cell,
  compared,
  type Drawing,
  fitting,
  type TableStyle,
  titleOfBars,
} from './alignedTable.js';
import { classifierNames, counted, estimated, percent } from './figures.js';
import { isOfCodes, isOverReference } from './verdict.js';

function heading(result: EvaluationResult): string {
  const { data, split, protocol, ways, shots, queries, results, model, encoders, detail, backend } = result;
  const of = split === 'all' ? data : `${data} ${split} set`;
  const names = result.teachers?.map((teacher) => teacher.name).join(', ');
  const taught = names === undefined ? '' : ` · teachers ${names}`;
  const encoder =
    model === undefined ? `an encoder an episode, ${encoders?.steps} steps` : `model ${model.name}`;
  const kept = detail === undefined ? '' : ` · detail ${detail}`;
  const episodes = results[0]?.episodes.length ?? 0;
  return [
    `${of} · ${ways}-way ${shots}-shot · ${queries.toLocaleString('en')} queries · ${episodes} episode${episodes === 1 ? '' : 's'}`,
    `protocol ${protocol} · ${encoder}${taught}${kept} · backend ${backend} · seed ${result.seed}`,
  ].join('\n');
}

function name(classifier: string, result: EvaluationResult): string {
  const k = result.results.find((row) => row.classifier === classifier)?.k;
  const names: Readonly<Record<string, string>> = { ...classifierNames, knn: `KNN (k = ${k})` };
  return classifier === 'cnn' ? `CNN (${result.cnn})` : names[classifier]!;
}

/** One row an arm and classifier of codes: what it gains over the reference, and by what its arm adds alone, where there is room. */
function codesTable(result: EvaluationResult, style: TableStyle): string[] {
  const { arm: reference, classifier: by } = codeReference;
  const draw = (drawing: Drawing, byArm: boolean) => {
    const rows = result.results.map((row): Cell[] => {
      const own = result.comparisons.filter((c) => c.arm === row.arm && c.classifier === row.classifier);
      const alone = own.find(({ againstClassifier }) => againstClassifier === undefined);
      const over = own.find(isOverReference);
      return [
        { text: row.arm },
        { text: name(row.classifier, result) },
        { text: estimated(row) },
        compared(over, drawing),
        ...barOf(over, drawing),
        ...(byArm
          ? [compared(alone, drawing), { text: alone === undefined ? '' : `over ${alone.against}` }]
          : []),
      ];
    });
    const header = ['arm', 'classifier', 'accuracy', `vs ${reference}, ${by}`, ...titleOfBars(drawing)];
    return alignedTable([...header, ...(byArm ? ['by the arm alone', ''] : [])], rows);
  };
  return fitting(result.comparisons.filter(isOverReference), style, [
    (drawing) => draw(drawing, true),
    (drawing) => draw(drawing, false),
  ]);
}

/** Accuracy in percent with 95 % intervals, one row an arm, and the gains of each arm over the references. */
export function evaluationTable(result: EvaluationResult, style: TableStyle = {}): string {
  return [
    heading(result),
    '',
    ...(result.features === undefined ? imagesTable(result, style) : codesTable(result, style)),
    '',
    `Accuracy in percent, mean ± 95 % interval; differences are paired by episode. ${result.seconds} s.`,
    ...codesLine(result),
    ...(result.leaks === undefined ? [] : [leakText(result.leaks)]),
    ...curveLines(result),
    '',
    ...unknownLines(result),
  ].join('\n');
}

/** What the arm of codes is, among arms that make images. */
const codesLine = ({ results, features }: EvaluationResult): string[] =>
  features === undefined && results.some(({ arm }) => arm === codesArm.name)
    ? [`${codesArm.name} makes no images: it compares codes of the real ones.`]
    : [];

/** What more shots bring. */
const curveLines = ({ curve = [] }: EvaluationResult): string[] =>
  curve.map(
    ({ arm, classifier, points }) =>
      `By shots, ${arm} with ${classifierNames[classifier]}: ${points.map(({ shots, mean }) => `${shots}: ${percent(mean)}`).join(' · ')}.`,
  );

/**
 * One row an arm. Where a line has no room for all classifiers and bars, they are below one another, and differences are those from the
 * first and the last reference.
 */
function imagesTable(result: EvaluationResult, style: TableStyle): string[] {
  const classifiers = [...new Set(result.results.map(({ classifier }) => classifier))];
  const references = [...new Set(result.comparisons.map(({ against }) => against))];
  const shown = result.comparisons.filter(({ arm, against }) => against === references[0] && !isOfCodes(arm));
  const below = (some: readonly string[]) => (drawing: Drawing) =>
    classifiers.flatMap((one, i) => [
      ...(i === 0 ? [] : ['']),
      ...armsTable(result, { ...drawing, classifiers: [one], references: some }),
    ]);
  return fitting(shown, style, [
    (drawing) => armsTable(result, { ...drawing, classifiers, references }),
    below(references),
    below(references.filter((_, i) => i === 0 || i === references.length - 1)),
  ]);
}

/** Which columns a table has. */
interface Columns extends Drawing {
  readonly classifiers: readonly ClassifierName[];
  /** The bar is that of the difference from the first. */
  readonly references: readonly string[];
}

function armsTable(result: EvaluationResult, columns: Columns): string[] {
  const { classifiers, references } = columns;
  const arms = [...new Set(result.results.map(({ arm }) => arm))];
  const header = [
    'arm',
    ...classifiers.flatMap((c) => [
      name(c, result),
      ...references.flatMap((r, i) => [`vs ${r}`, ...(i === 0 ? titleOfBars(columns) : [])]),
    ]),
  ];
  const rows = arms.map((arm): Cell[] => [
    { text: arm },
    ...classifiers.flatMap((classifier) => {
      const row = result.results.find((r) => r.arm === arm && r.classifier === classifier)!;
      return [
        { text: estimated(row) },
        ...references.flatMap((against, i) => {
          const comparison = result.comparisons.find(
            (c) => c.arm === arm && c.against === against && c.classifier === classifier,
          );
          // Codes are no way to augment, and no measure for bars.
          const bar = barOf(isOfCodes(arm) ? undefined : comparison, columns);
          return [compared(comparison, columns), ...(i === 0 ? bar : [])];
        }),
      ];
    }),
  ]);
  return alignedTable(header, rows);
}

/** What test images that leak mean for a figure. */
export const leakText = (leaks: number): string =>
  `Care: ${counted(leaks, 'test image')} ${leaks === 1 ? 'is' : 'are'} nearly in the train set, or of a group there, so accuracy looks better than it is.`;

/** Table of how the KNN tells unknown classes; no lines where none were asked about. */
function unknownLines({ unknown }: Pick<EvaluationResult, 'unknown'>): string[] {
  if (unknown === undefined) return [];
  const { classes, queries, falseAlarms, results } = unknown;
  const header = ['unknown', 'AUROC', 'promised', 'false alarms', 'found', 'right'];
  return [
    ...alignedTable(
      header,
      results.map((row) => [
        { text: row.arm },
        ...[row.auroc, row.promised, row.falseAlarms, row.found, row.accuracy].map((shares, column) => ({
          text: column === 1 ? percent(shares.mean) : estimated(shares),
        })),
      ]),
    ),
    '',
    `${counted(queries, 'query', 'queries')} of ${counted(classes, 'class', 'classes')} left out, told by distance; threshold for ${100 * falseAlarms} % false alarms (promised: what the references allow).`,
    '',
  ];
}
