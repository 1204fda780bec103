import { DataError, UsageError } from '../core/errors.js';
import { formatShape, type ImageShape, type Label } from '../core/image.js';
import type { LabeledSource } from '../data/episodes.js';
import { fittedSource } from '../data/fittedSource.js';
import type { ImageSource } from '../data/imageSource.js';
import { isInkFit } from '../data/resize.js';
import type { Model } from '../models/model.js';
import {
  type BuiltInSetName,
  builtInSetNames,
  builtInSets,
  holdOutValidation,
  loadBuiltInSet,
  OMNIGLOT,
} from '../node/builtInSets.js';
import type { Catalog } from '../node/images/catalog.js';
import { assertFits } from '../node/images/encoderFits.js';
import { type Findings, type LeftOut, noFindings } from '../node/images/findings.js';
import { loadOwnImages, type OwnImages } from '../node/images/loadImages.js';
import { openCatalog } from '../node/images/openCatalog.js';
import { type OwnDataOptions, readLike } from '../node/images/ownData.js';
import { runsCatalog } from '../node/images/runsCatalog.js';
import { defaultSettings } from './settings.js';

/** Data sets that episodes are drawn from, by name. */
export type EvaluationData = BuiltInSetName;

/** Names of those data sets. */
export const evaluationDataNames: readonly EvaluationData[] = builtInSetNames;

/** True for the name of such a data set, false for a folder or file. */
export const isEvaluationData = (name: string): name is EvaluationData => Object.hasOwn(builtInSets, name);

/** Sources of supports and queries. */
export interface EvaluationSplits {
  /** Name of the data, as model cards write it. */
  readonly name: string;
  readonly train: ImageSource;
  readonly query: ImageSource;
  /** Classes with enough images of both for an episode; the others are left out, as the findings tell. */
  readonly among: readonly Label[];
  readonly findings: Findings;
}

/** Settings of an evaluation that choose images of your own, or of Omniglot. */
export interface CatalogSettings extends OwnDataOptions {
  readonly data: string;
  readonly dataDir?: string;
  readonly runs?: string;
  readonly within?: boolean;
}

/** Settings of an evaluation that choose its data. */
export interface SplitOptions extends CatalogSettings {
  readonly split: 'test' | 'validation';
  /** Shape that your own images are fitted to. */
  readonly shape?: ImageShape;
  /** Images of each class that an episode needs of your own. Default: one to learn from, and one query. */
  readonly shots?: number;
  readonly queries?: number | 'all';
}

/**
 * Loads the data of an evaluation: a data set by its name, or your own images. Validation images are the last 5,000 train
 * images of a data set, and the split `val` of your own images.
 *
 * @throws UsageError for options that do not fit the data, or data without the split; DataError that names an image that
 *   cannot be read, or for fewer than two classes with enough images
 */
export async function loadSplits(options: SplitOptions): Promise<EvaluationSplits> {
  return splitsOf(options);
}

/** Number of folders that name a class: of Omniglot, and of classes within a folder, two. */
export const levelsOf = ({
  data,
  within = false,
  levels = data === OMNIGLOT || within ? 2 : 1,
}: Pick<CatalogSettings, 'data' | 'within' | 'levels'>): number => levels;

/**
 * The catalog of an evaluation's own images, or of Omniglot's.
 *
 * @throws UsageError for a folder that is missing, or goes with other data; errors of the data as `openCatalog`
 */
export async function evaluationCatalog({
  data,
  dataDir,
  runs,
  within = false,
  ...options
}: CatalogSettings): Promise<Catalog> {
  if (data !== OMNIGLOT && dataDir !== undefined) {
    throw new UsageError('only data sets that have a name have a folder of data', {
      hint: 'Name your own images by data.',
      option: 'dataDir',
    });
  }
  if (runs !== undefined) return runsCatalog(runs);
  const levels = levelsOf({ data, within, ...options });
  if (data !== OMNIGLOT) return openCatalog(data, { ...options, levels });
  if (dataDir !== undefined) return openCatalog(dataDir, { ...options, levels });
  throw new UsageError('Omniglot is not in this package', {
    hint: 'Name the folder of its alphabets, such as images_background, or its runs under the protocol one-shot.',
    option: ['dataDir', 'runs'],
  });
}

/** @param check looks at the catalog of your own images before they are read */
async function splitsOf(
  options: SplitOptions,
  check?: (catalog: Catalog) => Promise<void>,
): Promise<EvaluationSplits> {
  const { data, dataDir, split, shape } = options;
  if (isEvaluationData(data)) {
    const { train, test } = await loadBuiltInSet(data, { folder: dataDir });
    const facts = { name: data, among: train.classes, findings: noFindings };
    if (split === 'test') return { ...facts, train, query: test };
    const held = holdOutValidation(train);
    return { ...facts, train: held.train, query: held.validation };
  }
  if (shape === undefined) {
    throw new UsageError(`the images of ${data} need a shape to be fitted to`, {
      hint: 'Give a shape: height, width and channels.',
      option: 'shape',
    });
  }
  const catalog = await evaluationCatalog(options);
  await check?.(catalog);
  const own = await loadOwnImages(catalog, { ...options, shape });
  const query = split === 'test' ? own.test : own.validation;
  const name = data === OMNIGLOT ? OMNIGLOT : own.name;
  if (query !== undefined && options.runs !== undefined) {
    return { name, train: own.train, query, among: own.train.classes, findings: inRuns(own.findings) };
  }
  if (query !== undefined) return { name, train: own.train, query, ...enough(own, query, options) };
  throw new UsageError(`${data} names no validation images`, {
    hint: 'Put some into a folder val beside train and test, or choose the split test.',
    option: 'split',
  });
}

/** Findings about runs as whoever made them meant them: images may come again, but not in one run. */
function inRuns({ same, ...findings }: Findings): Findings {
  const again = same.flatMap((names) => {
    const byRun = new Map<string, string[]>();
    for (const name of names) {
      const run = name.split('/', 1)[0]!;
      byRun.set(run, [...(byRun.get(run) ?? []), name]);
    }
    return [...byRun.values()].filter(({ length }) => length > 1);
  });
  return { ...findings, same: again, contradicting: [], leaks: [] };
}

/** The classes with enough images for an episode; the others are added to those that are left out. */
function enough(
  { train, findings }: OwnImages,
  query: ImageSource,
  { queries, ...options }: SplitOptions,
): Pick<EvaluationSplits, 'among' | 'findings'> {
  const asked = queries === 'all' || queries === undefined ? 1 : queries;
  const learned = sizesOf(train);
  const tested = sizesOf(query);
  const sizes = train.classes.map((label, i) => ({ label, learned: learned[i]!, tested: tested[i]! }));
  const { among, leftOut } = classesWithEnough(sizes, { ...options, queries: asked });
  return leftOut.length === 0
    ? { among, findings }
    : { among, findings: { ...findings, leftOut: [...findings.leftOut, ...leftOut] } };
}

/** Number of images of a class that can be learned from, and that are tested. */
export interface ClassSizes {
  readonly label: Label;
  readonly learned: number;
  /** Absent where the same images are learned from and tested on. */
  readonly tested?: number;
}

/**
 * Divides classes into those with enough images for an episode, and others.
 *
 * @param options.queries images of each class that must be there to be tested on
 * @throws UsageError or DataError where fewer than two have enough
 */
export function classesWithEnough(
  sizes: readonly ClassSizes[],
  {
    data,
    shots = 1,
    queries = 1,
  }: { readonly data: string; readonly shots?: number; readonly queries?: number },
): { readonly among: readonly Label[]; readonly leftOut: readonly LeftOut[] } {
  const isEnough = ({ learned, tested = queries }: ClassSizes) => learned >= shots && tested >= queries;
  const among = sizes.filter(isEnough).map(({ label }) => label);
  if (among.length >= 2) {
    const leftOut = sizes
      .filter((size) => !isEnough(size))
      .map(({ label, learned: images, tested: tests }) => ({
        ...{ label: String(label), images },
        ...(tests === undefined ? {} : { tests }),
      }));
    return { among, leftOut };
  }
  const second = (counts: readonly number[]) => [...counts].sort((a, b) => b - a)[1] ?? 0;
  const tooMany = (option: 'shots' | 'queries', wanted: number, most: number, purpose: string) =>
    new UsageError(
      `${wanted} ${option} are asked for, but fewer than two classes of ${data} have as many images ${purpose}`,
      { hint: `Ask for at most ${most} ${option}, or provide more images.`, option },
    );
  const most = second(sizes.map(({ learned }) => learned));
  const mostAsked = second(sizes.map(({ tested = queries }) => tested));
  if (most > 0 && shots > most) throw tooMany('shots', shots, most, 'to learn from');
  if (mostAsked > 0 && queries > mostAsked) throw tooMany('queries', queries, mostAsked, 'to be tested on');
  throw new DataError(
    `fewer than two classes of ${data} have images both to learn from and to be tested on`,
    { hint: 'Add images of each class to both splits, or take the splits away to have some held out.' },
  );
}

/**
 * Default number of shots for classes with so many images to learn from: as many as each has, up to 5. Classes with a single
 * one do not count where there are two others.
 */
export function shotsFor(sizes: readonly number[]): number {
  const several = sizes.filter((size) => size >= 2);
  return Math.max(1, Math.min(defaultSettings.shots, ...(several.length >= 2 ? several : sizes)));
}

/** Number of images of each class, in the order of the classes. */
export function sizesOf({ classes, labels }: LabeledSource): number[] {
  const sizes = classes.map(() => 0);
  for (const label of labels) sizes[label]!++;
  return sizes;
}

/**
 * Loads the data of an evaluation in a model's shape. Data sets must have it, but for MNIST's drawings and encoders of drawings;
 * your own images are fitted to it, by default as those that the model was trained on.
 *
 * @throws UsageError for a data set of another shape, images in color for an encoder of gray ones, and as `loadSplits`
 */
export async function loadSplitsFor(
  { imageShape: shape, card }: Model,
  { model, ...options }: SplitOptions & { readonly model: string },
): Promise<EvaluationSplits> {
  const usual = options.data === OMNIGLOT ? { fit: 'ink' as const } : {};
  const reading = { ...usual, ...readLike(card, options) };
  const splits = await splitsOf({ ...options, ...reading, shape }, (catalog) =>
    assertFits({ card, imageShape: shape }, model, catalog),
  );
  if (!isEvaluationData(options.data) || shape.join() === splits.train.shape.join()) return splits;
  const { fit } = reading;
  if (isInkFit(fit) && options.data === 'mnist') {
    const fitted = (source: ImageSource) => fittedSource(source, shape, fit);
    return { ...splits, train: fitted(splits.train), query: fitted(splits.query) };
  }
  throw new UsageError(
    `the model ${model} takes images of ${formatShape(shape)}, but ${options.data} has ${formatShape(splits.train.shape)}`,
    { hint: 'Choose a model that was trained on images of that size.', option: ['model', 'data'] },
  );
}
