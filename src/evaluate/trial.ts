import type { Features } from '../classify/knnEngine.js';
import { UsageError } from '../core/errors.js';
import { formatShape, type ImageSet, packImages, sizeOf } from '../core/image.js';
import { randomStream } from '../core/random.js';
import { type Episode, sampleEpisode, wholeEpisode } from '../data/episodes.js';
import { fitLike, isInkFit } from '../data/resize.js';
import { decodeModel, type Model } from '../models/model.js';
import type { Findings } from '../node/images/findings.js';
import { loadModel } from '../node/loadModel.js';
import { selectBackend } from '../node/selectBackend.js';
import { makesImages } from './arms/arm.js';
import { armNamed } from './arms/arms.js';
import { classFolders, foldersWithEnough } from './classFolders.js';
import { type EvaluationSplits, loadSplits, loadSplitsFor } from './data.js';
import { type Confusion, confusionOf, judges } from './judge.js';
import { judgeOpenSet, type OpenSetVerdict, unknownQueries } from './openSet.js';
import {
  type EpisodeEncoderProtocol,
  type Protocol,
  type ProtocolSources,
  protocols,
  trainsEncoder,
} from './protocols.js';
import type { EvaluationSettings, ImageClassifierName } from './settings.js';

/** One arm in one episode: the unit of work of an evaluation. */
export interface Task {
  readonly arm: string;
  readonly episode: number;
  /** Model file of the episode's encoder, under a protocol that trains one. */
  readonly encoder?: Uint8Array;
}

/** Confusions of one task, by classifier. */
export interface Verdicts extends Readonly<Partial<Record<ImageClassifierName, Confusion>>> {
  /** Present with the setting `unknown`. */
  readonly unknown?: OpenSetVerdict;
}

/** Data and encoders that all tasks of an evaluation share. */
export interface Bench {
  readonly findings: Findings;
  readonly sources: ProtocolSources;
  /** The encoder; absent if there is a `trainer`. */
  readonly model?: Model;
  /** Encoders that give soft labels together with the model. */
  readonly teachers: readonly Model[];
  /** The protocol, if it trains an encoder in each episode. */
  readonly trainer?: EpisodeEncoderProtocol;
}

/**
 * Chooses the backend, loads data and models, and checks that they fit the settings.
 *
 * Each worker thread calls it, and the main thread once before them, so that every error comes before any work. The main
 * thread cannot do with less than the data themselves: unreadable images, the checksums of a data set, the classes and how
 * many images each has come to light only when all images are read. Threads that read large images after it find them
 * decoded in the cache.
 */
export async function prepare(settings: EvaluationSettings): Promise<Bench> {
  await selectBackend(settings.backend);
  const protocol: Protocol = protocols[settings.protocol];
  if (trainsEncoder(protocol)) {
    const data = await loadSplits(settings);
    const sources = amongEnough(protocol.sources(data), data);
    return { ...inFolders(sources, data, settings), trainer: protocol, teachers: [] };
  }
  const models: Model[] = [];
  try {
    for (const name of [settings.model, ...(settings.teachers ?? [])]) models.push(await loadModel(name));
    const [model, ...teachers] = models as [Model, ...Model[]];
    for (const teacher of teachers) assertSameImages(model, teacher);
    const data = await loadSplitsFor(model, settings);
    const sources = amongEnough(protocol.sources(data, ...models.map(({ card }) => card)), data);
    return { ...inFolders(sources, data, settings), model, teachers };
  } catch (error) {
    for (const model of models) model.dispose();
    throw error;
  }
}

/** The sources without classes that have too few images for an episode. */
function amongEnough(sources: ProtocolSources, { train, among: enough }: EvaluationSplits): ProtocolSources {
  if (enough.length === train.classes.length) return sources;
  const among = (sources.among ?? sources.support.classes).filter((label) => enough.includes(label));
  return { ...sources, among };
}

/** The sources by the folders that episodes are of, if they are of one each, with what was found in the data. */
function inFolders(
  sources: ProtocolSources,
  { name, findings }: EvaluationSplits,
  { ways, within = false }: EvaluationSettings,
): Pick<Bench, 'sources' | 'findings'> {
  if (!(within || sources.whole)) return { sources, findings };
  const all = classFolders(sources.among ?? sources.support.classes, name);
  if (sources.whole) return { sources: { ...sources, folders: all }, findings };
  const { folders, notes } = foldersWithEnough(all, ways);
  return {
    sources: { ...sources, folders },
    findings: { ...findings, notes: [...findings.notes, ...notes] },
  };
}

/** The sources of an episode, with the classes that may be in it. */
export function sourcesOf({ folders, ...sources }: ProtocolSources, episode: number): ProtocolSources {
  return folders === undefined ? sources : { ...sources, among: folders[episode % folders.length]!.classes };
}

/** Throws a `UsageError` when two models take images of different shapes. */
function assertSameImages(model: Model, teacher: Model): void {
  if (model.imageShape.join() === teacher.imageShape.join()) return;
  const [own, other] = [model, teacher].map(({ imageShape }) => formatShape(imageShape));
  throw new UsageError(
    `the teacher ${teacher.card.name} takes images of ${other}, but ${model.card.name} of ${own}`,
    { hint: 'Choose a teacher that was trained on images of that size.', option: 'teachers' },
  );
}

/** The episode that was drawn last from some sources: other arms of it often come next, and drawing copies all queries. */
const lastEpisodes = new WeakMap<ProtocolSources, { readonly settings: string; readonly episode: Episode }>();

/** An episode by its number: the same for every arm. */
export function episodeOf(
  sources: ProtocolSources,
  { ways, shots, queries, seed }: EvaluationSettings,
  number: number,
): Episode {
  const settings = [ways, shots, queries, seed, number].join();
  const last = lastEpisodes.get(sources);
  if (last?.settings === settings) return last.episode;
  const episode = drawnEpisode(sources, { ways, shots, queries, seed }, number);
  lastEpisodes.set(sources, { settings, episode });
  return episode;
}

function drawnEpisode(
  all: ProtocolSources,
  { ways, shots, queries, seed }: Pick<EvaluationSettings, 'ways' | 'shots' | 'queries' | 'seed'>,
  episode: number,
): Episode {
  const { among, whole = false, ...sources } = sourcesOf(all, episode);
  if (whole) return wholeEpisode(sources, among ?? sources.support.classes);
  return sampleEpisode(sources, {
    ...{ ways, shots, queries, seed, episode },
    ...(among === undefined ? {} : { among }),
  });
}

/** Seed of an episode: the same for every arm. */
export const seedOf = ({ seed }: Pick<EvaluationSettings, 'seed'>, episode: number): number =>
  randomStream(seed, 'trial', episode).integer(2 ** 31);

/** Samples the episode and trains its encoder on the supports. Returns the bytes of the model file. */
export async function trainEncoder(
  { sources, trainer }: Bench,
  episode: number,
  settings: EvaluationSettings,
): Promise<Uint8Array> {
  const { support } = episodeOf(sources, settings, episode);
  const { data, encoderSteps: steps, background } = settings;
  return trainer!.trainEncoder(support, {
    ...{ data, seed: seedOf(settings, episode) },
    ...(steps === undefined ? {} : { steps }),
    ...(background === undefined ? {} : { background }),
  });
}

/** What a KNN compares. */
interface Compared {
  readonly references: Features;
  readonly isMade: (reference: number) => boolean;
  featuresOf(set: ImageSet): Features;
}

const pixelsOf = ({ pixels, shape, labels }: ImageSet): Features => ({
  values: pixels,
  dimension: sizeOf(shape),
  labels,
});

/**
 * Samples the task's episode, lets the arm enlarge its support set, and lets each classifier learn from it. Without a model
 * in the bench the task carries the file of its episode's encoder.
 */
export async function runTask(
  { sources, model: shared, teachers }: Bench,
  task: Task,
  settings: EvaluationSettings,
): Promise<Verdicts> {
  const { perClass, mix, trust, detail = 0, classifiers, pipelines, k } = settings;
  const { support, query } = episodeOf(sources, settings, task.episode);
  const seed = seedOf(settings, task.episode);
  const model = shared ?? (await decodeModel(task.encoder!, `the encoder of episode ${task.episode}`));
  try {
    const arm = armNamed(task.arm, pipelines);
    // Ink lies on black, whatever its picture had behind it.
    const background = isInkFit(fitLike(model.card.data.fit, settings.fit))
      ? 'black'
      : (settings.background ?? model.card.data.background ?? 'black');
    const judged = async (
      classify: (classifier: ImageClassifierName) => Promise<Int32Array>,
      compared: () => Compared,
    ): Promise<Verdicts> => {
      const answers: Partial<Record<ImageClassifierName, Int32Array>> = {};
      const verdicts: Partial<Record<ImageClassifierName, Confusion>> = {};
      for (const classifier of classifiers) {
        answers[classifier] = await classify(classifier);
        verdicts[classifier] = confusionOf(answers[classifier], query.labels, query.classes);
      }
      if (settings.unknown !== true) return verdicts;
      const labels = answers.knn ?? (await classify('knn'));
      const own = sourcesOf(sources, task.episode);
      const others = unknownQueries(own, settings, task.episode, query.classes).images;
      const { references, isMade, featuresOf } = compared();
      const unknown = await judgeOpenSet(references, isMade, {
        known: featuresOf(query).values,
        unknown: featuresOf(others).values,
        right: Array.from(labels, (label, i) => label === query.labels[i]),
      });
      return { ...verdicts, unknown };
    };
    if (!makesImages(arm)) {
      const options = { model, teachers, k, perClass, background, seed };
      const featuresOf = (set: ImageSet) => arm.features(set, options);
      return await judged(
        (classifier) => arm.judge[classifier](support, query, options),
        () => {
          const learned = arm.learn?.(support, options);
          const isMade = (reference: number) => learned !== undefined && reference >= learned.embedded;
          return { references: learned ?? featuresOf(support), isMade, featuresOf };
        },
      );
    }
    const images = arm.enlarge(support, { model, teachers, perClass, mix, trust, detail, background, seed });
    return await judged(
      (classifier) => judges[classifier]({ images, query, seed }, settings),
      () => {
        const list = images.references();
        const references = pixelsOf(packImages(list, query.shape, query.classes));
        const isMade = (reference: number) => list[reference]!.provenance !== undefined;
        return { references, isMade, featuresOf: pixelsOf };
      },
    );
  } finally {
    if (shared === undefined) model.dispose();
  }
}
