import { UsageError } from '../core/errors.js';
import { formatShape, type ImageShape } from '../core/image.js';
import type { ImageSource } from '../data/imageSource.js';
import type { Fit } from '../data/resize.js';
import type { Model } from '../models/model.js';
import {
  type BuiltInSetName,
  builtInSetNames,
  builtInSets,
  holdOutValidation,
  loadBuiltInSet,
} from '../node/builtInSets.js';
import { loadOwnImages } from '../node/images/loadImages.js';
import { openCatalog } from '../node/images/openCatalog.js';
import type { BadImage } from '../node/images/readImages.js';

/** Data sets that episodes are drawn from, by name. */
export type EvaluationData = BuiltInSetName;

export const evaluationDataNames: readonly EvaluationData[] = builtInSetNames;

/** True for the name of such a data set, false for a folder or file. */
export const isEvaluationData = (name: string): name is EvaluationData => Object.hasOwn(builtInSets, name);

/** Where supports and queries come from. */
export interface EvaluationSplits {
  /** As model cards write it. */
  readonly name: string;
  readonly train: ImageSource;
  readonly query: ImageSource;
  /** Images of one's own that were passed over. */
  readonly bad: readonly BadImage[];
}

export interface SplitOptions {
  readonly data: string;
  readonly dataDir?: string;
  readonly split: 'test' | 'validation';
  /** Shape that images of one's own are brought to. */
  readonly shape?: ImageShape;
  /** How; default: they must have it. */
  readonly fit?: Fit;
  readonly skipBad?: boolean;
}

/**
 * Loads what episodes are drawn from: a data set by its name, else images of one's own. Validation images are the last
 * 5,000 train images of the former, and the split `val` of the latter.
 *
 * @throws UsageError where there is nothing of the kind; DataError naming an image that cannot be read
 */
export async function loadSplits(options: SplitOptions): Promise<EvaluationSplits> {
  const { data, dataDir, split, shape, fit, skipBad = false } = options;
  if (isEvaluationData(data)) {
    const { train, test } = await loadBuiltInSet(data, { folder: dataDir });
    if (split === 'test') return { name: data, train, query: test, bad: [] };
    const held = holdOutValidation(train);
    return { name: data, train: held.train, query: held.validation, bad: [] };
  }
  if (dataDir !== undefined) {
    throw new UsageError('--data-dir goes with the data sets in IDX files alone', {
      hint: 'Name your own images by --data.',
    });
  }
  if (shape === undefined) {
    throw new UsageError(`the shape that images of ${data} are to be brought to is not known`, {
      hint: 'Give --size and --channels.',
    });
  }
  const own = await loadOwnImages(await openCatalog(data), {
    ...{ shape, skipBad },
    ...(fit === undefined ? {} : { fit }),
  });
  const query = split === 'test' ? own.test : own.validation;
  if (query !== undefined) return { name: own.name, train: own.train, query, bad: own.bad };
  throw new UsageError(`${data} names no validation images`, {
    hint: 'Put some into a folder val beside train and test, or use --split test.',
  });
}

/**
 * The same in a model's shape: data sets by name must have it, and images of one's own are brought to it, as the model's
 * were unless `fit` says how.
 *
 * @throws UsageError as well for a data set of another shape
 */
export async function loadSplitsFor(
  { imageShape: shape, card }: Model,
  { model, ...options }: SplitOptions & { readonly model: string },
): Promise<EvaluationSplits> {
  const fit = options.fit ?? card.data.fit;
  const splits = await loadSplits({ ...options, shape, ...(fit === undefined ? {} : { fit }) });
  if (!isEvaluationData(options.data) || shape.join() === splits.train.shape.join()) return splits;
  throw new UsageError(
    `the model ${model} takes images of ${formatShape(shape)}, but ${options.data} has ${formatShape(splits.train.shape)}`,
    { hint: 'Choose a model that was trained on images of that size.' },
  );
}
