import { readFile, rm, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { UsageError } from '../../core/errors.js';
import type { ImageShape } from '../../core/image.js';
import type { FontAlphabet } from '../../data/characters/fontAlphabet.js';
import { type ImageSource, ofClasses, slice } from '../../data/imageSource.js';
import { isInkFit } from '../../data/resize.js';
import { convolutionalAutoencoder } from '../../models/convolutional.js';
import { decodeModel, encodeModel, type Model, readWeights, writeWeights } from '../../models/model.js';
import { decodeSafetensors } from '../../models/safetensors.js';
import { assertNew, atomicWrite } from '../../node/files.js';
import { fontAlphabets } from '../../node/fontAlphabets.js';
import { MODEL_ENDING } from '../../node/loadModel.js';
import { assertUnlocked, whileLocked } from '../../node/lock.js';
import type { BackendInfo } from '../../node/selectBackend.js';
import { decodeState, encodeState, type TrainingState } from '../../training/checkpoint.js';
import { shownInEpoch } from '../../training/epochOrder.js';
import { fitAutoencoder, type TrainingProgress } from '../../training/fitAutoencoder.js';
import { architectureFor, type Learner } from '../../training/learner.js';
import { startFromMean } from '../../training/startFromMean.js';
import { CHARACTER_FIT, characterBatches } from './characterTraining.js';
import { type Dataset, isDatasetName, labelsOf, loadDataset, loadGlyphs } from './dataset.js';
import { baseCodesOf, codeAccuracy, reconstructionError } from './scores.js';
import { cardOf, cardText } from './trainingCard.js';
import { assertMadeClasses, learnerOf, type TrainingRecipe, trainingSet } from './trainingRecipe.js';

export interface TrainModelOptions {
  readonly recipe: TrainingRecipe;
  /** Path of the model. Its checkpoint and card are beside it. */
  readonly out: string;
  /** Resume from the checkpoint beside `out`, if there is one. */
  readonly resume: boolean;
  /** Replace an existing model or checkpoint. */
  readonly force: boolean;
  /** Number of threads that render data, unless `dataset` is given. Default: 1. */
  readonly workers?: number;
  /** The recipe's data, if they are loaded already. Required for the user's images. */
  readonly dataset?: Dataset;
  /** The model of the recipe's `from`. Its architecture must be the recipe's. */
  readonly from?: Model;
  readonly backend: BackendInfo;
  /** The command, as the card records it. */
  readonly command: string;
  /** `images`: number of images of an epoch. */
  readonly onStart?: (about: { readonly images: number; readonly resumedAt: number }) => void;
  readonly onProgress?: (progress: TrainingProgress) => void;
  readonly onScoring?: () => void;
  readonly signal?: AbortSignal;
}

export interface TrainedModel {
  readonly model: string;
  readonly card: string;
  readonly scores: Readonly<Record<string, number>>;
}

/** Neighbors of the KNN that judges codes on a card. */
const SCORE_K = 10;

const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );

/** Common prefix of the files of a training. */
const stemOf = (out: string) => out.replace(/\.safetensors$/, '');

/** Path of the checkpoint of a model file's training. */
export const checkpointOf = (out: string) => `${stemOf(out)}.checkpoint`;

/** Throws a `UsageError` if a training could not write, would replace files without `force`, or another training is writing there. */
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

/** Glyphs to learn beside the data's classes, if fonts are named and glyphs are not the data. */
async function glyphsBeside(
  { data, fonts }: TrainingRecipe,
  [side]: ImageShape,
): Promise<ImageSource | undefined> {
  if (fonts === undefined || data === 'glyphs' || data === 'characters') return undefined;
  return (await loadGlyphs(fonts, side)).train;
}

/** Alphabets of the fonts that characters are drawn from. */
const fontsOf = async ({ fonts, seed }: TrainingRecipe): Promise<readonly FontAlphabet[]> =>
  fonts === undefined ? [] : fontAlphabets(fonts, { seed });

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
    const fonts = recipe.data === 'characters' ? await fontsOf(recipe) : [];
    const letters = fonts.reduce(
      (sum, { characters }) => sum + characters.length,
      glyphs?.classes.length ?? 0,
    );
    const { fit, background: behind } = recipe.own?.reading ?? {};
    // Ink lies on black, whatever its picture had behind it.
    const background = isInkFit(fit) ? undefined : behind;
    const set =
      recipe.data === 'characters'
        ? characterBatches({ ...recipe, fonts })
        : trainingSet(train, { ...recipe, ...(background === undefined ? {} : { background }) }, glyphs);
    options.onStart?.({
      images:
        'batch' in set ? set.batches * recipe.batchSize : shownInEpoch(set.labels, recipe.groupSize ?? 1),
      resumedAt: state?.step ?? 0,
    });
    await fitAutoencoder(autoencoder, learner, set, {
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
      ...('batch' in set
        ? {
            ...{ images: recipe.epochs * set.batches * recipe.batchSize, classes: [], known: 0 },
            fit: CHARACTER_FIT,
          }
        : { images: train.labels.length, classes, known: data.train.classes.length }),
      ...(letters === 0 ? {} : { glyphs: letters }),
      command: options.command,
      backend: options.backend,
    });
    // Half precision changes the weights, so the stored ones are scored.
    const stored = await decodeModel(await encodeModel(autoencoder, card), out);
    const k = Math.min(SCORE_K, train.labels.length);
    const scores = {
      [`KNN on codes, k = ${k}, ${train.labels.length} train images as references, accuracy on ${test!.labels.length} test images`]:
        await codeAccuracy(stored, { train, test: test! }, k),
      [`reconstruction, mean squared error on ${test!.labels.length} test images`]: Number(
        reconstructionError(stored, test!).toPrecision(4),
      ),
      ...(data.leaks
        ? { 'test images that are nearly in the train set, so that scores flatter': data.leaks }
        : {}),
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
