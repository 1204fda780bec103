import {
  type EpisodeQuality,
  type QualityAbout,
  type QualityOptions,
  withQuality,
} from '../../evaluate/quality/evaluateQuality.js';
import type { QualitySettings } from '../../evaluate/quality/qualitySettings.js';
import type { Work } from '../../evaluate/work.js';
import type { Model } from '../../models/model.js';
import { loadModel } from '../../node/loadModel.js';
import { selectBackend } from '../../node/selectBackend.js';
import { type DatasetName, loadDataset } from './dataset.js';

/** Settings of a measurement on a data set by name. */
export interface DatasetQuality extends QualitySettings {
  readonly data: DatasetName;
  /** Folder of the fonts that draw `glyphs`. */
  readonly fonts?: string;
}

export interface MeasureOptions extends Omit<QualityOptions, 'command'> {
  /** Parts of other machines are to be joined. */
  readonly digests: boolean;
}

/** A measurement as work, by its settings alone. Models and data are there until `use` is done. */
export async function withQualityOf<Result>(
  settings: DatasetQuality,
  options: MeasureOptions,
  use: (work: Work<QualityAbout, EpisodeQuality>) => Promise<Result>,
): Promise<Result> {
  const { data, fonts, models: names } = settings;
  const { onProgress, signal } = options;
  await selectBackend(settings.backend);
  const models: Model[] = [];
  try {
    for (const name of names) models.push(await loadModel(name));
    const { train, test } = await loadDataset(data, {
      ...(fonts === undefined ? {} : { fonts }),
      onProgress: (done, total) => onProgress?.(done, total, `Rendering ${data}`),
      ...(signal === undefined ? {} : { signal }),
    });
    return await withQuality({ train, test, models }, settings, options, use);
  } finally {
    for (const model of models) model.dispose();
  }
}
