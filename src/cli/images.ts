import { stat } from 'node:fs/promises';
import { UsageError } from '../core/errors.js';
import type { ImageSource } from '../data/imageSource.js';
import { shotsFor } from '../evaluate/data.js';
import { defaultSettings } from '../evaluate/settings.js';
import type { Model } from '../models/model.js';
import type { Catalog } from '../node/images/catalog.js';
import { type CutImages, cutToLearn } from '../node/images/cut.js';
import { assertFits, trainingOn } from '../node/images/encoderFits.js';
import type { BadImage, Findings, LeftOut, PassedOver } from '../node/images/findings.js';
import { asOnDisk } from '../node/images/insidePath.js';
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
    const catalog = await openCatalog(data, reading);
    await assertFits(model, flags.model, catalog);
    const own = await loadOwnImages(catalog, {
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

/** Report of an inspection, for people. Of files with one fault, `all` are named. */
export function inspectionText(data: string, found: Inspection, all = Number.POSITIVE_INFINITY): string {
  const { images, classes, sides, coloured, bad, duplicates } = found;
  const lines = [
    `${data}: ${count(images)} images of ${count(classes.length)} classes; ${sides[0]} to ${sides[1]} pixels a side; ${count(coloured)} in color, ${count(images - coloured)} gray`,
    ...classes.map(({ label, images: own }) => {
      const parts = Object.entries(own).map(([split, n]) =>
        split === 'all' ? count(n) : `${split} ${count(n)}`,
      );
      return `  ${label}: ${parts.join(', ')}`;
    }),
    ...found.notes,
    ...passedOverLines(found.passedOver, all),
    `cannot be read: ${count(bad.length)}`,
    ...bad.map(({ reason }) => `  ${reason}`),
    `the same bytes more than once: ${count(duplicates.length)}`,
    ...duplicates.map((names) => `  ${names.join(' = ')}`),
    ...nearLines(found),
    ...leftOutLines(found.leftOut),
    ...pictureLines(found, all),
  ];
  return `${lines.join('\n')}\n`;
}

/** What near-duplicates mean: leaks of data that are split, and sets that are cut together of others. */
function nearLines({ classes, alike, leaks }: Inspection): string[] {
  const split = classes.some(({ images }) =>
    Object.keys(images).some((name) => name === 'test' || name === 'val'),
  );
  return split
    ? [
        `nearly the same picture, or one group, in train and another split: ${count(leaks.length)}`,
        ...leaks.map((pair) => `  ${pair.join(' ≈ ')}`),
      ]
    : [
        `nearly the same picture more than once: ${count(alike.length)} ${alike.length === 1 ? 'set' : 'sets'}${alike.length === 0 ? '' : ', never cut apart where images are held out'}`,
        ...alike.map((names) => `  ${names.join(' ≈ ')}`),
      ];
}

/** Readable images, cut as every command cuts them, and the classes and shots of an episode of them. */
export interface CutFound extends CutImages {
  readonly ways: number;
  readonly shots: number;
}

/**
 * Cuts inspected images.
 *
 * @throws DataError when there are too few to learn from
 */
export function cutFound(catalog: Catalog, found: Inspection): CutFound {
  const unread = new Set([...found.bad, ...found.passedOver].map(({ name }) => name));
  const good = [...catalog.images].filter(({ name }) => !unread.has(name));
  const images = cutToLearn(good, catalog.root, found);
  const sizes = new Map<string, number>();
  for (const { label } of images.train) sizes.set(label, (sizes.get(label) ?? 0) + 1);
  const tested = new Set(images.test.map(({ label }) => label));
  const own = [...sizes].filter(([label]) => tested.has(label)).map(([, size]) => size);
  const shots = shotsFor(own);
  return { ...images, shots, ways: own.filter((size) => size >= shots).length };
}

/** Most images that are named one by one, and of those that share a reason. */
const [MOST, MOST_ALIKE] = [20, 3];

/** Notes on what was found in images of one's own, for people who are about to trust a figure. */
export function findingLines(findings: Findings): string[] {
  const { notes, bad, passedOver, leftOut, leaks } = findings;
  return [
    ...notes,
    ...passedOverLines(passedOver),
    ...badLines(bad),
    ...leftOutLines(leftOut),
    ...leakLines(leaks),
    ...pictureLines(findings, MOST_ALIKE),
  ];
}

/** From so many pictures on, chance moves an accuracy by less than 5 points. */
const MANY = 400;

/** How far chance moves an accuracy on few test images: the 95 % interval of a share of one half. */
export function chanceLines({ tested }: Pick<Findings, 'tested'>): string[] {
  if (tested === 0 || tested >= MANY) return [];
  const off = Math.min(50, Math.round(98 / Math.sqrt(tested)));
  return [
    `Only ${count(tested)} ${tested === 1 ? 'picture' : 'pictures that differ'} to be tested on: chance alone moves an accuracy by up to ${off} points.`,
  ];
}

/** Names, the first few of many. */
function someOf(names: readonly string[], most = MOST_ALIKE, between = ', '): string {
  const rest = names.length - most;
  return `${names.slice(0, most).join(between)}${rest > 0 ? ` and ${count(rest)} more` : ''}`;
}

/** Classes that are neither learned nor tested, or not tested. */
function leftOutLines(leftOut: readonly LeftOut[]): string[] {
  if (leftOut.length === 0) return [];
  const named = leftOut.map(({ label, images, tests }) =>
    tests === undefined
      ? `${label} (${count(images)})`
      : `${label} (${count(images)} to learn from, ${count(tests)} to be tested on)`,
  );
  return [
    `Left out, with too few images that differ: ${count(leftOut.length)} ${leftOut.length === 1 ? 'class' : 'classes'}`,
    `  ${someOf(named, MOST)}`,
  ];
}

/** Test images that test nothing. */
function leakLines(leaks: Findings['leaks']): string[] {
  if (leaks.length === 0) return [];
  return [
    `Nearly the same picture, or one group, in train and test: ${count(leaks.length)}. Accuracy looks better than it is.`,
    `  ${someOf(leaks.map((pair) => pair.join(' ≈ ')))}`,
  ];
}

/** Images that teach little or nothing, a line a kind. */
function pictureLines({ plain, dark, same, contradicting, tolerated }: Findings, most: number): string[] {
  const line = (about: string, names: readonly string[]) =>
    names.length === 0 ? [] : [`${about}: ${count(names.length)}`, `  ${someOf(names, most)}`];
  const joined = (sets: Findings['same']) => sets.map((names) => someOf(names, MOST, ' = '));
  const other = same.filter((set) => !contradicting.includes(set));
  return [
    ...line('The same pixels in different classes, so a label is wrong', joined(contradicting)),
    ...line('The same pixels more than once', joined(other)),
    ...line('Of a single color', plain),
    ...line(
      'Black but for little (if that is ink on transparency, set its background: --background white)',
      dark,
    ),
    ...line(
      'Read in spite of damage',
      tolerated.map(({ name, reason }) => `${name} (${reason})`),
    ),
  ];
}

/** Files that were not used, by reason. */
export function passedOverLines(passedOver: readonly PassedOver[], most = MOST_ALIKE): string[] {
  if (passedOver.length === 0) return [];
  const byReason = new Map<string, string[]>();
  for (const { name, reason } of passedOver) byReason.set(reason, [...(byReason.get(reason) ?? []), name]);
  return [
    `Not used: ${count(passedOver.length)} ${passedOver.length === 1 ? 'file' : 'files'}`,
    ...[...byReason].map(([reason, names]) => {
      return `  ${count(names.length)} ${reason}: ${someOf(names, most)}`;
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
const noModelFor = (data: string): UsageError =>
  new UsageError(`no model is named that knows images such as those of ${data}`, {
    hint: `Train one: ${trainingOn(data)}; then give --model ./own.safetensors. For photographs: --model photos.`,
  });

/**
 * The model that is named; of a data set by name, the default where none is.
 *
 * @throws UsageError for images of one's own without a model
 */
export function modelFor({ data, model }: { readonly data: string; readonly model?: string }): string {
  if (model === undefined && !isDatasetName(data)) throw noModelFor(data);
  return model ?? defaultSettings.model;
}

/** Throws a `UsageError` that lists the data sets that a command takes if the data are neither a folder nor a file. */
export async function assertThere(data: string, names: readonly string[] = datasetNames): Promise<void> {
  if ((await stat(await asOnDisk(data)).catch(() => undefined)) !== undefined) return;
  throw new UsageError(`there are no data called ${data}, and no folder or file`, {
    hint: `Name ${names.join(', ')}, an image folder, or a file (.csv, .jsonl, .npz).`,
  });
}

/** Indices of a class's images. */
export const indicesOf = ({ labels }: ImageSource, label: number): number[] =>
  [...labels.keys()].filter((index) => labels[index] === label);
