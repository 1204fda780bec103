import { countOf, type Label } from '../core/image.js';
import type { LatentSpace } from '../models/architecture.js';
import type { Model } from '../models/model.js';
import { digestOfSources } from '../node/digestOfSources.js';
import type { Findings } from '../node/images/findings.js';
import { armNamed } from './arms/arms.js';
import { assertSettings } from './assertSettings.js';
import { isEvaluationData, sizesOf } from './data.js';
import type { EvaluateOptions } from './onWorkers.js';
import { unknownQueries } from './openSet.js';
import type { ProtocolSources } from './protocols.js';
import type { EvaluationResult, UnknownResults } from './result.js';
import { assertNeighbors, type EvaluationSettings } from './settings.js';
import { episodeOf, prepare, sourcesOf } from './trial.js';

/** Facts about data and encoders that a result states, as JSON. */
export interface EvaluationFacts {
  /** Number of query images of an episode. */
  readonly queries: number;
  /** Classes of an episode: fewer than asked for if classes were left out. */
  readonly ways: number;
  readonly shots: number;
  readonly episodes: number;
  /** Folders that episodes have the classes of, in turn; absent where those come from all. */
  readonly folders?: readonly string[];
  /** Classes of the data. */
  readonly known: readonly Label[];
  readonly found: Pick<EvaluationResult, 'leaks'>;
  /** Latent space of the encoders; those of episodes have codes on the sphere. */
  readonly latentSpace: LatentSpace;
  /** Unknown classes and their queries; absent without the setting. */
  readonly unknown?: Pick<UnknownResults, 'classes' | 'queries'>;
  /** Encoders that serve all episodes; empty under a protocol that trains one in each. */
  readonly models: Pick<EvaluationResult, 'model' | 'teachers'>;
  /** SHA-256 of images of one's own, where it was asked for. */
  readonly images?: string;
}

/**
 * Checks everything that depends on data and models, and frees them before worker threads load their own.
 *
 * @param digests tells images of one's own apart by their pixels, too
 * @throws UsageError when an episode cannot be drawn, or an arm needs something that the model or a teacher lacks
 */
export async function factsOf(
  settings: EvaluationSettings,
  arms: readonly string[],
  { onFindings, digests = false }: Pick<EvaluateOptions, 'onFindings'> & { readonly digests?: boolean } = {},
): Promise<EvaluationFacts> {
  const { findings, sources, model, teachers } = await prepare(settings);
  onFindings?.(findings);
  const fitting = { ...settings, ...sizeOf(sources, settings, findings) };
  const named = ({ card, digest }: Model) => ({ name: card.name, sha256: digest });
  try {
    assertSettings(fitting);
    const { queryIndices, classes } = episodeOf(sources, fitting, 0);
    const others =
      settings.unknown === true ? unknownQueries(sourcesOf(sources, 0), fitting, 0, classes) : undefined;
    const unknown =
      others === undefined
        ? {}
        : { unknown: { classes: others.classes.length, queries: countOf(others.images) } };
    const latentSpace = model?.latentSpace ?? 'sphere';
    const found = findings.leaks.length === 0 ? {} : { leaks: findings.leaks.length };
    const known = sources.query.classes;
    const { ways, shots, episodes } = fitting;
    if (sources.whole && settings.classifiers.includes('knn')) assertNeighbors(settings.k, ways, shots);
    const { folders } = sources;
    const queries = sources.whole ? Math.round(sources.query.labels.length / episodes) : queryIndices.length;
    const checked: Omit<EvaluationFacts, 'models'> = {
      ...{ queries, ways, shots, episodes, known, latentSpace, found, ...unknown },
      ...(folders === undefined ? {} : { folders: folders.map(({ name }) => name) }),
      ...(digests && !isEvaluationData(settings.data)
        ? { images: digestOfSources(sources.support, sources.query) }
        : {}),
    };
    if (model === undefined) return { ...checked, models: {} };
    for (const name of arms) armNamed(name, settings.pipelines).check?.(model, teachers);
    const taught = teachers.length === 0 ? {} : { teachers: teachers.map(named) };
    return { ...checked, models: { model: named(model), ...taught } };
  } finally {
    for (const each of [model, ...teachers]) each?.dispose();
  }
}

/** Number of classes, of supports of each, and of episodes: as asked for, or as they are given. */
function sizeOf(
  { support, among = support.classes, folders = [], whole = false }: ProtocolSources,
  settings: EvaluationSettings,
  { leftOut }: Findings,
): Pick<EvaluationFacts, 'ways' | 'shots' | 'episodes'> {
  const { ways, shots, episodes } = settings;
  if (whole) {
    const each = folders[0]!.classes.length;
    return { ways: each, shots: sizesOf(support)[0]!, episodes: folders.length };
  }
  return { ways: leftOut.length > 0 ? Math.min(ways, among.length) : ways, shots, episodes };
}
