import type { PathName } from '../../augment/paths.js';
import type { CnnPresetName } from '../../classify/convNet.js';
import { checkCount } from '../../core/checks.js';
import { UsageError } from '../../core/errors.js';
import { formatShape } from '../../core/image.js';
import type { ImageSource } from '../../data/imageSource.js';
import type { Model } from '../../models/model.js';
import type { BackendName } from '../../node/selectBackend.js';

/** Neighbours that the balls of precision, recall, density and coverage reach to. */
export const NEIGHBOURS = 5;

/** Everything that figures of quality depend on beside the data, and nothing else. */
export interface QualitySettings {
  /** Name of the data. */
  readonly data: string;
  /** Shipped names or paths of the models, as they were given; their files differ in name. */
  readonly models: readonly string[];
  /** Paths to hallucinate along. A model leaves out those that its codes do not allow. */
  readonly paths: readonly PathName[];
  /** Real images per class that hallucinations are made of. */
  readonly shots: number;
  /** Images of each row and class; as many test images are their reference for precision, recall, density and coverage. */
  readonly perClass: number;
  /** Support sets to average over. */
  readonly episodes: number;
  /** Draw hallucinations anew that look like another class, as the arm `transport` of `fewshot eval` does. */
  readonly labelCheck: boolean;
  /** The net of the two accuracy scores. */
  readonly cnn: CnnPresetName;
  /** Batches that it learns from. Default: the preset's. */
  readonly cnnSteps?: number;
  /** The judge learns from the first so many train images. Default: a third of them. */
  readonly judgeImages?: number;
  /** Batches that the judge learns from. Default: that of `heldOutClassifier`. */
  readonly judgeSteps?: number;
  readonly seed: number;
  readonly backend: BackendName;
}

/** What a default run measures. */
export const defaultQuality = {
  data: 'mnist',
  models: ['mnist'],
  paths: ['slerp', 'lerp', 'transport'],
  shots: 5,
  perClass: 100,
  episodes: 4,
  labelCheck: false,
  cnn: 'fast',
  seed: 1,
} as const;

/** The data and models that settings name, loaded. Whoever loaded the models disposes of them. */
export interface QualityMaterial {
  readonly train: ImageSource;
  readonly test: ImageSource;
  /** In the order of `settings.models`. */
  readonly models: readonly Model[];
}

/** How many train images the judge learns from. */
export function judgeImagesOf({ judgeImages }: QualitySettings, train: ImageSource): number {
  return judgeImages ?? Math.floor(train.labels.length / 3);
}

/**
 * Refuses before any work what cannot be measured.
 *
 * @throws UsageError that names the number out of range, the model of another shape, or the class that is short of images
 */
export function assertCanBeMeasured(material: QualityMaterial, settings: QualitySettings): void {
  assertSettings(material, settings);
  assertDrawable(material, settings);
}

function assertSettings({ train, models }: QualityMaterial, settings: QualitySettings): void {
  for (const name of ['shots', 'perClass', 'episodes'] as const) {
    checkCount(name, settings[name]);
  }
  if (settings.perClass * train.classes.length <= NEIGHBOURS) {
    throw new UsageError(
      `${settings.perClass} images of each of ${train.classes.length} classes are too few: images are judged by their ${NEIGHBOURS} nearest neighbours`,
      { hint: 'Ask for more images per class.' },
    );
  }
  for (const [i, { imageShape }] of models.entries()) {
    if (imageShape.join() === train.shape.join()) continue;
    throw new UsageError(
      `the model ${settings.models[i]} takes images of ${formatShape(imageShape)}, but ${settings.data} has ${formatShape(train.shape)}`,
      { hint: 'Choose a model that was trained on images of that size, or other data.' },
    );
  }
}

function assertDrawable({ train, test }: QualityMaterial, settings: QualitySettings): void {
  const { perClass, shots } = settings;
  const judged = judgeImagesOf(settings, train);
  checkCount('judgeImages', judged, { most: train.labels.length });
  const needs = [
    { needed: perClass, what: 'test images', labels: test.labels },
    {
      needed: perClass + shots,
      what: 'train images beside those of the judge',
      labels: train.labels.subarray(judged),
    },
  ];
  for (const { needed, what, labels } of needs) {
    for (const [place, label] of train.classes.entries()) {
      const count = labels.filter((own) => own === place).length;
      if (count >= needed) continue;
      throw new UsageError(`class ${String(label)} has ${count} ${what}, but ${needed} are needed`, {
        hint: 'Ask for fewer images per class, or let the judge learn from fewer.',
      });
    }
  }
}
