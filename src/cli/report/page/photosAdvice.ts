import { pathNames } from '../../../augment/paths.js';
import type { Label } from '../../../core/image.js';
import type { ArmResult, Comparison } from '../../../evaluate/result.js';
import { pairedDifference, proportion } from '../../../evaluate/statistics.js';
import { classifierNames, counted, percent, points, verdictOf } from '../figures.js';
import { type Advice, dataAdvice } from './advice.js';
import { episodesOf, type ReportParts, type ShownEvaluation } from './pageParts.js';

type Rows = Pick<ShownEvaluation, 'results'>;
type Row = Pick<ArmResult, 'arm' | 'classifier'>;

/** Name of a row in sentences: `codes+mean, KNN`. */
export const rowName = ({ arm, classifier }: Row): string => `${arm}, ${classifierNames[classifier]}`;

/** The row that others are measured by: real codes by their prototypes, else the first. */
export const referenceRow = ({ results }: Rows): ArmResult =>
  results.find(({ arm, classifier }) => arm === 'codes' && classifier === 'prototypes') ?? results[0]!;

/** An evaluation with the number of different photos that were asked for. */
export interface AskedPhotos {
  readonly evaluation: ShownEvaluation;
  readonly photos: number;
}

const Z_975 = 1.96;

/**
 * A difference with an interval that few photos cannot make narrow: episodes ask for the same ones again and again. If `d` is the
 * share of them that is answered otherwise, chance alone moves it by sqrt(d / n), as in McNemar's test.
 */
function onPhotos(
  difference: number,
  ci95: number | null,
  photos: number,
): Pick<Comparison, 'difference' | 'ci95'> {
  const chance = photos === 0 ? 0 : Z_975 * Math.sqrt(Math.abs(difference) / photos);
  return { difference, ci95: ci95 === null ? null : Math.max(ci95, chance) };
}

/** Difference of two rows over the same episodes, which asked for so many photos. */
export function differenceOf(
  row: ArmResult,
  against: ArmResult,
  photos: number,
): Pick<Comparison, 'difference' | 'ci95'> {
  const { mean, ci95 } = pairedDifference(row.episodes, against.episodes);
  return onPhotos(mean, ci95, photos);
}

const bestOf = (rows: readonly ArmResult[]): ArmResult | undefined =>
  rows.length === 0 ? undefined : rows.reduce((a, b) => (b.mean > a.mean ? b : a));

/** The row to take: the reference, unless the best one is clearly better. */
export function chosenRow({ evaluation, photos }: AskedPhotos): ArmResult {
  const reference = referenceRow(evaluation);
  const best = bestOf(evaluation.results)!;
  return verdictOf(differenceOf(best, reference, photos)) === 'better' ? best : reference;
}

const hallucinates = (arm: string): boolean =>
  arm.split('+').some((part) => (pathNames as readonly string[]).includes(part));

/** The arm without what it hallucinates: `codes+geometric` of `codes+geometric+mean`. */
const withoutHallucinations = (arm: string): string =>
  arm
    .split('+')
    .filter((part) => !(pathNames as readonly string[]).includes(part))
    .join('+');

/**
 * The most that hallucinated codes add to a classifier: the row, and its difference from the same without them. Those that are made of
 * real codes alone come first.
 */
function hallucinationGain({ evaluation, photos }: AskedPhotos, classifier: ArmResult['classifier']) {
  const own = evaluation.results.filter((row) => row.classifier === classifier);
  const all = own.flatMap((row) => {
    const without = own.find(({ arm }) => arm === withoutHallucinations(row.arm));
    return !hallucinates(row.arm) || without === undefined
      ? []
      : [{ row, without, ...differenceOf(row, without, photos) }];
  });
  const ofReal = all.filter(({ without }) => without.arm === 'codes');
  const found = ofReal.length > 0 ? ofReal : all;
  return found.length === 0 ? undefined : found.reduce((a, b) => (b.difference > a.difference ? b : a));
}

/** The path whose hallucinated codes clearly help a classifier that learns from real codes; undefined where there is none. */
export function helpfulPath(asked: AskedPhotos, classifier: ArmResult['classifier']): string | undefined {
  const gain = hallucinationGain(asked, classifier);
  return gain?.without.arm === 'codes' && verdictOf(gain) === 'better'
    ? gain.row.arm.split('+').at(-1)
    : undefined;
}

/** From so many photos on, chance moves an accuracy little, and its interval over episodes says all. */
const MANY = 400;

/** The range that an accuracy may have on more photos of the same kind, where few were asked. */
function onMore({ mean }: ArmResult, photos: number): string {
  if (photos === 0 || photos >= MANY) return '';
  const [low, high] = proportion(Math.round(mean * photos), photos).ci95;
  return ` (of more photos like them ${Math.floor(100 * low)} to ${Math.ceil(100 * high)} %)`;
}

/** The answer of a report in one sentence: what to take, and what it gains. */
export function photosAnswer(asked: AskedPhotos): string {
  const { shots, ways, classes, results } = asked.evaluation;
  const chosen = chosenRow(asked);
  const more = onMore(chosen, asked.photos);
  const interval = chosen.ci95 === null || more !== '' ? '' : ` ± ${percent(chosen.ci95)}`;
  const things =
    classes === undefined || ways === classes.length
      ? `each of ${counted(ways, 'thing')}`
      : `each of ${ways} of ${classes.length} things at a time`;
  const first = `Use the ${classifierNames[chosen.classifier]} on ${chosen.arm}: from ${counted(shots, 'photo')} of ${things}, ${percent(chosen.mean)} %${interval} of the other photos are recognized${more}`;
  const reference = referenceRow(asked.evaluation);
  const best = bestOf(results)!;
  if (chosen !== reference)
    return `${first}, ${points(differenceOf(chosen, reference, asked.photos))} points over ${rowName(reference)}.`;
  if (results.length === 1) return `${first}.`;
  return `${first}, and ${best === reference ? 'no other row has more' : `no other of ${results.length} rows is clearly better`}.`;
}

/** Share of the queries of a class that a row gets right; absent where none were asked. */
export interface ClassRecall {
  readonly label: Label;
  readonly right: number;
  readonly of: number;
}

/** How often each class is recognized by a row, the least first. Classes that were never asked for are left out. */
export function recalls(row: ArmResult, classes: readonly Label[] = []): ClassRecall[] {
  return classes
    .map((label, i) => ({
      label,
      right: row.confusion?.[i]?.[i] ?? 0,
      of: row.confusion?.[i]?.reduce((sum, cell) => sum + cell, 0) ?? 0,
    }))
    .filter(({ of }) => of > 0)
    .sort((a, b) => a.right / a.of - b.right / b.of);
}

/** Two classes that a row takes for each other most often, with the number of such answers; absent where there are none. */
export function confusedPair(row: ArmResult, classes: readonly Label[] = []) {
  const pairs = classes.flatMap((one, i) =>
    classes.slice(i + 1).map((other, k) => {
      const j = i + 1 + k;
      const [wrong, back] = [row.confusion?.[i]?.[j] ?? 0, row.confusion?.[j]?.[i] ?? 0];
      return { one, other, times: wrong + back };
    }),
  );
  const most = pairs.reduce<(typeof pairs)[number] | undefined>(
    (a, b) => (b.times > (a?.times ?? 0) ? b : a),
    undefined,
  );
  return most;
}

/** The row whose confusions and mistakes a page shows: that of the result's mistakes, else the one to take. */
export function shownRow(asked: AskedPhotos): ArmResult {
  const { results, mistakes } = asked.evaluation;
  return (
    results.find((row) => row.arm === mistakes?.arm && row.classifier === mistakes.classifier) ??
    chosenRow(asked)
  );
}

const advice = (kind: Advice['kind'], text: string): Advice => ({ kind, text });

/** What speaks against reading much into the highest row. */
function highestRow({ evaluation, photos }: AskedPhotos): Advice[] {
  const reference = referenceRow(evaluation);
  const best = bestOf(evaluation.results)!;
  if (best === reference) return [];
  const over = differenceOf(best, reference, photos);
  const text = `The highest of ${counted(evaluation.results.length, 'row')} is ${rowName(best)}, ${points(over)} points over ${rowName(reference)}`;
  return verdictOf(over) === 'better'
    ? [advice('gain', `${text}; as the highest of many, part of it may be luck.`)]
    : [advice('open', `${text}, which needs nothing learned or made.`)];
}

const effects = [
  ['better', 'gain', 'Hallucinated codes help'],
  ['worse', 'loss', 'Hallucinated codes harm'],
  ['open', 'open', 'Hallucinated codes show no clear gain'],
] as const;

/** What hallucinated codes do for the classifiers, in points. */
function hallucinated(asked: AskedPhotos): Advice[] {
  const classifiers = [...new Set(asked.evaluation.results.map(({ classifier }) => classifier))];
  const gains = classifiers.flatMap((classifier) => hallucinationGain(asked, classifier) ?? []);
  return effects.flatMap(([verdict, kind, words]) => {
    const own = gains.filter((gain) => gain.ci95 !== null && verdictOf(gain) === verdict);
    const list = own.map(
      (gain) =>
        `${classifierNames[gain.row.classifier]} ${points(gain)} (${gain.row.arm} over ${gain.without.arm})`,
    );
    return own.length === 0 ? [] : [advice(kind, `${words}, in points: ${list.join('; ')}.`)];
  });
}

/** Above, a class needs no more photos. */
const RECOGNIZED = 0.97;

/** Which things need more photos, or other ones. */
function things(asked: AskedPhotos): Advice[] {
  const { evaluation } = asked;
  const row = shownRow(asked);
  const [least] = recalls(row, evaluation.classes);
  const pair = confusedPair(row, evaluation.classes);
  return [
    ...(least === undefined || least.right / least.of >= RECOGNIZED
      ? []
      : [
          advice(
            'care',
            `Take more photos of ${String(least.label)} first: ${percent(least.right / least.of)} % of its photos are recognized, the fewest (${rowName(row)}).`,
          ),
        ]),
    ...(pair === undefined
      ? []
      : [
          advice(
            'care',
            `${String(pair.one)} and ${String(pair.other)} are taken for each other most often: ${counted(pair.times, 'answer')} in ${counted(episodesOf(evaluation), 'episode')}. Photograph what tells them apart, in the same light and before the same ground.`,
          ),
        ]),
  ];
}

/** A rise that is surely below this is none worth photographing for. */
const FLAT = 0.03;

/** What more photos of each thing have brought so far, for each line of the curve. */
export function curveAdvice({ evaluation: { curve = [] }, photos }: AskedPhotos): Advice[] {
  return curve.flatMap(({ arm, classifier, points: all }) => {
    const sorted = [...all].sort((a, b) => a.shots - b.shots);
    const [before, last] = [sorted.at(-2), sorted.at(-1)];
    if (before === undefined || last === undefined) return [];
    // As if the two were independent: they share their queries, so the interval is rather too wide.
    const apart = before.ci95 === null || last.ci95 === null ? null : Math.hypot(before.ci95, last.ci95);
    const { difference, ci95 } = onPhotos(last.mean - before.mean, apart, photos);
    const figure = `${points({ difference, ci95 })} points from ${before.shots} to ${last.shots} photos of each (${rowName({ arm, classifier })})`;
    if (verdictOf({ difference, ci95 }) === 'better')
      return [advice('gain', `More photos still help: ${figure}.`)];
    const isFlat = ci95 !== null && difference + ci95 < FLAT;
    return [
      advice(
        'open',
        isFlat
          ? `More photos of the same kind help little: ${figure}. Photos of another kind may help more.`
          : `Whether more photos still help is not clear: ${figure}.`,
      ),
    ];
  });
}

/** Fewer query images than that make one of them weigh much. */
const FEW_QUERIES = 100;
/** Above, little is left to gain. */
const CEILING = 0.98;

/** How far the figures reach. */
function reach({ evaluation, photos }: AskedPhotos): Advice[] {
  const { split, model, protocol } = evaluation;
  const reference = referenceRow(evaluation);
  return [
    ...(episodesOf(evaluation) === 1
      ? [advice('care', 'One episode gives no interval. Ask for more: --episodes 100.')]
      : []),
    ...(reference.mean >= CEILING
      ? [
          advice(
            'care',
            `${rowName(reference)} has ${percent(reference.mean)} % already: little is left to gain. Try photos as they will come in use: other places, other light.`,
          ),
        ]
      : []),
    ...(photos < FEW_QUERIES
      ? [
          advice(
            'care',
            `There are only ${counted(photos, 'photo')} to ask for${split === 'all' ? ', each one while it is not learned from' : ''}. One of them is worth ${percent(1 / photos)} points, so small differences may be luck.`,
          ),
        ]
      : []),
    ...(protocol === 'paper' && model !== undefined
      ? [advice('care', `${model.name} may have seen these very classes (protocol paper).`)]
      : []),
  ];
}

/** What a report on photos says to do: what to take first, then which photos are missing, then how far figures reach. */
export function photosAdvice(evaluation: ShownEvaluation, found: ReportParts['data']['found']): Advice[] {
  const asked = { evaluation, photos: found.tested };
  return [
    ...highestRow(asked),
    ...hallucinated(asked),
    ...things(asked),
    ...curveAdvice(asked).slice(-1),
    ...reach(asked),
    ...dataAdvice(found),
  ];
}
