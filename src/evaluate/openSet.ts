import { nearestDistances } from '../classify/exactKnn.js';
import type { Features } from '../classify/knnEngine.js';
import { calibrated, FALSE_ALARMS, LeaveOneOut } from '../classify/unknown.js';
import { UsageError } from '../core/errors.js';
import { type ImageSet, type Label, labelText } from '../core/image.js';
import { randomStream } from '../core/random.js';
import type { EpisodeSources, LabeledSource } from '../data/episodes.js';
import { auroc } from './metrics/auroc.js';
import type { ProtocolSources } from './protocols.js';
import type { EvaluationSettings } from './settings.js';
import { type Estimate, estimate } from './statistics.js';

/** Queries of an episode that are of no class of it. */
export interface UnknownQueries {
  readonly classes: readonly Label[];
  readonly images: ImageSet;
}

/** Number of classes of an episode if one fifth of the classes, at least one, is to stay unknown. */
export const waysBesideUnknown = (classes: number): number => classes - Math.max(1, Math.round(classes / 5));

/**
 * Draws the unknown classes of an episode from those that it leaves out, as many as it has or all of them, and their queries:
 * as many of each as of a known class, or all that there are. The episode itself stays as it is.
 *
 * @param known classes of the episode
 * @throws UsageError when it leaves no class out
 */
export function unknownQueries(
  sources: ProtocolSources,
  settings: Pick<EvaluationSettings, 'queries' | 'seed'>,
  episode: number,
  known: readonly Label[],
): UnknownQueries {
  const { classes, indices } = drawUnknown(sources, settings, episode, known);
  return { classes, images: sources.query.images(indices) };
}

/** The unknown classes of an episode, and the indices of their queries; see {@link unknownQueries}. */
export function drawUnknown(
  { support, query, among = support.classes }: EpisodeSources<LabeledSource> & Pick<ProtocolSources, 'among'>,
  { queries, seed }: Pick<EvaluationSettings, 'queries' | 'seed'>,
  episode: number,
  known: readonly Label[],
): { readonly classes: readonly Label[]; readonly indices: readonly number[] } {
  const rest = among.filter((label) => !known.includes(label) && indicesOf(query, label).length > 0);
  if (rest.length === 0) {
    throw new UsageError(
      `no class stays unknown: an episode has all ${known.length} (${known.map(labelText).join(', ')})`,
      {
        hint: `Ask for at most ${waysBesideUnknown(known.length)} ways.`,
        option: ['unknown', 'ways'],
      },
    );
  }
  const stream = (...keys: (string | Label)[]) => randomStream(seed, 'episode', episode, 'unknown', ...keys);
  const drawn = new Set(stream('classes').sample(rest.length, Math.min(known.length, rest.length)));
  const classes = rest.filter((_, i) => drawn.has(i));
  const indices = classes.flatMap((label) => {
    const own = indicesOf(query, label);
    if (queries === 'all' || own.length <= queries) return own;
    return Array.from(stream(typeof label, label).sample(own.length, queries), (i) => own[i]!);
  });
  return { classes, indices };
}

function indicesOf({ classes, labels }: LabeledSource, label: Label): number[] {
  const own = classes.indexOf(label);
  return [...labels.keys()].filter((i) => labels[i] === own);
}

/** How a KNN tells unknown classes on one episode. Shares are in [0, 1]. */
export interface OpenSetVerdict {
  /** Area under the ROC curve of the distance to the nearest reference, of unknown queries against known ones. */
  readonly auroc: number;
  /** Share of false alarms that the threshold promises at most; 0 where there are no photos to measure. */
  readonly promised: number;
  /** Share of known queries that are called unknown. */
  readonly falseAlarms: number;
  /** Share of unknown queries that are called unknown. */
  readonly found: number;
  /** Share of known queries that get their class and are not called unknown. */
  readonly accuracy: number;
}

/** The figures of a verdict, in the order of tables. */
export const openSetFigures = ['auroc', 'promised', 'falseAlarms', 'found', 'accuracy'] as const;

/** How the KNN tells unknown classes by the references of one arm. */
export interface UnknownResult extends Readonly<Record<(typeof openSetFigures)[number], EpisodeShares>> {
  readonly arm: string;
}

/** A share in each episode, in order, and its mean. */
export interface EpisodeShares extends Estimate {
  readonly episodes: readonly number[];
}

/** The figures of each arm on unknown classes, by its verdicts on the episodes. */
export function unknownResults(
  arms: readonly string[],
  verdictsOf: (arm: string) => readonly OpenSetVerdict[],
): UnknownResult[] {
  return arms.map((arm) => {
    const own = verdictsOf(arm);
    const shares = openSetFigures.map((name): [(typeof openSetFigures)[number], EpisodeShares] => {
      const episodes = own.map((verdict) => verdict[name]);
      return [name, { ...estimate(episodes), episodes }];
    });
    return { arm, ...(Object.fromEntries(shares) as Omit<UnknownResult, 'arm'>) };
  });
}

/**
 * Judges a KNN by queries of known and of unknown classes, at the threshold of the references for 5 % false alarms.
 *
 * @param isMade true for a reference that is no photo: it is not measured for the threshold
 * @param right true for each known query that gets its class
 */
export async function judgeOpenSet(
  references: Features,
  isMade: (reference: number) => boolean,
  queries: {
    readonly known: Float32Array;
    readonly unknown: Float32Array;
    readonly right: readonly boolean[];
  },
): Promise<OpenSetVerdict> {
  const known = await nearestDistances(references, queries.known);
  const unknown = await nearestDistances(references, queries.unknown);
  const { threshold, falseAlarms: promised } = calibrated(
    new LeaveOneOut().distances(references, isMade),
    FALSE_ALARMS,
  );
  const share = (distances: readonly number[], counts: (distance: number, i: number) => boolean) =>
    distances.filter(counts).length / distances.length;
  return {
    auroc: auroc(unknown, known),
    promised,
    falseAlarms: share(known, (distance) => distance > threshold),
    found: share(unknown, (distance) => distance > threshold),
    accuracy: share(known, (distance, i) => distance <= threshold && queries.right[i]!),
  };
}
