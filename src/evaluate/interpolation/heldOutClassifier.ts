import { type Cnn, createCnn } from '../../classify/cnn.js';
import { type CnnJson, cnnFromJSON, cnnToJSON } from '../../classify/cnnJson.js';
import { cnnPresets } from '../../classify/cnnPresets.js';
import { checkCount, checkSeed } from '../../core/checks.js';
import { chunkRanges } from '../../core/chunks.js';
import { DataError, UsageError } from '../../core/errors.js';
import { laterTurn } from '../../core/eventLoop.js';
import {
  checkClasses,
  checkSetParts,
  type ImageShape,
  imagesOf,
  type Label,
  type LabeledImage,
  packPixels,
} from '../../core/image.js';
import { checkFields, checkFunction, checkSignal, optional, whole } from '../../core/kindChecks.js';
import { randomStream } from '../../core/random.js';
import { checkSource, type ImageSource } from '../../data/imageSource.js';
import { type Batch, toBatch } from '../../stream/toBatches.js';
import type { FeaturePoints } from '../metrics/manifold.js';

export interface HeldOutClassifierOptions {
  /** Seed of the weights, of the choice of images and of their order. */
  readonly seed: number;
  /** Number of images to learn from, a random choice. Default: all. */
  readonly images?: number;
  /** Number of batches of 64 to learn from. Default: three epochs, but at least 600 batches. */
  readonly steps?: number;
  /** Called after each batch. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Stops the training: the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** A classifier that has nothing in common with the models that it judges. It holds its weights until it is disposed. */
export interface HeldOutClassifier {
  readonly shape: ImageShape;
  readonly classes: readonly Label[];
  /** The class of each image. Throws a `DataError` for an image of another shape. */
  classify(images: readonly LabeledImage[]): Promise<Label[]>;
  /**
   * Activations of the last hidden layer, 128 values an image: a space in which images can be compared. Throws a `DataError`
   * for an image of another shape.
   */
  features(images: readonly LabeledImage[]): Promise<FeaturePoints>;
  /** Share of a source's images that it classifies correctly. */
  accuracy(source: ImageSource): Promise<number>;
  /** The net as JSON, for `restoreHeldOutClassifier`. */
  save(): Promise<CnnJson>;
  dispose(): void;
}

const PRESET = 'standard';
const { batchSize } = cnnPresets[PRESET].recipe;
const EPOCHS = 3;
const LEAST_STEPS = 600;

/** Batches of the chosen images without end, in a new order each epoch. */
function* batchesOf(train: ImageSource, chosen: Int32Array, seed: number): Generator<Batch> {
  let [epoch, position] = [0, chosen.length];
  let order: Int32Array = new Int32Array(0);
  const next = () => {
    if (position === chosen.length) {
      order = randomStream(seed, 'held out', 'order', epoch++).permutation(chosen.length);
      position = 0;
    }
    return chosen[order[position++]!]!;
  };
  for (;;) {
    const images = train.images(Int32Array.from({ length: batchSize }, next));
    yield toBatch([...imagesOf(images)], { classes: train.classes });
  }
}

/**
 * Trains a convolutional net on the pixels of labeled images, to judge images that models make: it never sees a code or a
 * decoded image while it learns. Trained on all of MNIST's train set, which takes some minutes with the native backend, it
 * classifies about 99 % of the test set correctly.
 *
 * @throws UsageError when `images` or `steps` is out of range, or there are fewer than two classes; errors of the training
 */
export async function heldOutClassifier(
  train: ImageSource,
  options: HeldOutClassifierOptions,
): Promise<HeldOutClassifier> {
  const { seed, images, steps, onProgress, signal } = checkFields('heldOutClassifier', options, {
    seed: checkSeed,
    steps: optional(whole()),
    onProgress: optional(checkFunction),
    signal: optional(checkSignal),
  });
  checkSource('the train images', train, 'heldOutClassifier');
  const { shape, classes } = train;
  const available = train.labels.length;
  const count = images ?? available;
  checkCount('images', count, { most: available });
  if (classes.length < 2) {
    throw new UsageError(`a classifier needs at least 2 classes, but there are ${classes.length}`);
  }
  signal?.throwIfAborted();
  const chosen = randomStream(seed, 'held out', 'images').sample(available, count);
  const total = steps ?? Math.max(LEAST_STEPS, Math.ceil((EPOCHS * count) / batchSize));
  const cnn = createCnn({ preset: PRESET, shape, classes: classes.length, seed });
  try {
    await cnn.fit(batchesOf(train, chosen, seed), {
      steps: total,
      async onProgress({ done }) {
        // Without a pause wasm would compute on, and no signal would be handled.
        await new Promise<void>(laterTurn);
        signal?.throwIfAborted();
        onProgress?.(done, total);
      },
    });
  } catch (error) {
    cnn.dispose();
    throw error;
  }
  return trained(cnn, classes);
}

/**
 * Restores a classifier from the JSON of its `save`.
 *
 * @param classes classes that it was trained on, in their order
 * @throws DataError when the JSON is damaged, or has another number of classes
 */
export function restoreHeldOutClassifier(json: unknown, classes: readonly Label[]): HeldOutClassifier {
  checkClasses('classes', classes, 'restoreHeldOutClassifier');
  const cnn = cnnFromJSON(json);
  if (cnn.options.classes !== classes.length) {
    cnn.dispose();
    throw new DataError(
      `the saved classifier knows ${cnn.options.classes} classes, but ${classes.length} are named`,
    );
  }
  return trained(cnn, classes);
}

function trained(cnn: Cnn, classes: readonly Label[]): HeldOutClassifier {
  const { shape } = cnn.options;
  return {
    shape,
    classes,
    async classify(images) {
      return Array.from(
        await cnn.predict(packPixels(images, shape), images.length),
        (label) => classes[label]!,
      );
    },
    async features(images) {
      const values = await cnn.features(packPixels(images, shape), images.length);
      return { values, dimension: cnnPresets[cnn.options.preset].hidden };
    },
    async accuracy(source) {
      checkSource('the source', source, 'accuracy');
      if (source.labels.length === 0) throw new DataError('the source has no images to classify');
      const total = source.labels.length;
      let right = 0;
      for (const { start, count } of chunkRanges(total)) {
        const indices = Int32Array.from({ length: count }, (_, i) => start + i);
        const set = checkSetParts('what the source gives', source.images(indices));
        const found = await cnn.predict(set.pixels, count);
        right += found.filter((label, i) => classes[label] === source.classes[set.labels[i]!]).length;
      }
      return right / total;
    },
    save: () => cnnToJSON(cnn),
    dispose: () => cnn.dispose(),
  };
}
