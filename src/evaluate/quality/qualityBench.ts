import { hallucinations } from '../../augment/hallucinate.js';
import { DataError } from '../../core/errors.js';
import { countOf, type ImageSet, imagesOf, type LabeledImage, select } from '../../core/image.js';
import { randomStream } from '../../core/random.js';
import { sampleEpisode } from '../../data/episodes.js';
import { type ImageSource, setSource, slice } from '../../data/imageSource.js';
import { type FeatureGaussian, featureGaussian } from '../metrics/frechetDistance.js';
import { type Manifold, manifoldOf } from '../metrics/manifold.js';
import type { ImageJudge } from './imageJudge.js';
import { interpolationSteps } from './interpolationSteps.js';
import {
  classificationAccuracyScore,
  type ImageFigures,
  measureImages,
  type Yardstick,
} from './measureImages.js';
import type { MadeRow, QualityMeasure } from './qualityResult.js';
import { judgeImagesOf, NEIGHBORS, type QualitySettings } from './qualitySettings.js';

/** The images of one episode before anything is made. */
export interface QualityEpisode {
  /** Images that hallucinations are made from: the support set that `evaluate` draws by the same seed and number. */
  readonly support: ImageSet;
  /** Test images, `perClass` of each class. */
  readonly reference: ImageSet;
  /** Train images, `perClass` of each class, that are neither the judge's nor in the support set. */
  readonly real: ImageSet;
  /** Seed of everything made and trained in this episode; `evaluate` has the same. */
  readonly seed: number;
}

/** Draws an episode. It depends on the data, the settings and the episode's number alone. */
export function drawEpisode(
  { train, test }: { readonly train: ImageSource; readonly test: ImageSource },
  settings: QualitySettings,
  episode: number,
): QualityEpisode {
  const { shots, perClass, seed } = settings;
  const options = { shots, seed, episode };
  const { support, supportIndices, query } = sampleEpisode(
    { support: train, query: test },
    { ...options, queries: perClass },
  );
  const judged = judgeImagesOf(settings, train);
  const unseen = slice(train, judged, train.labels.length);
  // Some of them may be in the support set.
  const others = sampleEpisode({ support: train, query: unseen }, { ...options, queries: perClass + shots });
  const taken = new Set(supportIndices);
  const left = new Map<number, number>();
  const chosen = Array.from({ length: countOf(others.query) }, (_, i) => i).filter((i) => {
    if (taken.has(others.queryIndices[i]! + judged)) return false;
    const label = others.query.labels[i]!;
    const free = left.get(label) ?? perClass;
    left.set(label, free - 1);
    return free > 0;
  });
  return {
    support,
    reference: query,
    real: select(others.query, chosen),
    seed: randomStream(seed, 'trial', episode).integer(2 ** 31),
  };
}

/** Figures of one row in one episode. */
export interface PartFigures extends Omit<ImageFigures, 'figures'> {
  readonly figures: Readonly<Partial<Record<QualityMeasure, number>>>;
}

/** Measures rows, one episode at a time. Work that the rows of an episode share is done once. */
export interface QualityBench {
  /** Accuracy of the CNN on the support set alone. */
  supportAlone(episode: number): Promise<number>;
  real(episode: number): Promise<PartFigures>;
  made(row: MadeRow, episode: number): Promise<PartFigures>;
}

export interface QualityBenchOptions {
  readonly data: { readonly train: ImageSource; readonly test: ImageSource };
  readonly settings: QualitySettings;
  readonly judge: ImageJudge;
  /** Called, and awaited, after each batch that a CNN learns from; an error that it throws ends the work. */
  readonly onStep: () => Promise<void>;
}

/** Keeps the value of the last episode. */
function remembered<Value>(make: (episode: number) => Promise<Value>): (episode: number) => Promise<Value> {
  let last: { readonly episode: number; readonly value: Promise<Value> } | undefined;
  return (episode) => {
    if (last?.episode !== episode) last = { episode, value: make(episode) };
    return last.value;
  };
}

/** A bench for these data, settings and judge. */
export function qualityBench({ data, settings, judge, onStep }: QualityBenchOptions): QualityBench {
  const { classifier } = judge;
  const { cnn, cnnSteps, perClass, labelCheck } = settings;
  const features = (set: ImageSet) => classifier.features([...imagesOf(set)]);

  let whole: { readonly test: ImageSet; readonly gaussian: Promise<FeatureGaussian> } | undefined;
  const testSet = () => {
    if (whole === undefined) {
      const test = data.test.images();
      whole = { test, gaussian: features(test).then(featureGaussian) };
    }
    return whole;
  };
  const scores = ({ seed }: QualityEpisode) => ({
    cnn,
    ...(cnnSteps === undefined ? {} : { cnnSteps }),
    seed,
    onStep,
  });
  const drawn = remembered(async (number) => {
    const episode = drawEpisode(data, settings, number);
    const reference: Manifold = manifoldOf(await features(episode.reference), NEIGHBORS);
    return { episode, reference };
  });
  async function measure(
    number: number,
    imagesOfRow: (episode: QualityEpisode) => readonly LabeledImage[],
  ): Promise<ImageFigures> {
    const { episode, reference } = await drawn(number);
    const { test, gaussian } = testSet();
    const yardstick: Yardstick = {
      judge: classifier,
      test,
      testGaussian: await gaussian,
      reference,
      support: episode.support,
    };
    return measureImages(imagesOfRow(episode), yardstick, scores(episode));
  }

  return {
    async supportAlone(number) {
      const { episode } = await drawn(number);
      return classificationAccuracyScore([...imagesOf(episode.support)], testSet().test, scores(episode));
    },
    real: (number) => measure(number, ({ real }) => [...imagesOf(real)]),
    async made({ path, source: { name, model } }, number) {
      const found = await measure(number, ({ support, seed }) => {
        const images = [...hallucinations(model, imagesOf(support), { perClass, seed, path, labelCheck })];
        if (images.length > NEIGHBORS) return images;
        throw new DataError(
          `of the images that ${name} makes by ${path}, the label check leaves ${images.length}: too few to measure`,
          { hint: 'Measure without the label check, or ask for more images per class.' },
        );
      });
      if (path !== 'slerp' && path !== 'lerp') return found;
      const { support, seed } = (await drawn(number)).episode;
      const largestStep = await interpolationSteps(model, setSource(support), {
        path,
        seed,
        features: classifier.features,
      });
      return { ...found, figures: { ...found.figures, largestStep } };
    },
  };
}
