import { pipe, take } from 'rxjs';
import { cnnPresets, createCnn, knnEngine } from '../classify/index.js';
import { countOf, type ImageSet, packImages, sizeOf } from '../core/index.js';
import { pullThrough, toBatches } from '../stream/index.js';
import type { EnlargedSupport } from './arm.js';
import type { EvaluationSettings } from './settings.js';

/** One arm of one episode, ready to be judged. */
export interface Trial {
  readonly images: EnlargedSupport;
  readonly query: ImageSet;
  /** Seed of this episode: the same for every arm. */
  readonly seed: number;
  /** Called, and awaited, after each step of a training. */
  readonly onStep?: () => void | Promise<void>;
}

/** Share of predictions that are right. */
export function accuracy(predicted: Int32Array, truth: Int32Array): number {
  let right = 0;
  for (const [i, label] of predicted.entries()) if (label === truth[i]) right++;
  return right / predicted.length;
}

async function judgeByKnn({ images, query }: Trial, settings: EvaluationSettings): Promise<number> {
  const { k, knnEngine: engine } = settings;
  const references = packImages(images.references(), query.shape, query.classes);
  const predicted = await knnEngine(engine).classify(
    { values: references.pixels, dimension: sizeOf(query.shape), labels: references.labels },
    query.pixels,
    { k, classes: query.classes.length },
  );
  return accuracy(predicted, query.labels);
}

async function judgeByCnn(
  { images, query, seed, onStep }: Trial,
  settings: Pick<EvaluationSettings, 'cnn' | 'cnnSteps'>,
): Promise<number> {
  const { recipe } = cnnPresets[settings.cnn];
  const { batchSize } = recipe;
  const steps = settings.cnnSteps ?? recipe.steps;
  const batches = pullThrough(
    images.training({ steps, batchSize }),
    pipe(toBatches(batchSize, { classes: query.classes }), take(steps)),
  );
  const cnn = createCnn({ preset: settings.cnn, shape: query.shape, classes: query.classes.length, seed });
  try {
    await cnn.fit(batches, { steps, ...(onStep === undefined ? {} : { onStep }) });
    return accuracy(await cnn.classify(query.pixels, countOf(query)), query.labels);
  } finally {
    cnn.dispose();
  }
}

/** Share of the queries that a classifier puts in their class after learning from an arm's images. */
export const judges = { knn: judgeByKnn, cnn: judgeByCnn };
