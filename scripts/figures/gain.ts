import type { ArmResult } from '../../src/evaluate/result.js';
import { pairedDifference } from '../../src/evaluate/statistics.js';
import { percent, points } from './table.js';

type Row = Pick<ArmResult, 'episodes'>;

/** Difference of two rows of the same episodes in points, with its 95 % interval: `+5.6 ± 2.0`. */
export function gain(row: Row, other: Row): string {
  const { mean, ci95 } = pairedDifference(row.episodes, other.episodes);
  return `${points(mean)} ± ${percent(ci95!)}`;
}
