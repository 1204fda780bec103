import { makesImages } from '../../evaluate/arms/arm.js';
import { arms, realImages } from '../../evaluate/arms/arms.js';
import { codeArmNamed, codeReference } from '../../evaluate/codes/codeArms.js';
import type { ArmResult, Comparison, EvaluationResult } from '../../evaluate/result.js';
import { codeClassifierNames } from '../../evaluate/settings.js';
import { pairedDifference } from '../../evaluate/statistics.js';
import { classifierNames, percent, points, verdictOf } from './figures.js';

/** A difference in [−1, 1] with half its 95 % interval. */
export type Difference = Pick<Comparison, 'difference' | 'ci95'>;

type Results = Pick<EvaluationResult, 'results'>;

/** Mean difference of two rows over the same episodes. */
export function differenceOf(row: ArmResult, against: ArmResult): Difference {
  const { mean: difference, ci95 } = pairedDifference(row.episodes, against.episodes);
  return { difference, ci95 };
}

/** What an evaluation of images comes to for one classifier. Arms that compare codes make no images, and are left out. */
export interface Verdict {
  /** The arm of highest accuracy beside the real images alone. */
  readonly best: ArmResult;
  /** The real images alone, and what the best arm adds to them; absent where they were not judged. */
  readonly alone?: Difference & { readonly row: ArmResult };
  /**
   * What hallucination adds: the best arm that hallucinates less the best that does not. Absent where either is missing, or is
   * only in pipelines, which may do both.
   */
  readonly made?: Difference & { readonly row: ArmResult; readonly without: ArmResult };
  /** What an arm of hallucinations alone adds to `made.without`, the highest of those; absent where that is `made`. */
  readonly pure?: Difference & { readonly row: ArmResult };
}

const hallucinates = new Map(arms.filter(makesImages).map((arm) => [arm.name, arm.hallucinates]));
const comparesCodes = new Set(arms.filter((arm) => !makesImages(arm)).map(({ name }) => name));

/** True for an arm that hallucinates and does nothing else: names tell by a plus. */
const isPure = (arm: string): boolean => hallucinates.get(arm) === true && !arm.includes('+');

/** True for an arm without images, which is no way to augment. */
export const isOfCodes = (arm: string): boolean => comparesCodes.has(arm);

/** The row of highest accuracy, the first of several; undefined of none. */
export const highest = (rows: readonly ArmResult[]): ArmResult | undefined =>
  rows.reduce<ArmResult | undefined>((a, b) => (a === undefined || b.mean > a.mean ? b : a), undefined);

/** A verdict for each classifier that judged an arm beside the real images alone. */
export function verdictsOf({ results }: Results): Verdict[] {
  return [...new Set(results.map(({ classifier }) => classifier))].flatMap((classifier) => {
    const rows = results.filter((row) => row.classifier === classifier && !isOfCodes(row.arm));
    const alone = rows.find(({ arm }) => arm === realImages.name);
    const others = rows.filter((row) => row !== alone);
    const best = highest(others);
    if (best === undefined) return [];
    const [made, without] = [true, false].map((does) =>
      highest(rows.filter(({ arm }) => hallucinates.get(arm) === does)),
    );
    const pure = highest(rows.filter(({ arm }) => isPure(arm)));
    return [
      {
        best,
        ...(alone === undefined ? {} : { alone: { row: alone, ...differenceOf(best, alone) } }),
        ...(made === undefined || without === undefined
          ? {}
          : { made: { row: made, without, ...differenceOf(made, without) } }),
        ...(pure === undefined || without === undefined || pure === made
          ? {}
          : { pure: { row: pure, ...differenceOf(pure, without) } }),
      },
    ];
  });
}

/** What hallucination adds, as the rest of a sentence on the best arm; empty where there is nothing to say. `what` tells of the other arm. */
function madeText({ best, alone, made, pure }: Verdict, what = ''): string {
  if (made === undefined || made.without === alone?.row) return '';
  const verdict = verdictOf(made);
  if (made.row === best) {
    const but = [
      ...(verdict === 'open' ? ['not clear'] : []),
      ...(pure === undefined ? [] : [`${pure.row.arm} alone ${points(pure)}`]),
    ];
    return `, ${points(made)} over ${made.without.arm}${what}${but.length === 0 ? '' : ` (${but.join('; ')})`}`;
  }
  if (made.without !== best) return '';
  const adds = verdict === 'worse' ? 'hallucination does not help' : 'hallucination adds nothing clear';
  return `; ${adds} (${made.row.arm} ${points(made)})`;
}

/** A verdict in a line: the best arm, its gain over the real images alone, and what hallucination adds. None of one episode. */
export function verdictText(verdict: Verdict): string | undefined {
  const { best, alone } = verdict;
  if (best.ci95 === null) return undefined;
  const name = classifierNames[best.classifier];
  const real = realImages.name;
  if (alone === undefined)
    return `${name}: ${best.arm} is highest, ${percent(best.mean)} %${madeText(verdict)}.`;
  return verdictOf(alone) === 'better'
    ? `${name}: ${best.arm} ${points(alone)} points over ${real}${madeText(verdict)}.`
    : `${name}: no arm is clearly above ${real}; the highest is ${best.arm}, ${points(alone)} points.`;
}

/** A line on each classifier. */
export const verdictLines = (result: Results): string[] =>
  verdictsOf(result).flatMap((verdict) => verdictText(verdict) ?? []);

/** Above, little is left to gain. */
const CEILING = 0.98;

/** The answer of an evaluation of images in one sentence: what to do with them, and what that brings. */
export function imagesAnswer(result: Results): string {
  const verdicts = verdictsOf(result);
  const best = highest(verdicts.map((verdict) => verdict.best));
  if (best === undefined) {
    const { arm, classifier, mean } = highest(result.results)!;
    return `Only ${arm} was judged: the ${classifierNames[classifier]} recognizes ${percent(mean)} % of new images.`;
  }
  const verdict = verdicts.find((one) => one.best === best)!;
  const { alone } = verdict;
  const made = madeText(verdict, ', the best without hallucination');
  const by = `the ${classifierNames[best.classifier]}`;
  if (best.ci95 === null) {
    return `One episode cannot tell what helps: ${best.arm} is highest with ${by}, ${percent(best.mean)} % of new images.`;
  }
  const use = `Use ${best.arm} with ${by}: ${percent(best.mean)} % of new images are recognized`;
  if (alone === undefined) return `${use}${made}; the real images alone were not judged.`;
  if (verdictOf(alone) === 'better')
    return `${use}, ${points(alone)} points over the real images alone${made}.`;
  const real = `${by} recognizes ${percent(alone.row.mean)} % of new ones from the real ones alone`;
  return alone.row.mean >= CEILING
    ? `Leave these images as they are: ${real}, and little is left to gain.`
    : `Nothing clearly helps these images: ${real}, and the highest arm, ${best.arm}, adds ${points(alone)} points.`;
}

/** True for a comparison with the reference of codes. */
export const isOverReference = ({
  against,
  classifier,
  againstClassifier = classifier,
}: Comparison): boolean => against === codeReference.arm && againstClassifier === codeReference.classifier;

/** What an evaluation of codes comes to, in a line each: its best row, and what hallucination alone brings to the best of each classifier. */
export function codesVerdict({
  results,
  comparisons,
}: Pick<EvaluationResult, 'results' | 'comparisons'>): string[] {
  const of = ({ arm, classifier }: ArmResult) =>
    comparisons.filter((found) => found.arm === arm && found.classifier === classifier);
  const best = highest(results)!;
  const over = of(best).find(isOverReference);
  const parts = codeClassifierNames.flatMap((classifier) => {
    const rows = results.filter((row) => row.classifier === classifier && row.arm !== codeReference.arm);
    const made = rows.filter(({ arm }) => codeArmNamed(arm).path !== undefined);
    if (made.length === 0) return [];
    const top = highest(made)!;
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
