import { availableParallelism } from 'node:os';
import { UsageError } from '../core/errors.js';
import type { ImageSource } from '../data/imageSource.js';
import type { Fit } from '../data/resize.js';
import type { Model } from '../models/model.js';
import { loadOwnImages, nameOfData } from '../node/images/loadImages.js';
import { openCatalog } from '../node/images/openCatalog.js';
import { badLines } from './dataText.js';
import {
  type DatasetName,
  datasetDefaults,
  isDatasetName,
  labelsOf,
  loadDataset,
} from './produce/dataset.js';
import { progressBar, type Terminal } from './terminal.js';
import { assertThere } from './trainData.js';

export interface ImagesForFlags {
  readonly data: string;
  readonly model: string;
  readonly fonts?: string;
  readonly fit?: Fit;
  readonly skipBad?: boolean;
}

/** Images to look at with a model. */
export interface LookedAt {
  readonly source: ImageSource;
  /** How a person would say what they are, in a heading. */
  readonly title: string;
  /** Whether labels are names, or places in an order. */
  readonly ordered: boolean;
  /** What one of them is called: a test image, or an image. */
  readonly kind: string;
  dispose(): void;
}

/**
 * The test images of a data set by name, or all images of one's own, in the model's shape.
 *
 * @throws UsageError when there are none of that name, or the data set has another shape
 */
export async function imagesFor(
  model: Model,
  flags: ImagesForFlags,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<LookedAt> {
  const { data, fit = model.card.data.fit, skipBad = false } = flags;
  const ordered = labelsOf(data).semantics.semantics !== 'nominal';
  const bar = progressBar(terminal, isDatasetName(data) ? 'Rendering' : 'Reading');
  try {
    if (isDatasetName(data)) {
      assertShape(model, flags.model, data);
      const { test } = await loadDataset(data, {
        ...(flags.fonts === undefined ? {} : { fonts: flags.fonts }),
        ...{ workers: availableParallelism(), onProgress: bar.update, signal },
      });
      return { source: test, title: datasetDefaults(data).title, ordered, kind: 'test image', dispose() {} };
    }
    const own = await loadOwnImages(await openCatalog(data), {
      ...{ shape: model.imageShape, skipBad, onProgress: bar.update, signal },
      ...(fit === undefined ? {} : { fit }),
    });
    bar.stop();
    for (const line of badLines(own.bad)) terminal.note(line);
    return { source: own.all, title: own.name, ordered, kind: 'image', dispose: own.dispose };
  } finally {
    bar.stop();
  }
}

/** Refuses before any work data that are not there. */
export async function assertData({ data }: Pick<ImagesForFlags, 'data'>): Promise<void> {
  if (!isDatasetName(data)) await assertThere(data);
}

/** What data are called in results: a data set's name, or that of the folder or file. */
export const calledData = (data: string): string => (isDatasetName(data) ? data : nameOfData(data));

function assertShape({ imageShape }: Model, model: string, data: DatasetName): void {
  const shape = datasetDefaults(data).architecture.imageShape;
  if (imageShape.join() === shape.join()) return;
  throw new UsageError(
    `the model ${model} takes images of ${imageShape.join('×')}, but ${data} has ${shape.join('×')}`,
    { hint: 'Choose a model that was trained on images of that size, or other --data.' },
  );
}
