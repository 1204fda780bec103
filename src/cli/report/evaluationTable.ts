import { codeArmNamed, codeReference } from '../../evaluate/codes/codeArms.js';
import { bestOf } from '../../evaluate/codes/codeRows.js';
import type { ArmResult, Comparison, EvaluationResult } from '../../evaluate/result.js';
import { type ClassifierName, codeClassifierNames } from '../../evaluate/settings.js';
import { classifierNames, counted, estimated, percent, points, verdictOf } from './figures.js';

/** A cell, and its text with color codes, which take no width. */
export interface Cell {
  readonly text: string;
  readonly shown?: string;
}

/** Lines of a table for a terminal: header, rule, rows. The first column is left-aligned, all others right-aligned. */
export function alignedTable(header: readonly string[], rows: readonly (readonly Cell[])[]): string[] {
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]!.text.length)),
  );
  const pad = ({ text, shown = text }: Cell, column: number) => {
    const gap = ' '.repeat(widths[column]! - text.length);
    return column === 0 ? shown + gap : gap + shown;
  };
  return [
    header.map((text, column) => pad({ text }, column)).join('  '),
    widths.map((width) => '─'.repeat(width)).join('──'),
    ...rows.map((row) => row.map(pad).join('  ')),
  ].map((line) => line.trimEnd());
}

/** Text in green or red, by terminal codes. */
export function inColor(text: string, better: boolean): string {
  return `\u001b[${better ? 32 : 31}m${text}\u001b[0m`;
}

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

/** How a table is drawn. */
export interface TableStyle {
  /** Color what is clear of zero, and draw a bar for each gain. Default: false. */
  readonly color?: boolean;
  /** Characters of a line, which bars and classifiers side by side must fit. Default: 80. */
  readonly columns?: number;
}

/** How a table is drawn, all settled: `bar` is the width of a bar for the difference `full`, 0 without bars. */
interface Drawing {
  readonly color: boolean;
  readonly bar: number;
  readonly full: number;
}

/** Text of a comparison, in color where it is clear of zero. */
function compared(comparison: Comparison | undefined, { color }: Drawing): Cell {
  if (comparison === undefined) return { text: '' };
  const text = points(comparison);
  if (!color || verdictOf(comparison) === 'open') return { text };
  return { text, shown: inColor(text, comparison.difference > 0) };
}

const EIGHTHS = ' ▏▎▍▌▋▊▉';

/** A bar as long as a difference, in its color; faint where it is not clear of zero. No cell without bars. */
function barOf(comparison: Comparison | undefined, { bar, full }: Drawing): Cell[] {
  if (bar === 0) return [];
  const eighths = Math.round((8 * bar * Math.abs(comparison?.difference ?? 0)) / full);
  const drawn = '█'.repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8]!.trim();
  const text = drawn.padEnd(bar);
  if (comparison === undefined || drawn === '') return [{ text }];
  const verdict = verdictOf(comparison);
  const inked = verdict === 'open' ? `\u001b[2m${drawn}\u001b[0m` : inColor(drawn, verdict === 'better');
  return [{ text, shown: inked + text.slice(drawn.length) }];
}

/** Title of a column of bars. No cell without bars. */
const titleOfBars = ({ bar }: Drawing): string[] => (bar === 0 ? [] : ['gain'.padEnd(bar)]);

/** Widths of bars, the best first. */
const BARS = [12, 8, 5];
/** Least difference that a whole bar stands for. */
const LEAST = 0.01;

/** The first drawing of a table that fits the line, else the last; without color the plain one. */
function fitting(
  shown: readonly Comparison[],
  { color = false, columns = 80 }: TableStyle,
  drawings: readonly ((drawing: Drawing) => string[])[],
): string[] {
  const full = Math.max(LEAST, ...shown.map(({ difference }) => Math.abs(difference)));
  const plain = { color, bar: 0, full };
  if (!color || shown.length === 0) return drawings[0]!(plain);
  const tables = [
    ...drawings.flatMap((draw) => BARS.map((bar) => () => draw({ color, bar, full }))),
    () => drawings.at(-1)!(plain),
  ];
  // Rules are as wide as the table.
  const fits = (lines: string[]) => lines.every((line) => !line.startsWith('─') || line.length <= columns);
  for (const table of tables) {
    const lines = table();
    if (fits(lines)) return lines;
  }
  return tables.at(-1)!();
}

/** True for a comparison with the reference of codes. */
const isOverReference = ({ against, classifier, againstClassifier = classifier }: Comparison): boolean =>
  against === codeReference.arm && againstClassifier === codeReference.classifier;

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
    ...(result.leaks === undefined ? [] : [leakText(result.leaks)]),
    ...curveLines(result),
    '',
    ...unknownLines(result),
  ].join('\n');
}

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
  const shown = result.comparisons.filter(({ against }) => against === references[0]);
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
          return [compared(comparison, columns), ...(i === 0 ? barOf(comparison, columns) : [])];
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

/** What an evaluation of codes comes to, in a line each: its best row, and what hallucination alone brings to the best of each classifier. */
export function codesVerdict({
  results,
  comparisons,
}: Pick<EvaluationResult, 'results' | 'comparisons'>): string[] {
  const of = ({ arm, classifier }: ArmResult) =>
    comparisons.filter((found) => found.arm === arm && found.classifier === classifier);
  const best = bestOf(results);
  const over = of(best).find(isOverReference);
  const parts = codeClassifierNames.flatMap((classifier) => {
    const rows = results.filter((row) => row.classifier === classifier && row.arm !== codeReference.arm);
    const made = rows.filter(({ arm }) => codeArmNamed(arm).path !== undefined);
    if (made.length === 0) return [];
    const top = bestOf(made);
    const { without } = codeArmNamed(top.arm);
    const alone = of(top).find(
      ({ against, againstClassifier }) => against === without && againstClassifier === undefined,
    );
    if (alone === undefined) return [];
    return [`${classifierNames[classifier]} ${points(alone)}`];
  });
  const gain = over === undefined ? 'the reference itself' : `${points(over)} points over the reference`;
  return [
    `Best: ${best.arm} with ${classifierNames[best.classifier]}, ${percent(best.mean)}; ${gain}.`,
    ...(parts.length === 0 ? [] : [`Hallucination alone, in points: ${parts.join(', ')}.`]),
  ];
}
