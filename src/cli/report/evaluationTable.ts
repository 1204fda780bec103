import { makesImages } from '../../evaluate/arms/arm.js';
import { arms } from '../../evaluate/arms/arms.js';
import { codeArmNamed, codeReference } from '../../evaluate/codes/codeArms.js';
import { bestOf } from '../../evaluate/codes/codeRows.js';
import type { ArmResult, Comparison, EvaluationResult } from '../../evaluate/result.js';
import { codeClassifierNames } from '../../evaluate/settings.js';
import { pairedDifference } from '../../evaluate/statistics.js';
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

/** Text of a comparison, in color where it is clear of zero. */
function compared(comparison: Comparison | undefined, color: boolean): Cell {
  if (comparison === undefined) return { text: '' };
  const text = points(comparison);
  if (!color || verdictOf(comparison) === 'open') return { text };
  return { text, shown: inColor(text, comparison.difference > 0) };
}

/** True for a comparison with the reference of codes. */
const isOverReference = ({ against, classifier, againstClassifier = classifier }: Comparison): boolean =>
  against === codeReference.arm && againstClassifier === codeReference.classifier;

/** One row an arm and classifier of codes: what it gains over the reference, and by what its arm adds alone. */
function codesTable(result: EvaluationResult, color: boolean): string[] {
  const { arm: reference, classifier: by } = codeReference;
  const rows = result.results.map((row): Cell[] => {
    const own = result.comparisons.filter((c) => c.arm === row.arm && c.classifier === row.classifier);
    const alone = own.find(({ againstClassifier }) => againstClassifier === undefined);
    return [
      { text: row.arm },
      { text: name(row.classifier, result) },
      { text: estimated(row) },
      compared(own.find(isOverReference), color),
      compared(alone, color),
      { text: alone === undefined ? '' : `over ${alone.against}` },
    ];
  });
  return alignedTable(
    ['arm', 'classifier', 'accuracy', `vs ${reference}, ${by}`, 'by the arm alone', ''],
    rows,
  );
}

/** Accuracy in percent with 95 % intervals, one row an arm, and the gains of each arm over the references. */
export function evaluationTable(result: EvaluationResult, { color = false } = {}): string {
  return [
    heading(result),
    '',
    ...(result.features === undefined ? imagesTable(result, color) : codesTable(result, color)),
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

function imagesTable(result: EvaluationResult, color: boolean): string[] {
  const classifiers = [...new Set(result.results.map(({ classifier }) => classifier))];
  const arms = [...new Set(result.results.map(({ arm }) => arm))];
  const references = [...new Set(result.comparisons.map(({ against }) => against))];
  const header = [
    'arm',
    ...classifiers.flatMap((c) => [name(c, result), ...references.map((r) => `vs ${r}`)]),
  ];
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
          return compared(comparison, color);
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
    `${counted(queries, 'query', 'queries')} of ${counted(classes, 'class', 'classes')} that an episode leaves out, told by the distance to the nearest reference. Then, at a`,
    `threshold for ${100 * falseAlarms} % false alarms: the share that the references can promise, known queries called unknown, unknown`,
    'ones called so, and known ones that get their class. In percent.',
    '',
  ];
}

/**
 * A sentence for each classifier with which no arm that hallucinates is clearly above the best of those that do not. It
 * leaves out pipelines, which may do either, and arms without images.
 */
export function noGain({ results }: Pick<EvaluationResult, 'results'>): string[] {
  const hallucinates = new Map(arms.filter(makesImages).map((arm) => [arm.name, arm.hallucinates]));
  return (['knn', 'cnn'] as const).flatMap((classifier) => {
    const rows = results.filter((row) => row.classifier === classifier);
    const best = (made: boolean) =>
      rows.filter(({ arm }) => hallucinates.get(arm) === made).sort((a, b) => b.mean - a.mean)[0];
    const [without, made] = [best(false), best(true)];
    if (without === undefined || made === undefined || made.ci95 === null) return [];
    const { mean: difference, ci95 } = pairedDifference(made.episodes, without.episodes);
    if (verdictOf({ difference, ci95 }) === 'better') return [];
    return [
      `With the ${classifierNames[classifier]}, hallucination shows no clear gain here: ${made.arm} less ${without.arm} is ${points({ difference, ci95 })} points.`,
    ];
  });
}

/** What an evaluation of codes comes to: its best row, and for each classifier what hallucination alone brings to its best one. */
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
    return [`${classifierNames[classifier]} ${points(alone)} (${top.arm} over ${alone.against})`];
  });
  const gain = over === undefined ? 'the reference itself' : `${points(over)} points over the reference`;
  return [
    `Best: ${best.arm} with ${classifierNames[best.classifier]}, ${percent(best.mean)}; ${gain}.`,
    ...(parts.length === 0 ? [] : [`Hallucination alone, in points: ${parts.join('; ')}.`]),
  ];
}
