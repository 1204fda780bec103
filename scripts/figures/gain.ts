import type { ArmResult, EvaluationResult } from '../../src/evaluate/result.js';
import { pairedDifference } from '../../src/evaluate/statistics.js';
import { percent, points, readResult } from './table.js';

type Row = Pick<ArmResult, 'episodes'>;

/** Difference of two rows of the same episodes in points, with its 95 % interval: `+5.6 ± 2.0`. */
export function gain(row: Row, other: Row): string {
  const { mean, ci95 } = pairedDifference(row.episodes, other.episodes);
  return `${points(mean)} ± ${percent(ci95!)}`;
}

/** A row of a stored evaluation; undefined where it has none. */
export function rowOf(file: string, arm: string, classifier: ArmResult['classifier']): ArmResult | undefined {
  const { results } = readResult<EvaluationResult>(file);
  return results.find((row) => row.arm === arm && row.classifier === classifier);
}
