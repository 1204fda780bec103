import type { ArmResult, EvaluationResult } from '../../src/evaluate/result.js';
import { pairedDifference } from '../../src/evaluate/statistics.js';
import { markdownTable, percent, points, readResult } from './table.js';

type Row = Pick<ArmResult, 'mean' | 'episodes'>;

/** A column of a table of accuracies: one classifier in one evaluation. */
export interface Column {
  readonly title: string;
  readonly of: (arm: string) => Row | undefined;
  /** Arm that the others are compared with, in the same episodes. */
  readonly against?: string;
}

/** Column of a stored evaluation. */
export function columnOf(
  title: string,
  name: string,
  classifier: ArmResult['classifier'],
  against?: string,
): Column {
  const { results } = readResult<EvaluationResult>(name);
  const of = (arm: string) => results.find((row) => row.arm === arm && row.classifier === classifier);
  return { title, of, ...(against === undefined ? {} : { against }) };
}

/** `+5.6 ± 2.0` */
export function gain(row: Row, other: Row): string {
  const { mean, ci95 } = pairedDifference(row.episodes, other.episodes);
  return `${points(mean)} ± ${percent(ci95!)}`;
}

/** Accuracies in percent by arm and column, with the difference to the column's baseline. */
export function accuracyTable(
  columns: readonly Column[],
  arms: readonly string[],
  nameOf = (arm: string) => `\`${arm}\``,
): string {
  const cell = (arm: string, { of, against }: Column) => {
    const row = of(arm);
    if (row === undefined) return '';
    const baseline = against === undefined || against === arm ? undefined : of(against);
    return baseline === undefined ? percent(row.mean) : `${percent(row.mean)} (${gain(row, baseline)})`;
  };
  return markdownTable(
    ['', ...columns.map(({ title }) => title)],
    arms.map((arm) => [nameOf(arm), ...columns.map((column) => cell(arm, column))]),
  );
}
