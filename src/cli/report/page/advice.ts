import { arms, realImages } from '../../../evaluate/arms/arms.js';
import { classifierNames, counted, percent, points, verdictOf } from '../figures.js';
import { differenceOf, highest, isOfCodes, verdictsOf, verdictText } from '../verdict.js';
import { episodesOf, type ReportParts } from './pageParts.js';

/** Something to know or to do, as figures say it. */
export interface Advice {
  /** `gain` and `loss` are clear of zero; `open` is not; `care` says how far figures reach, or what to mend. */
  readonly kind: 'gain' | 'loss' | 'open' | 'care';
  readonly text: string;
}

export type AdviceFacts = Pick<ReportParts, 'data' | 'encoder' | 'map' | 'evaluation'>;

/** Fewer query images than that make one of them weigh much. */
const FEW_QUERIES = 200;
const FEW_IMAGES = 5;
/** Times that of guessing, below which an accuracy says that little was learned. */
const HARDLY = 1.5;
const UNEVEN = 3;
/** Below, a map shows other neighbors than there are. */
const TRUST = 0.85;

/** An arm that hallucinates from a single image of a class. */
const fromOneImage = arms.find(({ hallucinates, samplesNeeded }) => hallucinates && samplesNeeded === 1)!;

/** What each classifier comes to, but for the best one, of which the answer speaks. */
const findings = ({ evaluation }: AdviceFacts): Advice[] => {
  const verdicts = verdictsOf(evaluation);
  const best = highest(verdicts.map((verdict) => verdict.best));
  return verdicts
    .filter((verdict) => verdict.best !== best)
    .flatMap((verdict): Advice[] => {
      const text = verdictText(verdict);
      if (text === undefined) return [];
      const isClear = verdict.alone !== undefined && verdictOf(verdict.alone) === 'better';
      return [{ kind: isClear ? 'gain' : 'open', text }];
    });
};

const losses = ({ evaluation: { results } }: AdviceFacts): Advice[] =>
  results
    .filter(({ arm }) => arm === realImages.name)
    .flatMap((alone): Advice[] => {
      const worse = results
        .filter(({ classifier }) => classifier === alone.classifier)
        .map((row) => ({ arm: row.arm, ...differenceOf(row, alone) }))
        .filter((row) => verdictOf(row) === 'worse');
      if (worse.length === 0) return [];
      const list = worse.map((row) => `${row.arm} (${points(row)})`).join(', ');
      const text = `With the ${classifierNames[alone.classifier]}, worse than the real images alone: ${list} points.`;
      return [{ kind: 'loss', text }];
    });

/** Where comparing codes, without any image made, is clearly better than the best arm. */
const codesAlone = ({ evaluation }: AdviceFacts): Advice[] => {
  const codes = highest(evaluation.results.filter(({ arm }) => isOfCodes(arm)));
  const best = highest(evaluation.results.filter(({ arm }) => !isOfCodes(arm)));
  if (codes === undefined || best === undefined) return [];
  const over = differenceOf(codes, best);
  if (verdictOf(over) !== 'better') return [];
  const text = `To recognize, no image need be made: comparing the encoder's codes (${codes.arm}) has ${percent(codes.mean)} %, ${points(over)} points over ${best.arm} with the ${classifierNames[best.classifier]}.`;
  return [{ kind: 'gain', text }];
};

/** Advice of the kind `care`, where it applies. */
const care = (says: boolean, text: string): Advice[] => (says ? [{ kind: 'care', text }] : []);

/** True for an encoder of drawings at large, which has been taught no classes by name. */
const isGeneral = ({ card }: ReportParts['encoder']): boolean => card.data.classes.length === 0;

/** What the setting itself leaves open. */
function reach({ data, evaluation, encoder }: AdviceFacts): Advice[] {
  const { shots, queries, protocol, ways, results, model } = evaluation;
  const alone = results.find(({ arm }) => arm === realImages.name);
  return [
    ...care(
      episodesOf(evaluation) === 1,
      'One episode gives no interval, so no difference on this page can be told from chance. Ask for at least four: --episodes 4.',
    ),
    ...care(
      shots === 1,
      `With one shot there is no pair to interpolate: lerp and slerp add nothing. The arm ${fromOneImage.name} needs one image alone.`,
    ),
    ...care(
      queries < FEW_QUERIES,
      `There are ${queries} query images, so one of them is worth ${percent(1 / queries)} points. Intervals cover the choice of the labeled images alone, not that of the query images.`,
    ),
    ...care(
      alone !== undefined && alone.ci95 !== null && alone.mean - alone.ci95 <= 1 / ways,
      `The real images alone are hardly better than guessing, which has ${percent(1 / ways)} %. More labeled images help more than any augmentation.`,
    ),
    ...care(
      protocol === 'paper' && model !== undefined && !isGeneral(encoder),
      `The encoder ${encoder.card.name} ${encoder.card.data.name === data.name ? 'has' : 'may have'} seen labeled images of these classes (protocol paper). The figures do not say what it does for classes that it never saw.`,
    ),
  ];
}

/** What is to be mended in the data. */
export function dataAdvice({ classes, bad, duplicates, leaks }: ReportParts['data']['found']): Advice[] {
  const sizes = classes.map(({ label, images }) => ({
    label,
    images: Object.values(images).reduce((sum, own) => sum + own, 0),
  }));
  const [fewest, most] = [Math.min, Math.max].map((end) => end(...sizes.map(({ images }) => images)));
  const rare = sizes.filter(({ images }) => images < FEW_IMAGES).map(({ label }) => label);
  return [
    ...care(
      leaks.length > 0,
      `${counted(leaks.length, 'pair')} of nearly the same picture ${leaks.length === 1 ? 'is' : 'are'} in train and in another split: accuracy looks better than it is. Take them out of one.`,
    ),
    ...care(
      duplicates.length > 0,
      `${counted(duplicates.length, 'picture')} ${duplicates.length === 1 ? 'is' : 'are'} there more than once. Copies add nothing to learn from.`,
    ),
    ...care(
      bad.length > 0,
      `${counted(bad.length, 'image')} cannot be read and ${bad.length === 1 ? 'is' : 'are'} left out. Save ${bad.length === 1 ? 'it' : 'them'} again, or take ${bad.length === 1 ? 'it' : 'them'} away.`,
    ),
    ...care(
      rare.length > 0,
      `Fewer than ${FEW_IMAGES} images: ${rare.slice(0, 10).join(', ')}${rare.length > 10 ? ` and ${counted(rare.length - 10, 'more class', 'more classes')}` : ''}. Collect more of them first.`,
    ),
    ...care(
      fewest! > 0 && most! >= UNEVEN * fewest!,
      `Classes have from ${counted(fewest!, 'image')} to ${counted(most!, 'image')}. Episodes take as many of each; a classifier that learns from all of them should be balanced.`,
    ),
  ];
}

/** What is to be mended in the data, or is unlike what the encoder knows. */
function material({ data, encoder, map }: AdviceFacts): Advice[] {
  const { card } = encoder;
  const knn = Object.entries(card.scores).find(([name]) => name.startsWith('KNN on codes'));
  return [
    ...dataAdvice(data.found),
    ...care(
      card.data.name !== data.name && !isGeneral(encoder),
      `The encoder ${card.name} was trained on ${card.data.name}, not on ${data.name}: it draws what it knows. Train one on these images: fewshot train.`,
    ),
    ...care(
      knn !== undefined && !isGeneral(encoder) && knn[1] * card.data.classes.length < HARDLY,
      `The encoder's codes hardly tell its classes apart (on its card: ${knn?.[0]}: ${knn?.[1]}; guessing has ${(1 / card.data.classes.length).toFixed(3)}). Train it longer, or on more images.`,
    ),
    ...care(
      'trustworthiness' in map && map.trustworthiness < TRUST,
      `The map keeps few neighbors (trustworthiness ${'trustworthiness' in map ? map.trustworthiness.toFixed(3) : ''}): do not read distances in it.`,
    ),
  ];
}

/** What the figures of a report say to do: first what was measured, then how far it reaches, then what to mend. */
export function adviceFor(facts: AdviceFacts): Advice[] {
  return [findings, losses, codesAlone, reach, material].flatMap((rule) => rule(facts));
}
