import { pipe, take } from 'rxjs';
import { createCnn } from '../classify/cnn.js';
import { cnnPresets } from '../classify/cnnPresets.js';
import { knnEngine } from '../classify/knnEngines.js';
import { countOf, type ImageSet, type Label, packImages, sizeOf } from '../core/image.js';
import { pullThrough } from '../stream/pullThrough.js';
import { toBatches } from '../stream/toBatches.js';
import type { EnlargedSupport } from './arms/arm.js';
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
  return knnEngine(engine).predict(
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
    await cnn.fit(batches, { steps, ...(onStep === undefined ? {} : { onProgress: onStep }) });
    return await cnn.predict(query.pixels, countOf(query));
  } finally {
    cnn.dispose();
  }
}

/** Classifiers that learn from an arm's images and predict the class of each query, as an index into the query's classes. */
export const judges = { knn: judgeByKnn, cnn: judgeByCnn };

/** Confusion matrix of the queries. */
export interface Confusion {
  readonly classes: readonly Label[];
  /** Number of queries by true class (row) and predicted class (column), in the order of `classes`. */
  readonly counts: readonly (readonly number[])[];
}

/**
 * Counts predictions by the true class.
 *
 * @param predicted predicted class of each query, as an index into `classes`
 * @param truth true class of each query, likewise
 */
export function confusionOf(predicted: Int32Array, truth: Int32Array, classes: readonly Label[]): Confusion {
  const counts = classes.map(() => classes.map(() => 0));
  for (const [i, label] of truth.entries()) counts[label]![predicted[i]!]!++;
  return { classes, counts };
}

/** Share of queries that were classified correctly, in [0, 1]. */
export function accuracyOf({ counts }: Confusion): number {
  const right = counts.reduce((sum, row, own) => sum + row[own]!, 0);
  return right / counts.flat().reduce((sum, count) => sum + count, 0);
}

/** Sum of confusion matrices over these classes. Each matrix may cover a part of them. */
export function sumOf(confusions: readonly Confusion[], classes: readonly Label[]): Confusion {
  const counts = classes.map(() => classes.map(() => 0));
  for (const { classes: own, counts: found } of confusions) {
    const indices = own.map((label) => classes.indexOf(label));
    for (const [truth, row] of found.entries())
      for (const [predicted, count] of row.entries()) counts[indices[truth]!]![indices[predicted]!]! += count;
  }
  return { classes, counts };
}

/** Most classes with confusions, which grow with the square of the classes and with every row of a result. */
const MOST_CLASSES = 100;

/** The classes of confusion matrices in the order of the data, unless they are too many to keep matrices of each row. */
export function classesOf(
  confusions: readonly Pick<Confusion, 'classes'>[],
  known: readonly Label[],
): readonly Label[] | undefined {
  const asked = new Set(confusions.flatMap(({ classes }) => classes));
  return asked.size > MOST_CLASSES ? undefined : known.filter((label) => asked.has(label));
}
