import type { Label } from '../../core/image.js';
import type { ArmResult, Comparison, Mistakes } from '../result.js';
import type { CodeClassifierName } from '../settings.js';
import { pairedDifference } from '../statistics.js';
import { codeArmNamed, codeReference } from './codeArms.js';

/** An arm judged by one classifier. */
export interface CodeRow {
  readonly arm: string;
  readonly classifier: CodeClassifierName;
}

/** The rows of a result: every arm by every classifier, and the reference, which comes first where it is not among them. */
export function rowsOf(arms: readonly string[], classifiers: readonly CodeClassifierName[]): CodeRow[] {
  const rows = arms.flatMap((arm) => classifiers.map((classifier) => ({ arm, classifier })));
  return rows.some((row) => isSame(row, codeReference)) ? rows : [codeReference, ...rows];
}

const isSame = (one: Pick<CodeRow, 'arm' | 'classifier'>, other: Pick<CodeRow, 'arm' | 'classifier'>) =>
  one.arm === other.arm && one.classifier === other.classifier;

/** Compares every row with the reference, and with the same classifier without what its arm adds. */
export function compareCodes(results: readonly (ArmResult & CodeRow)[]): Comparison[] {
  const compare = (row: ArmResult & CodeRow, against: CodeRow): Comparison[] => {
    const other = results.find((found) => isSame(found, against));
    if (other === undefined || other === row) return [];
    const { arm, classifier } = row;
    const { mean: difference, ci95 } = pairedDifference(row.episodes, other.episodes);
    const of = against.classifier === classifier ? {} : { againstClassifier: against.classifier };
    return [{ arm, against: against.arm, classifier, ...of, difference, ci95 }];
  };
  return results.flatMap((row) => {
    const { without } = codeArmNamed(row.arm);
    const part =
      without === undefined || isSame({ ...row, arm: without }, codeReference)
        ? []
        : compare(row, { arm: without, classifier: row.classifier });
    return [...compare(row, codeReference), ...part];
  });
}

/** The row of highest accuracy, the first of several. */
export const bestOf = <Row extends ArmResult>(results: readonly Row[]): Row =>
  results.reduce((best, row) => (row.mean > best.mean ? row : best));

/** Shots of a curve. */
const SHOTS = [1, 2, 3, 5, 10, 20];
/** Episodes of a curve: more would take longer than the evaluation itself. */
export const CURVE_EPISODES = 50;

/** Shots of a curve: those that every class of every episode has, and the evaluation's own. */
export const curveShots = (own: number, most: number): number[] =>
  [...new Set([...SHOTS.filter((shots) => shots <= most), own])].sort((a, b) => a - b);

/** A query that was answered. */
export interface Answer {
  readonly image: string;
  readonly truth: Label;
  readonly predicted: Label;
}

/** Most pictures that a result lists. */
const MOST_MISTAKES = 200;

/** The most frequent mistakes among answers: by number, then by name. */
export function mistakesIn(answers: Iterable<Answer>): Mistakes['pictures'] {
  const asked = new Map<string, number>();
  const wrong = new Map<string, Answer & { times: number }>();
  for (const answer of answers) {
    const { image, truth, predicted } = answer;
    asked.set(image, (asked.get(image) ?? 0) + 1);
    if (truth === predicted) continue;
    const key = JSON.stringify([image, predicted]);
    const found = wrong.get(key) ?? { image, truth, predicted, times: 0 };
    found.times++;
    wrong.set(key, found);
  }
  const order = (a: string | Label, b: string | Label) => (a < b ? -1 : a > b ? 1 : 0);
  return [...wrong.values()]
    .sort((a, b) => b.times - a.times || order(a.image, b.image) || order(a.predicted, b.predicted))
    .slice(0, MOST_MISTAKES)
    .map((mistake) => ({ ...mistake, of: asked.get(mistake.image)! }));
}
