import { makesImages } from '../../../evaluate/arms/arm.js';
import { arms, keyArms } from '../../../evaluate/arms/arms.js';
import { pairedDifference } from '../../../evaluate/statistics.js';
import { counted, percent, points, verdictOf } from '../figures.js';
import { classifiersOf, episodesOf, type ReportParts } from './pageParts.js';

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
/** Times that of guessing, below which an accuracy says that little was learnt. */
const HARDLY = 1.5;
const UNEVEN = 3;
/** Below, a map shows other neighbours than there are. */
const TRUST = 0.85;
/** Above, little is left to gain. */
const CEILING = 0.98;

/** Arms in advice on what beats the baseline: the poster's first, the others in the order of tables. */
const advised = [keyArms.slerp, ...arms.filter((arm) => arm !== keyArms.slerp)].filter(
  ({ advice }) => advice !== undefined,
);
/** Arms without images, which are no way to augment. */
const withoutImages = arms.filter((arm) => !makesImages(arm)).map(({ name }) => name);
/** An arm that hallucinates from a single image of a class. */
const fromOneImage = arms.find(({ hallucinates, samplesNeeded }) => hallucinates && samplesNeeded === 1)!;
const REAL = keyArms.realImages.name;
const BASELINE = keyArms.baseline.name;

const gains = ({ evaluation }: AdviceFacts): Advice[] =>
  classifiersOf(evaluation).flatMap(({ name, rows }): Advice[] => {
    const classifier = rows[0]!.classifier;
    const over = evaluation.comparisons.filter(
      (row) => row.classifier === classifier && row.against === REAL && !withoutImages.includes(row.arm),
    );
    if (over.length === 0 || over.every(({ ci95 }) => ci95 === null)) return [];
    const best = over.reduce((a, b) => (b.difference > a.difference ? b : a));
    const clear = over.filter((row) => verdictOf(row) === 'better');
    const many = over.length > 2 ? ` It is the highest of ${over.length}, so part of it may be luck.` : '';
    if (verdictOf(best) === 'better') {
      const others = clear.filter((row) => row !== best).map(({ arm }) => arm);
      const also = others.length === 0 ? '' : ` Clear of zero too: ${others.join(', ')}.`;
      return [
        {
          kind: 'gain',
          text: `With the ${name}, ${best.arm} has the highest gain over the real images alone: ${points(best)} points.${also}${many}`,
        },
      ];
    }
    return [
      {
        kind: 'open',
        text: `With the ${name}, no arm is clearly better than the real images alone; the highest is ${best.arm}, ${points(best)} points. So these figures are no reason to augment.`,
      },
    ];
  });

const losses = ({ evaluation }: AdviceFacts): Advice[] =>
  classifiersOf(evaluation).flatMap(({ name, rows }): Advice[] => {
    const worse = evaluation.comparisons.filter(
      (row) => row.classifier === rows[0]!.classifier && row.against === REAL && verdictOf(row) === 'worse',
    );
    if (worse.length === 0) return [];
    const list = worse.map((row) => `${row.arm} (${points(row)})`).join(', ');
    return [{ kind: 'loss', text: `With the ${name}, worse than the real images alone: ${list} points.` }];
  });

const againstBaseline = ({ evaluation }: AdviceFacts): Advice[] =>
  classifiersOf(evaluation).flatMap(({ name, rows }): Advice[] => {
    const found = advised.flatMap(({ name: arm, advice: words }) => {
      const row = evaluation.comparisons.find(
        (other) =>
          other.arm === arm && other.against === BASELINE && other.classifier === rows[0]!.classifier,
      );
      return row === undefined || row.ci95 === null
        ? []
        : [{ verdict: verdictOf(row), figure: `${words}: ${points(row)}` }];
    });
    const saying = (verdict: 'better' | 'worse' | 'open', begin: string, end: string) => {
      const figures = found.filter((row) => row.verdict === verdict).map(({ figure }) => figure);
      return figures.length === 0
        ? []
        : [
            `${begin} with the ${name}, in points over ${counted(episodesOf(evaluation), 'episode')}: ${figures.join('; ')}. ${end}`.trim(),
          ];
    };
    return [
      ...saying('better', `Beat ${BASELINE} here`, '').map((text) => ({ kind: 'gain' as const, text })),
      ...saying('worse', `Did worse than ${BASELINE} here`, `Prefer ${BASELINE}.`).map((text) => ({
        kind: 'loss' as const,
        text,
      })),
      ...saying(
        'open',
        `Did not beat ${BASELINE} here`,
        'These intervals hold zero; more episodes and more query images would narrow them.',
      ).map((text) => ({ kind: 'open' as const, text })),
    ];
  });

const slerpOrLerp = ({ evaluation }: AdviceFacts): Advice[] =>
  classifiersOf(evaluation).flatMap(({ name, rows }): Advice[] => {
    const [slerp, lerp] = [keyArms.slerp, keyArms.lerp].map(({ name: arm }) =>
      rows.find((row) => row.arm === arm),
    );
    if (evaluation.shots === 1 || slerp === undefined || lerp === undefined) return [];
    const { mean: difference, ci95 } = pairedDifference(slerp.episodes, lerp.episodes);
    if (ci95 === null) return [];
    const verdict = verdictOf({ difference, ci95 });
    const figure = `${points({ difference, ci95 })} points with the ${name}`;
    if (verdict === 'open')
      return [{ kind: 'open', text: `slerp and lerp cannot be told apart here: ${figure}.` }];
    return [
      {
        kind: verdict === 'better' ? 'gain' : 'loss',
        text: `slerp is ${verdict} than lerp here: ${figure}.`,
      },
    ];
  });

/** Advice of the kind `care`, where it applies. */
const care = (says: boolean, text: string): Advice[] => (says ? [{ kind: 'care', text }] : []);

/** What the setting itself leaves open. */
function reach({ data, evaluation, encoder }: AdviceFacts): Advice[] {
  const { shots, queries, protocol, ways, results, model } = evaluation;
  const alone = results.find(({ arm }) => arm === REAL);
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
      `There are ${queries} query images, so one of them is worth ${percent(1 / queries)} points. Intervals cover the choice of the labelled images alone, not that of the query images.`,
    ),
    ...care(
      alone !== undefined && alone.ci95 !== null && alone.mean - alone.ci95 <= 1 / ways,
      `The real images alone are hardly better than guessing, which has ${percent(1 / ways)} %. More labelled images help more than any augmentation.`,
    ),
    ...care(
      alone !== undefined && alone.mean >= CEILING,
      `The real images alone have ${percent(alone?.mean ?? 0)} % already: little is left to gain.`,
    ),
    ...care(
      protocol === 'paper' && model !== undefined,
      `The encoder ${encoder.card.name} ${encoder.card.data.name === data.name ? 'has' : 'may have'} seen labelled images of these classes (protocol paper). The figures do not say what it does for classes that it never saw.`,
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
      card.data.name !== data.name,
      `The encoder ${card.name} was trained on ${card.data.name}, not on ${data.name}: it draws what it knows. Train one on these images: fewshot train.`,
    ),
    ...care(
      knn !== undefined && knn[1] * card.data.classes.length < HARDLY,
      `The encoder's codes hardly tell its classes apart (on its card: ${knn?.[0]}: ${knn?.[1]}; guessing has ${(1 / card.data.classes.length).toFixed(3)}). Train it longer, or on more images.`,
    ),
    ...care(
      'trustworthiness' in map && map.trustworthiness < TRUST,
      `The map keeps few neighbours (trustworthiness ${'trustworthiness' in map ? map.trustworthiness.toFixed(3) : ''}): do not read distances in it.`,
    ),
  ];
}

/** What the figures of a report say to do: first what was measured, then how far it reaches, then what to mend. */
export function adviceFor(facts: AdviceFacts): Advice[] {
  return [gains, losses, againstBaseline, slerpOrLerp, reach, material].flatMap((rule) => rule(facts));
}
