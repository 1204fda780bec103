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

async function judgeByKnn({ images, query }: Trial, settings: EvaluationSettings): Promise<Int32Array> {
  const { k, knnEngine: engine } = settings;
  const references = packImages(images.references(), query.shape, query.classes);
  return knnEngine(engine).classify(
    { values: references.pixels, dimension: sizeOf(query.shape), labels: references.labels },
    query.pixels,
    { k, classes: query.classes.length },
  );
}

async function judgeByCnn(
  { images, query, seed, onStep }: Trial,
  settings: Pick<EvaluationSettings, 'cnn' | 'cnnSteps'>,
): Promise<Int32Array> {
  const { recipe } = cnnPresets[settings.cnn];
  const { batchSize } = recipe;
  const steps = settings.cnnSteps ?? recipe.steps;
  const batches = pullThrough(
    images.training({ steps, batchSize }),
    pipe(toBatches(batchSize, { classes: query.classes }), take(steps)),
  );
  const cnn = createCnn({
    ...{ preset: settings.cnn, shape: query.shape, classes: query.classes.length, seed },
    ...images.recipe,
  });
  try {
    await cnn.fit(batches, { steps, ...(onStep === undefined ? {} : { onStep }) });
    return await cnn.classify(query.pixels, countOf(query));
  } finally {
    cnn.dispose();
  }
}

/** The class that a classifier puts each query in after learning from an arm's images, as an index into the query's classes. */
export const judges = { knn: judgeByKnn, cnn: judgeByCnn };
