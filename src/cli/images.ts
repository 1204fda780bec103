import { stat } from 'node:fs/promises';
import { UsageError } from '../core/errors.js';
import type { ImageSource } from '../data/imageSource.js';
import { defaultSettings } from '../evaluate/settings.js';
import type { Model } from '../models/model.js';
import type { Catalog } from '../node/images/catalog.js';
import { type CutImages, cutToLearn } from '../node/images/cut.js';
import type { BadImage, Findings, PassedOver } from '../node/images/findings.js';
import type { Inspection } from '../node/images/inspectCatalog.js';
import { loadOwnImages, nameOfData } from '../node/images/loadImages.js';
import { openCatalog } from '../node/images/openCatalog.js';
import { type OwnDataOptions, readLike } from '../node/images/ownData.js';
import { defaultThreads } from '../node/threads.js';
import { ownDataOf } from './options/common.js';
import {
  type DatasetName,
  datasetDefaults,
  datasetNames,
  isDatasetName,
  labelsOf,
  loadDataset,
} from './produce/dataset.js';
import { count } from './report/figures.js';
import { progressBar, type Terminal } from './terminal.js';

/** Flags that name images and the model that sees them. */
export interface ImagesForFlags extends OwnDataOptions {
  readonly data: string;
  readonly model: string;
  readonly fonts?: string;
}

/** Images to look at with a model. */
export interface LookedAt {
  readonly source: ImageSource;
  /** Name for a heading. */
  readonly title: string;
  /** True if labels have an order. */
  readonly ordered: boolean;
  /** Noun for one of them: a test image, or an image. */
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
  const { data } = flags;
  const ordered = labelsOf(data).semantics.semantics !== 'nominal';
  const bar = progressBar(terminal, isDatasetName(data) ? 'Rendering' : 'Reading');
  try {
    if (isDatasetName(data)) {
      assertShape(model, flags.model, data);
      const { test } = await loadDataset(data, {
        ...(flags.fonts === undefined ? {} : { fonts: flags.fonts }),
        ...{ workers: defaultThreads(), onProgress: bar.update, signal },
      });
      return { source: test, title: datasetDefaults(data).title, ordered, kind: 'test image', dispose() {} };
    }
    const reading = readLike(model.card, ownDataOf(flags));
    const own = await loadOwnImages(await openCatalog(data, reading), {
      ...reading,
      ...{ shape: model.imageShape, onProgress: bar.update, signal },
    });
    bar.stop();
    for (const line of findingLines(own.findings)) terminal.note(line);
    return { source: own.all, title: own.name, ordered, kind: 'image', dispose: own.dispose };
  } finally {
    bar.stop();
  }
}

/** Throws a `UsageError` for data that are not there. */
export async function assertData({ data }: Pick<ImagesForFlags, 'data'>): Promise<void> {
  if (!isDatasetName(data)) await assertThere(data);
}

/** Name of data in results: that of the data set, folder or file. */
export const calledData = (data: string): string => (isDatasetName(data) ? data : nameOfData(data));

function assertShape({ imageShape }: Model, model: string, data: DatasetName): void {
  const shape = datasetDefaults(data).architecture.imageShape;
  if (imageShape.join() === shape.join()) return;
  throw new UsageError(
    `the model ${model} takes images of ${imageShape.join('×')}, but ${data} has ${shape.join('×')}`,
    { hint: 'Choose a model that was trained on images of that size, or other --data.' },
  );
}

/** Report of an inspection, for people. */
export function inspectionText(data: string, found: Inspection): string {
  const { images, classes, sides, coloured, bad, passedOver, notes, duplicates, leaks } = found;
  const lines = [
    `${data}: ${count(images)} images of ${count(classes.length)} classes; ${sides[0]} to ${sides[1]} pixels a side; ${count(coloured)} in color, ${count(images - coloured)} gray`,
    ...classes.map(({ label, images: own }) => {
      const parts = Object.entries(own).map(([split, n]) =>
        split === 'all' ? count(n) : `${split} ${count(n)}`,
      );
      return `  ${label}: ${parts.join(', ')}`;
    }),
    ...notes,
    ...passedOverLines(passedOver, Number.POSITIVE_INFINITY),
    `cannot be read: ${count(bad.length)}`,
    ...bad.map(({ reason }) => `  ${reason}`),
    `the same bytes more than once: ${count(duplicates.length)}`,
    ...duplicates.map((names) => `  ${names.join(' = ')}`),
    `nearly the same picture in train and another split: ${count(leaks.length)}`,
    ...leaks.map((pair) => `  ${pair.join(' ≈ ')}`),
  ];
  return `${lines.join('\n')}\n`;
}

/** Readable images, cut as every command cuts them, and the shots that each class has for an episode. */
export interface CutFound extends CutImages {
  readonly shots: number;
}

/**
 * Cuts inspected images.
 *
 * @throws DataError when there are too few to learn from
 */
export function cutFound(catalog: Catalog, found: Inspection): CutFound {
  const broken = new Set(found.bad.map(({ name }) => name));
  const good = [...catalog.images].filter(({ name }) => !broken.has(name));
  const images = cutToLearn(good, catalog.root);
  const perLabel = new Map<string, number>();
  for (const { label } of images.train) perLabel.set(label, (perLabel.get(label) ?? 0) + 1);
  return { ...images, shots: Math.min(defaultSettings.shots, ...perLabel.values()) };
}

/** Most images that are named one by one, and of those that share a reason. */
const [MOST, MOST_ALIKE] = [20, 3];

/** Notes on what was found in images of one's own, for people who are about to trust a figure. */
export function findingLines({ bad, passedOver, notes }: Findings): string[] {
  return [...notes, ...passedOverLines(passedOver), ...badLines(bad)];
}

/** Files that were not used, by reason. */
export function passedOverLines(passedOver: readonly PassedOver[], most = MOST_ALIKE): string[] {
  if (passedOver.length === 0) return [];
  const byReason = new Map<string, string[]>();
  for (const { name, reason } of passedOver) byReason.set(reason, [...(byReason.get(reason) ?? []), name]);
  return [
    `Not used: ${count(passedOver.length)} ${passedOver.length === 1 ? 'file' : 'files'}`,
    ...[...byReason].map(([reason, names]) => {
      const rest = names.length - most;
      const listed = `${names.slice(0, most).join(', ')}${rest > 0 ? ` and ${count(rest)} more` : ''}`;
      return `  ${count(names.length)} ${reason}: ${listed}`;
    }),
  ];
}

/** Images that were skipped: their number, and the reason for each. */
function badLines(bad: readonly BadImage[]): string[] {
  if (bad.length === 0) return [];
  const rest = bad.length - MOST;
  return [
    `Passed over ${count(bad.length)} ${bad.length === 1 ? 'image' : 'images'} that cannot be read:`,
    ...bad.slice(0, MOST).map(({ reason }) => `  ${reason}`),
    ...(rest > 0 ? [`  and ${count(rest)} more; fewshot inspect lists all.`] : []),
  ];
}

/** Error for images of one's own without a model that has seen such. */
export const noModelFor = (data: string): UsageError =>
  new UsageError(`no model is named that knows images such as those of ${data}`, {
    hint: 'Train one: fewshot train --data … --out own.safetensors; then give --model ./own.safetensors.',
  });

/** Throws a `UsageError` that lists all data sets if the data are neither a folder nor a file. */
export async function assertThere(data: string): Promise<void> {
  if ((await stat(data).catch(() => undefined)) !== undefined) return;
  throw new UsageError(`there are no data called ${data}, and no folder or file`, {
    hint: `Name ${datasetNames.join(', ')}, an image folder, or a file (.csv, .jsonl, .npz).`,
  });
}

/** Number of images of each class, in the order of the classes. */
export const sizesOf = (source: ImageSource): number[] =>
  source.classes.map((_, label) => indicesOf(source, label).length);

/** Indices of a class's images. */
export const indicesOf = ({ labels }: ImageSource, label: number): number[] =>
  [...labels.keys()].filter((index) => labels[index] === label);
