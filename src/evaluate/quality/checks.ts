import { formatShape, UsageError } from '../../core/index.js';
import type { ImageSource } from '../../data/index.js';
import type { Model } from '../../models/index.js';
import { NEIGHBOURS, type QualitySettings } from './settings.js';

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
    if (!Number.isSafeInteger(settings[name]) || settings[name] < 1) {
      throw new UsageError(`${name} must be a whole number of at least 1, not ${settings[name]}`);
    }
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
  if (!Number.isSafeInteger(judged) || judged < 1 || judged > train.labels.length) {
    throw new UsageError(
      `judgeImages is ${judged}, but must be a whole number from 1 to ${train.labels.length}`,
    );
  }
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
