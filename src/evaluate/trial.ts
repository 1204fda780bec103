import { selectBackend } from '../backend/index.js';
import { randomStream, UsageError } from '../core/index.js';
import { type Episode, holdOutValidation, loadMnist, sampleEpisode } from '../data/index.js';
import { loadModel } from '../files/loadModel.js';
import type { Model } from '../models/index.js';
import { armNamed } from './arms.js';
import { judges } from './judge.js';
import { type ProtocolSources, protocols } from './protocols/index.js';
import type { ClassifierName, EvaluationSettings } from './settings.js';

/** One arm in one episode: the unit of work of an evaluation. */
export interface Task {
  readonly arm: string;
  readonly episode: number;
}

/** Accuracy of each classifier, in [0, 1]. */
export type Accuracies = Readonly<Partial<Record<ClassifierName, number>>>;

/** What every task of an evaluation shares. */
export interface Bench {
  readonly sources: ProtocolSources;
  readonly model: Model;
}

/** Chooses the backend, loads data and model, and checks that they fit the settings. */
export async function prepare(settings: EvaluationSettings): Promise<Bench> {
  await selectBackend(settings.backend);
  const { train, test } = await loadMnist(
    settings.dataDir === undefined ? {} : { directory: settings.dataDir },
  );
  const held = holdOutValidation(train);
  const data =
    settings.split === 'test' ? { train, query: test } : { train: held.train, query: held.validation };
  const model = await loadModel(settings.model);
  if (model.imageShape.join() !== train.shape.join()) {
    throw new UsageError(
      `the model ${settings.model} takes images of ${model.imageShape.join('×')}, but ${settings.data} has ${train.shape.join('×')}`,
      { hint: 'Choose a model that was trained on images of that size.' },
    );
  }
  try {
    const sources = protocols[settings.protocol].sources({ name: settings.data, ...data }, model.card);
    return { sources, model };
  } catch (error) {
    model.dispose();
    throw error;
  }
}

/** The task's episode: the same for every arm. */
export function episodeOf(
  { among, ...sources }: ProtocolSources,
  { ways, shots, queries, seed }: EvaluationSettings,
  episode: number,
): Episode {
  return sampleEpisode(sources, {
    ...{ ways, shots, queries, seed, episode },
    ...(among === undefined ? {} : { among }),
  });
}

/** Samples the task's episode, enlarges its support set as the arm says, and lets each classifier learn from it. */
export async function runTask(
  { sources, model }: Bench,
  task: Task,
  settings: EvaluationSettings,
): Promise<Accuracies> {
  const { seed, perClass, mix, classifiers, pipelines } = settings;
  const { support, query } = episodeOf(sources, settings, task.episode);
  const episodeSeed = randomStream(seed, 'trial', task.episode).integer(2 ** 31);
  const images = armNamed(task.arm, pipelines).enlarge(support, { model, perClass, mix, seed: episodeSeed });
  const accuracies: Partial<Record<ClassifierName, number>> = {};
  for (const classifier of classifiers) {
    accuracies[classifier] = await judges[classifier]({ images, query, seed: episodeSeed }, settings);
  }
  return accuracies;
}
