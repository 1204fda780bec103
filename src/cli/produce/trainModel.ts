import { readFile, rm, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { affine } from '../../augment/transforms/affine.js';
import { compose } from '../../augment/transforms/combine.js';
import { elastic } from '../../augment/transforms/elastic.js';
import { UsageError } from '../../core/errors.js';
import { type ImageShape, imagesOf, type Label, packImages } from '../../core/image.js';
import { randomStream } from '../../core/random.js';
import { composeClasses } from '../../data/composeClasses.js';
import { type ImageSource, joinSources, ofClasses, slice } from '../../data/imageSource.js';
import { inventSymbols } from '../../data/inventSymbols.js';
import type { Fit } from '../../data/resize.js';
import type { Architecture } from '../../models/architecture.js';
import { convolutionalAutoencoder } from '../../models/convolutional.js';
import { decodeModel, encodeModel, type Model, readWeights, writeWeights } from '../../models/model.js';
import { decodeSafetensors } from '../../models/safetensors.js';
import { assertNew, atomicWrite } from '../../node/files.js';
import { MODEL_ENDING } from '../../node/loadModel.js';
import { assertUnlocked, whileLocked } from '../../node/lock.js';
import type { BackendInfo } from '../../node/selectBackend.js';
import { decodeState, encodeState, type TrainingState } from '../../training/checkpoint.js';
import { fit, type Progress, shownInEpoch, type TrainingData } from '../../training/fit.js';
import { architectureFor, type Learner } from '../../training/learner.js';
import { createLearner, type LearnerName, type LearnerOptions } from '../../training/learners/registry.js';
import { shifted } from '../../training/shifted.js';
import { startFromMean } from '../../training/startFromMean.js';
import { cardOf, cardText } from './card.js';
import { type Dataset, isDatasetName, labelsOf, loadDataset, loadGlyphs } from './dataset.js';
import { baseCodesOf, codeAccuracy, reconstructionError } from './scores.js';

/** What a recipe says of the images beyond which data they are from. */
export interface TrainingSetOptions {
  /** Classes composed of the data's images, beside its own; see `composeClasses`. Default: none. */
  readonly composed?: number;
  /** Invented symbols, beside the data's classes; see `inventSymbols`. Default: none. */
  readonly invented?: number;
  /** Whether images are turned, stretched, slanted and bent a little, anew in every epoch. Default: no. */
  readonly warp?: boolean;
  /** Largest shift of an image along each axis, in whole pixels, anew in every epoch. 0 for none. */
  readonly shift: number;
  readonly seed: number;
}

/** Images of each composed class, and drawings of each invented symbol. */
const [COMPOSED_IMAGES, DRAWINGS] = [40, 32];

/** As much as two hands, or one hand twice, draw one symbol differently; far less than a geometric baseline does. */
const warping = compose(
  'warp',
  affine({ rotate: 10, scale: 0.1, shear: 0.15, shift: 0.07 }),
  elastic({ alpha: 17 }),
);

/** The images that a learner sees: those of the data, and of the classes that are made of them and beside them, and glyphs. */
export function trainingSet(
  train: ImageSource,
  options: TrainingSetOptions,
  glyphs?: ImageSource,
): TrainingData {
  const { composed = 0, invented = 0, warp = false, shift, seed } = options;
  const [side] = train.shape;
  const sources = [
    train,
    ...(composed === 0 ? [] : [composeClasses(train, { classes: composed, images: COMPOSED_IMAGES, seed })]),
    ...(invented === 0 ? [] : [inventSymbols({ symbols: invented, drawings: DRAWINGS, side, seed })]),
    ...(glyphs === undefined ? [] : [glyphs]),
  ] as const;
  const all = sources.length === 1 ? train : joinSources([train, ...sources.slice(1)]);
  return shifted(warp ? warped(all, seed) : all, shift, seed);
}

/** The same images, each warped anew in every epoch: by the seed, the epoch and its own number alone. */
function warped(source: ImageSource, seed: number): TrainingData {
  return {
    labels: source.labels,
    images(indices, epoch) {
      const set = source.images(indices);
      const images = [...imagesOf(set)].map((image, i) => ({
        ...image,
        pixels: warping.apply(image, randomStream(seed, 'warp', epoch, indices[i]!)),
      }));
      return packImages(images, set.shape, set.classes);
    },
  };
}

/** Everything that the weights depend on. */
export interface TrainingRecipe extends TrainingSetOptions {
  /** Name of a data set, or what one's own images are called. */
  readonly data: string;
  /** Of one's own images: SHA-256 of their pixels and labels, and how they came into their shape. */
  readonly own?: { readonly digest: string; readonly fit: Fit };
  /** The model that training begins with. Default: random weights. */
  readonly from?: { readonly name: string; readonly sha256: string };
  /** The nets. Where codes lie, and whether the encoder gives distributions, is the learner's choice. */
  readonly architecture: Architecture;
  readonly learner: LearnerName;
  /** Options of that learner. Default: its own, with the semantics of the data's labels. */
  readonly options?: LearnerOptions[LearnerName];
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  /** Folder of fonts whose glyphs are learnt beside the data's classes, or alone where they are the data. Default: none. */
  readonly fonts?: string;
  /** Images of one class that stand together in a batch. Default 1: a random order. */
  readonly groupSize?: number;
  /** Codes of each class that the file keeps beside the weights, of a seeded choice of images; 0 for none. */
  readonly base: number;
  /** Train on these classes only; default all. */
  readonly classes?: readonly Label[];
  /** Train on the first so many images (of those classes) only; default all. */
  readonly limit?: number;
}

export interface TrainModelOptions {
  readonly recipe: TrainingRecipe;
  /** Where the model goes; its checkpoint and card lie beside it. */
  readonly out: string;
  /** Go on from the checkpoint beside `out`, if there is one. */
  readonly resume: boolean;
  /** Replace a model or a checkpoint that is there already. */
  readonly force: boolean;
  /** Threads that render data, where they are not loaded already. Default: 1. */
  readonly workers?: number;
  /** The recipe's data, where they are loaded already; one's own always are. */
  readonly dataset?: Dataset;
  /** The model of the recipe's `from`. Its architecture must be the recipe's. */
  readonly from?: Model;
  readonly backend: BackendInfo;
  /** The command, as the card records it. */
  readonly command: string;
  /** `images`: those of an epoch. */
  readonly onStart?: (about: { readonly images: number; readonly resumedAt: number }) => void;
  readonly onProgress?: (progress: Progress) => void;
  readonly onScoring?: () => void;
  readonly signal?: AbortSignal;
}

export interface TrainedModel {
  readonly model: string;
  readonly card: string;
  readonly scores: Readonly<Record<string, number>>;
}

/** Neighbours of the KNN that judges codes on a card. */
const SCORE_K = 10;

const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );

/** What names of all files of a training begin with. */
const stemOf = (out: string) => out.replace(/\.safetensors$/, '');

/** Where the checkpoint of a training lies that is to end as this model file. */
export const checkpointOf = (out: string) => `${stemOf(out)}.checkpoint`;

/** Throws a `UsageError` when a training could not write, would replace what it was not told to, or would meet another there. */
export async function assertFree(
  out: string,
  { resume, force }: Pick<TrainModelOptions, 'resume' | 'force'>,
): Promise<void> {
  assertUnlocked(out, stemOf(out));
  await assertReplaceable(out, { resume, force });
}

async function assertReplaceable(
  out: string,
  { resume, force }: Pick<TrainModelOptions, 'resume' | 'force'>,
): Promise<void> {
  const checkpoint = checkpointOf(out);
  await assertNew(out, force, 'Choose another --out, or replace it with --force.');
  if (!force && !resume && (await exists(checkpoint))) {
    throw new UsageError(`${checkpoint} is there from a training that did not end`, {
      hint: 'Go on with --resume, or start afresh with --force.',
    });
  }
}

/**
 * The learner of a recipe, which reads labels as the data mean them unless its options say otherwise.
 *
 * @throws UsageError for an unknown learner or options out of range
 */
export function learnerOf({
  data,
  learner,
  options,
}: Pick<TrainingRecipe, 'data' | 'learner' | 'options'>): Learner {
  return createLearner(learner, learner === 'atnl' ? { ...labelsOf(data).semantics, ...options } : options);
}

/** Throws a `UsageError` when classes are to be made for a learner that reads labels as places in an order. */
function assertMadeClasses(
  { options }: Learner,
  { composed = 0, invented = 0, fonts }: TrainingRecipe,
): void {
  if ((composed + invented === 0 && fonts === undefined) || (options.semantics ?? 'nominal') === 'nominal')
    return;
  throw new UsageError('composed classes, invented symbols and glyphs have no place in an order of labels', {
    hint: 'Leave out --composed, --invented and --fonts, or choose --semantics nominal.',
  });
}

/** Glyphs to learn beside the data's classes, where fonts are named and glyphs are not the data. */
async function glyphsBeside(
  { data, fonts }: TrainingRecipe,
  [side]: ImageShape,
): Promise<ImageSource | undefined> {
  if (fonts === undefined || data === 'glyphs') return undefined;
  return (await loadGlyphs(fonts, side)).train;
}

async function loadNamed(
  name: string,
  { recipe: { fonts }, workers, signal }: TrainModelOptions,
): Promise<Dataset> {
  if (!isDatasetName(name)) throw new UsageError(`there is no data set ${name}`);
  return loadDataset(name, {
    ...(fonts === undefined ? {} : { fonts }),
    ...(workers === undefined ? {} : { workers }),
    ...(signal === undefined ? {} : { signal }),
  });
}

async function readState(checkpoint: string, recipe: string): Promise<TrainingState | undefined> {
  if (!(await exists(checkpoint))) return undefined;
  return decodeState(await readFile(checkpoint), recipe, checkpoint);
}

/**
 * Trains an autoencoder on the train set of some data, scores it on the test set, and writes the model and its card. A checkpoint is kept on the
 * way and removed at the end.
 *
 * @throws UsageError for an unknown learner, options out of range, base codes where there is no sphere to carry them on,
 *   a file that is there already, or one that another training writes at this moment
 */
export async function trainModel(options: TrainModelOptions): Promise<TrainedModel> {
  const { recipe, out } = options;
  const learner = learnerOf(recipe);
  if (recipe.base > 0 && learner.latentSpace !== 'sphere') {
    throw new UsageError(`${learner.name} has no sphere to carry base codes on`, {
      hint: 'Leave --base out: only the path transport uses base codes.',
    });
  }
  assertMadeClasses(learner, recipe);
  await assertFree(out, options);
  return whileLocked(out, () => trainAlone(learner, options), stemOf(out));
}

async function trainAlone(learner: Learner, options: TrainModelOptions): Promise<TrainedModel> {
  const { recipe, out, signal } = options;
  // Another training may have ended since this one was asked for.
  await assertReplaceable(out, options);
  const checkpoint = checkpointOf(out);
  const data = options.dataset ?? (await loadNamed(recipe.data, options));
  const classes = data.train.classes.filter((label) => recipe.classes?.includes(label) ?? true);
  const [seen, test] = [data.train, data.test].map((source) => ofClasses(source, recipe.classes ?? classes));
  const train = slice(seen!, 0, Math.min(recipe.limit ?? Number.POSITIVE_INFINITY, seen!.labels.length));
  const architecture = architectureFor(learner, recipe.architecture);
  const autoencoder = convolutionalAutoencoder(architecture, recipe.seed);
  try {
    const { brightness } = labelsOf(recipe.data);
    if (brightness !== undefined) startFromMean(autoencoder, brightness);
    if (options.from !== undefined) writeWeights(autoencoder, readWeights(options.from), recipe.from!.name);
    const { limit, ...lasting } = recipe;
    const key = JSON.stringify({
      ...lasting,
      architecture,
      options: learner.options,
      limit: limit ?? null,
      backend: options.backend.name,
    });
    const state = options.resume ? await readState(checkpoint, key) : undefined;
    const glyphs = await glyphsBeside(recipe, train.shape);
    const set = trainingSet(train, recipe, glyphs);
    options.onStart?.({
      images: shownInEpoch(set.labels, recipe.groupSize ?? 1),
      resumedAt: state?.step ?? 0,
    });
    await fit(autoencoder, learner, set, {
      ...recipe,
      ...(state === undefined ? {} : { state }),
      ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
      ...(signal === undefined ? {} : { signal }),
      onCheckpoint: async (reached) => atomicWrite(checkpoint, await encodeState(reached, key)),
    });
    options.onScoring?.();
    const card = cardOf(recipe, {
      name: basename(out, MODEL_ENDING),
      learner,
      architecture,
      images: train.labels.length,
      classes,
      known: data.train.classes.length,
      ...(glyphs === undefined ? {} : { glyphs: glyphs.classes.length }),
      command: options.command,
      backend: options.backend,
    });
    // Half precision moves the weights, so the scores are of what the file holds.
    const stored = await decodeModel(await encodeModel(autoencoder, card), out);
    const k = Math.min(SCORE_K, train.labels.length);
    const scores = {
      [`KNN on codes, k = ${k}, ${train.labels.length} train images as references, accuracy on ${test!.labels.length} test images`]:
        await codeAccuracy(stored, { train, test: test! }, k),
      [`reconstruction, mean squared error on ${test!.labels.length} test images`]: Number(
        reconstructionError(stored, test!).toPrecision(4),
      ),
    };
    const base = recipe.base === 0 ? undefined : baseCodesOf(stored, train, recipe);
    stored.dispose();
    const bytes = await encodeModel(autoencoder, { ...card, scores }, base);
    const cardPath = out.replace(/(\.safetensors)?$/, '.md');
    const { sha256 } = decodeSafetensors(bytes, out).metadata;
    await atomicWrite(cardPath, cardText({ ...card, scores }, sha256!, bytes.length));
    await atomicWrite(out, bytes);
    await rm(checkpoint, { force: true });
    return { model: out, card: cardPath, scores };
  } finally {
    autoencoder.dispose();
  }
}
