import { map, pipe, take } from 'rxjs';
import { transformed } from '../augment/index.js';
import { type CnnRecipe, cnnPresets, createCnn, knnEngine } from '../classify/index.js';
import { countOf, type ImageSet, type LabeledImage, packImages, sizeOf } from '../core/index.js';
import { type Batch, mixSources, pullThrough, toBatches } from '../stream/index.js';
import { type ArmImages, referencesOf } from './armImages.js';
import type { Arm } from './arms.js';
import type { EvaluationSettings } from './settings.js';

/** One arm of one episode, ready to be judged. */
export interface Trial {
  readonly arm: Arm;
  readonly images: ArmImages;
  readonly query: ImageSet;
  /** Seed of this episode: the same for every arm. */
  readonly seed: number;
}

function accuracy(predicted: Int32Array, truth: Int32Array): number {
  let right = 0;
  for (const [i, label] of predicted.entries()) if (label === truth[i]) right++;
  return right / predicted.length;
}

async function judgeByKnn(
  { arm, images, query, seed }: Trial,
  settings: EvaluationSettings,
): Promise<number> {
  const { perClass, mix, k, knnEngine: engine } = settings;
  const references = packImages(
    referencesOf(arm, images, { perClass, mix, seed }),
    query.shape,
    query.classes,
  );
  const predicted = await knnEngine(engine).classify(
    { values: references.pixels, dimension: sizeOf(query.shape), labels: references.labels },
    query.pixels,
    { k, classes: query.classes.length },
  );
  return accuracy(predicted, query.labels);
}

/** Batches in which real and hallucinated images keep their shares, transformed afresh each time they are drawn. */
function trainingBatches(
  { arm, images, query, seed }: Trial,
  mix: number,
  recipe: CnnRecipe,
): Iterable<Batch> {
  const { transform } = arm;
  const { steps, batchSize } = recipe;
  const hallucinatedShare = images.hallucinated.length === 0 ? 0 : mix;
  const mixed = mixSources(
    [
      { images: images.real, share: 1 - hallucinatedShare },
      { images: images.hallucinated, share: hallucinatedShare },
    ],
    { batchSize, seed },
  );
  return pullThrough(
    mixed,
    pipe(
      map((image: LabeledImage, index) =>
        transform === undefined ? image : transformed(image, transform, { seed, index }),
      ),
      toBatches(batchSize, { classes: query.classes }),
      take(steps),
    ),
  );
}

async function judgeByCnn(trial: Trial, settings: EvaluationSettings): Promise<number> {
  const { query, seed } = trial;
  const preset = cnnPresets[settings.cnn].recipe;
  const recipe = { ...preset, steps: settings.cnnSteps ?? preset.steps };
  const cnn = createCnn({ preset: settings.cnn, shape: query.shape, classes: query.classes.length, seed });
  try {
    await cnn.fit(trainingBatches(trial, settings.mix, recipe), { steps: recipe.steps });
    return accuracy(await cnn.classify(query.pixels, countOf(query)), query.labels);
  } finally {
    cnn.dispose();
  }
}

/** Share of the queries that a classifier puts in their class after learning from an arm's images. */
export const judges = { knn: judgeByKnn, cnn: judgeByCnn };
