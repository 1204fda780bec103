import { type PathName, pathNames } from '../../augment/paths.js';
import { type CnnPresetName, cnnPresets } from '../../classify/cnnPresets.js';
import { checkCount, checkSeed } from '../../core/checks.js';
import { UsageError } from '../../core/errors.js';
import { formatShape } from '../../core/image.js';
import {
  checkFields,
  checkFlag,
  checkModel,
  checkText,
  listOf,
  oneAmong,
  optional,
  whole,
} from '../../core/kindChecks.js';
import { checkSource, type ImageSource } from '../../data/imageSource.js';
import type { Model } from '../../models/model.js';
import type { BackendName } from '../../node/selectBackend.js';

/** Number of neighbors that the balls of precision, recall, density and coverage reach to. */
export const NEIGHBORS = 5;

/** Settings that figures of quality depend on, beside the data. */
export interface QualitySettings {
  /** Name of the data. */
  readonly data: string;
  /** Shipped names or paths of the models. Their file names differ. */
  readonly models: readonly string[];
  /** Paths to hallucinate along. Those that a model's codes do not allow are left out for it. */
  readonly paths: readonly PathName[];
  /** Real images per class that hallucinations are made from. */
  readonly shots: number;
  /** Images of each row and class; as many test images are their reference for precision, recall, density and coverage. */
  readonly perClass: number;
  /** Number of support sets to average over. */
  readonly episodes: number;
  /** Draw hallucinations anew that look like another class, as the arm `transport` does. */
  readonly labelCheck: boolean;
  /** Preset of the CNN of the two accuracy scores. */
  readonly cnn: CnnPresetName;
  /** Number of batches that it trains on. Default: the preset's. */
  readonly cnnSteps?: number;
  /** Number of train images, the first ones, that the judge learns from. Default: a third of them. */
  readonly judgeImages?: number;
  /** Number of batches that the judge trains on. Default: that of `heldOutClassifier`. */
  readonly judgeSteps?: number;
  readonly seed: number;
  readonly backend: BackendName;
}

/** Settings of a default run. */
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

/** The loaded data and models of the settings. The caller disposes the models. */
export interface QualityMaterial {
  readonly train: ImageSource;
  readonly test: ImageSource;
  /** In the order of `settings.models`. */
  readonly models: readonly Model[];
}

/** Number of train images that the judge learns from. */
export function judgeImagesOf({ judgeImages }: QualitySettings, train: ImageSource): number {
  return judgeImages ?? Math.floor(train.labels.length / 3);
}

/**
 * Checks, before any work, that everything can be measured.
 *
 * @throws UsageError that names the number out of range, the model of another shape, or the class with too few images
 */
export function assertCanBeMeasured(material: QualityMaterial, settings: QualitySettings): void {
  assertSettings(material, settings);
  assertDrawable(material, settings);
}

const settingChecks = {
  data: checkText,
  models: listOf(checkText, 1),
  paths: listOf(oneAmong(pathNames), 1),
  labelCheck: checkFlag,
  cnn: oneAmong(Object.keys(cnnPresets)),
  cnnSteps: optional(whole()),
  judgeImages: optional(whole()),
  judgeSteps: optional(whole()),
  seed: checkSeed,
  backend: checkText,
};

function assertSettings(material: QualityMaterial, settings: QualitySettings): void {
  const { train, models } = checkFields('the material', material, {
    train: checkSource,
    test: checkSource,
    models: listOf((name, value) => checkModel(value, name), 1),
  });
  checkFields('evaluateQuality', settings, settingChecks);
  if (models.length !== settings.models.length) {
    throw new UsageError(`${models.length} models are given for ${settings.models.length} names`, {
      option: 'models',
    });
  }
  for (const name of ['shots', 'perClass', 'episodes'] as const) {
    checkCount(name, settings[name]);
  }
  if (settings.perClass * train.classes.length <= NEIGHBORS) {
    throw new UsageError(
      `${settings.perClass} images of each of ${train.classes.length} classes are too few: images are judged by their ${NEIGHBORS} nearest neighbors`,
      { hint: 'Ask for more images per class.', option: 'perClass' },
    );
  }
  for (const [i, { imageShape }] of models.entries()) {
    if (imageShape.join() === train.shape.join()) continue;
    throw new UsageError(
      `the model ${settings.models[i]} takes images of ${formatShape(imageShape)}, but ${settings.data} has ${formatShape(train.shape)}`,
      {
        hint: 'Choose a model that was trained on images of that size, or other data.',
        option: ['models', 'data'],
      },
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
    for (const [index, label] of train.classes.entries()) {
      const count = labels.filter((own) => own === index).length;
      if (count >= needed) continue;
      throw new UsageError(`class ${String(label)} has ${count} ${what}, but ${needed} are needed`, {
        hint: 'Ask for fewer images per class, or let the judge learn from fewer.',
        option: ['perClass', 'judgeImages'],
      });
    }
  }
}
