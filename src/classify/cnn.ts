import * as tf from '@tensorflow/tfjs-core';
import { recorded } from 'tfjs-wasm-training';
import { assertBackend } from '../backend/start.js';
import {
  checkCount,
  checkPositive,
  checkRange,
  checkSeed,
  firstNonFinite,
  firstNoPixel,
  refuse,
} from '../core/checks.js';
import { chunkRanges } from '../core/chunks.js';
import { DataError, TrainingError, UsageError } from '../core/errors.js';
import { assertFloats, badPixelOf, checkShape, formatShape, type ImageShape, sizeOf } from '../core/image.js';
import { checkFloats, checkFunction, checkOptionBag, optional } from '../core/kindChecks.js';
import { isPromise, isStream, shown } from '../core/shown.js';
import { assertBatch as assertTensors, type Batch } from '../stream/toBatches.js';
import { cosineDecay, createAdam } from '../training/adam.js';
import {
  type CnnDropout,
  type CnnPreset,
  type CnnPresetName,
  type CnnRecipe,
  cnnPresets,
} from './cnnPresets.js';
import { assertDropout, dropoutMask, hiddenLayer, initialWeights, logits, setWeights } from './convNet.js';

export interface CnnOptions extends Partial<Omit<CnnRecipe, 'steps' | 'batchSize'>> {
  /** The net and its recipe. Default: `fast`. */
  readonly preset?: CnnPresetName;
  /** Default: the preset's. Soft labels, such as those of teachers, need none. */
  readonly dropout?: CnnDropout;
  readonly shape: ImageShape;
  /** Number of classes, at least 2. */
  readonly classes: number;
  readonly seed: number;
  /** Weights to begin with: those of `weights()`, joined. Default: drawn from the seed. */
  readonly weights?: Float32Array;
}

/** Progress of a training. */
export interface CnnProgress {
  /** Steps taken so far. */
  readonly done: number;
  /** Steps to take in all. */
  readonly total: number;
  /** Loss of the last step. */
  readonly loss: number;
}

export interface CnnFitOptions {
  /** Batches to train on; an endless source is left after them. Default: the recipe's. */
  readonly steps?: number;
  /** Learning rate of the first step, from which it falls to zero at the last. Default: that of the net. */
  readonly learningRate?: number;
  /** Called, and awaited, after each step. */
  readonly onProgress?: (progress: CnnProgress) => void | Promise<void>;
}

/** A small convolutional classifier that owns its weights until it is disposed. */
export interface Cnn {
  /** Its options with the defaults filled in, without the weights. */
  readonly options: Required<Omit<CnnOptions, 'weights'>>;
  /** Number of trainable values. */
  readonly parameters: number;
  /**
   * Trains on batches as they come, and disposes each. Fewer batches than `steps` end the training early. A second call
   * continues the training.
   *
   * @returns The number of steps taken and the loss of the last.
   * @throws TrainingError when pixels or the loss are not finite; DataError when there is no batch, or one has another shape or pixels
   *   outside of [0, 1].
   */
  fit(
    batches: AsyncIterable<Batch> | Iterable<Batch>,
    options?: CnnFitOptions,
  ): Promise<{ readonly steps: number; readonly loss: number }>;
  /**
   * The class of each of `count` images, packed one after the other. Ties go to the lower class.
   *
   * @throws DataError when the pixels do not fit `count` or are not in [0, 1].
   */
  predict(pixels: Float32Array, count: number): Promise<Int32Array>;
  /**
   * The hidden dense layer, after its ReLU, of each of `count` images: rows of as many values as the preset has hidden
   * units. The last layer tells classes apart by them, so they are a space in which images can be compared.
   *
   * @throws DataError when the pixels do not fit `count` or are not in [0, 1].
   */
  features(pixels: Float32Array, count: number): Promise<Float32Array>;
  /** A copy of the weights, kernel and bias of each layer in order. */
  weights(): Promise<Float32Array[]>;
  dispose(): void;
}

/** Mean cross entropy of rows of logits to targets that add up to 1, whose gradient takes three operations. */
function crossEntropy(logits: tf.Tensor2D, targets: tf.Tensor): tf.Scalar {
  const loss = tf.customGrad((given, save) => {
    const logProbabilities = tf.logSoftmax(given as tf.Tensor2D);
    (save as tf.GradSaveFunc)([logProbabilities]);
    const gradFunc = (dy: tf.Tensor, [saved]: tf.Tensor[]) =>
      tf.mul(tf.sub(tf.exp(saved!), targets), tf.div(dy, logits.shape[0]));
    return { value: tf.neg(tf.mean(tf.sum(tf.mul(targets, logProbabilities), 1))), gradFunc };
  });
  return loss(logits) as tf.Scalar;
}

/**
 * A fresh net. Weights, dropout and training depend on the seed and the batches alone: on one backend, two runs give
 * the same bits.
 *
 * ```ts
 * const cnn = createCnn({ shape: model.imageShape, classes: 10, seed: 1 });
 * await cnn.fit(toAsyncIterable(images$.pipe(toBatches(32, { classes: 10 }))));
 * console.log(await cnn.predict(photo.pixels, 1));
 * cnn.dispose();
 * ```
 */
export function createCnn(options: CnnOptions): Cnn {
  const { shape, classes, seed } = checkOptionBag('createCnn', options);
  const preset = presetNamed(options.preset ?? 'fast');
  const recipe = { ...preset.recipe, dropout: preset.dropout, ...options };
  assertRecipe(recipe);
  assertBackend();
  const weights = initialWeights(preset, shape, classes, seed);
  if (options.weights !== undefined) setWeights(weights, options.weights);
  const adam = createAdam(weights, { weightDecay: recipe.weightDecay });
  let taken = 0;

  const mask = (layer: string, sides: number[], share: number) =>
    dropoutMask(sides, share, seed, 'cnn', 'dropout', layer, taken);
  const masksFor = (n: number) =>
    [
      mask('maps', [n, 1, 1, preset.convolutions.at(-1)!.filters], recipe.dropout.maps),
      mask('hidden', [n, preset.hidden], recipe.dropout.hidden),
    ] as [tf.Tensor4D, tf.Tensor2D];

  const recording = recorded((xs, ys, ofMaps, ofHidden, ...weights) => {
    const masks = [ofMaps as tf.Tensor4D, ofHidden as tf.Tensor2D] as const;
    const targets = tf.add(tf.mul(ys!, 1 - recipe.labelSmoothing), recipe.labelSmoothing / classes);
    const { value, grads } = tf.valueAndGrads((...current: tf.Tensor[]) =>
      crossEntropy(logits(preset, current, xs as tf.Tensor4D, masks), targets),
    )(weights);
    return [value, ...grads];
  });
  const lossAndGradients = ({ xs, ys }: Batch) => {
    const masks = masksFor(xs.shape[0]);
    const [loss, ...gradients] = recording(xs, ys, ...masks, ...weights);
    tf.dispose(masks);
    return { loss: loss!, gradients };
  };

  const step = async (batch: Batch, learningRate: number): Promise<number> => {
    assertBatch(batch, shape, classes);
    const { loss, gradients } = lossAndGradients(batch);
    const [[lossValue], pixels] = await Promise.all([loss.data(), batch.xs.data<'float32'>()]);
    loss.dispose();
    const bad = firstNoPixel(pixels);
    if (bad >= 0 && firstNonFinite(pixels) < 0) {
      tf.dispose(gradients);
      throw badPixelOf(pixels, bad, sizeOf(shape), ` of the batch of step ${taken + 1}`);
    }
    if (bad >= 0 || !Number.isFinite(lossValue)) {
      tf.dispose(gradients);
      throw bad < 0
        ? new TrainingError(`the loss is ${lossValue} at step ${taken + 1}`, {
            hint: 'Lower the learning rate.',
          })
        : new TrainingError(`the batch of step ${taken + 1} has pixels that are not finite`, {
            hint: 'Check the images and the augmentation that made them; pixels must be in [0, 1].',
          });
    }
    adam.apply(gradients, learningRate);
    tf.dispose(gradients);
    taken++;
    return lossValue!;
  };

  /** Yields the outputs of a net for chunks of images; `start` is the index of the first. */
  async function* inChunks<Type extends 'int32' | 'float32'>(
    pixels: Float32Array,
    count: number,
    net: (images: tf.Tensor4D) => tf.Tensor,
  ) {
    const size = sizeOf(shape);
    for (const { start, count: n } of chunkRanges(count)) {
      const found = tf.tidy(() =>
        net(tf.tensor4d(pixels.subarray(start * size, (start + n) * size), [n, ...shape])),
      );
      yield { values: await found.data<Type>(), start };
      found.dispose();
    }
  }

  const { learningRate, labelSmoothing, weightDecay, dropout } = recipe;
  const made = { preset: options.preset ?? 'fast', shape, classes, seed };

  return {
    options: { ...made, learningRate, labelSmoothing, weightDecay, dropout },
    parameters: weights.reduce((sum, weight) => sum + weight.size, 0),

    async fit(batches, options = {}) {
      const {
        steps = recipe.steps,
        learningRate = recipe.learningRate,
        onProgress,
      } = checkOptionBag('fit', options);
      checkCount('steps', steps);
      checkPositive('learningRate', learningRate);
      optional(checkFunction)('onProgress', onProgress, 'fit');
      assertBatches(batches);
      let done = 0;
      let loss = Number.NaN;
      for await (const batch of batches) {
        assertTensors(batch);
        try {
          loss = await step(batch, learningRate * cosineDecay(done, steps));
        } finally {
          batch.dispose();
        }
        done++;
        await onProgress?.({ done, total: steps, loss });
        if (done === steps) break;
      }
      if (done > 0) return { steps: done, loss };
      throw new DataError('there are no batches to learn from', {
        hint: 'A stream is read once: make its source with from(array) or fromPull(() => images()).',
      });
    },

    async predict(pixels, count) {
      assertAllPixels(pixels, count, shape);
      const predicted = new Int32Array(count);
      for await (const { values, start } of inChunks<'int32'>(pixels, count, (images) =>
        tf.argMax(logits(preset, weights, images), 1),
      )) {
        predicted.set(values, start);
      }
      return predicted;
    },

    async features(pixels, count) {
      assertAllPixels(pixels, count, shape);
      const values = new Float32Array(count * preset.hidden);
      for await (const chunk of inChunks<'float32'>(pixels, count, (images) =>
        hiddenLayer(preset, weights, images),
      )) {
        values.set(chunk.values, chunk.start * preset.hidden);
      }
      return values;
    },

    weights: () => Promise.all(weights.map(async (weight) => (await weight.data<'float32'>()).slice())),

    dispose() {
      tf.dispose(weights);
      adam.dispose();
      recording.dispose();
    },
  };
}

function presetNamed(name: CnnPresetName): CnnPreset {
  if (Object.hasOwn(cnnPresets, name)) return cnnPresets[name];
  throw new UsageError(`there is no CNN preset ${shown(name)}`, {
    hint: `Known presets: ${Object.keys(cnnPresets).join(', ')}.`,
  });
}

/** Throws a `UsageError` that names an option which is out of range. */
function assertRecipe(options: CnnOptions & CnnRecipe & { readonly dropout: CnnDropout }): void {
  const of = 'createCnn';
  checkShape('shape', options.shape, of);
  checkCount('classes', options.classes, { least: 2, most: 2 ** 16, of });
  checkSeed('seed', options.seed, of);
  checkPositive('learningRate', options.learningRate, { of });
  checkRange('labelSmoothing', options.labelSmoothing, { least: 0, most: 1, of });
  checkRange('weightDecay', options.weightDecay, { least: 0, of });
  assertDropout(options.dropout);
  if (options.weights === undefined) return;
  checkFloats('weights', options.weights, of);
  const bad = firstNonFinite(options.weights);
  if (bad >= 0) throw new DataError(`createCnn: weight ${bad} is ${options.weights[bad]}`);
}

/** Throws a `UsageError` unless batches can be read by `for await`. */
function assertBatches(batches: unknown): void {
  if (typeof batches === 'object' && batches !== null) {
    if (Symbol.asyncIterator in batches || Symbol.iterator in batches) return;
  }
  const hint = isPromise(batches)
    ? 'Await them.'
    : 'Give toAsyncIterable(images$.pipe(toBatches(32, { classes }))).';
  refuse(
    'the argument',
    batches,
    'batches in an iterable or async iterable',
    'fit',
    isStream(batches) ? `Observables are read by toAsyncIterable. ${hint}` : hint,
  );
}

/** Throws a `DataError` unless the batch has the images and labels that the net takes. */
function assertBatch({ xs, ys }: Batch, shape: ImageShape, classes: number): void {
  const [n, ...found] = xs.shape;
  if (found.join() !== shape.join() || ys.shape.join() !== [n, classes].join()) {
    throw new DataError(
      `a batch has images ${formatShape(found as unknown as ImageShape)} and labels ${ys.shape.join('×')}, but the net takes ` +
        `${formatShape(shape)} and ${n}×${classes}`,
    );
  }
}

/** Throws a `DataError` unless `pixels` are those of `count` images, all in [0, 1]. */
function assertAllPixels(pixels: Float32Array, count: number, shape: ImageShape): void {
  const size = sizeOf(shape);
  checkCount('count', count, { least: 0 });
  assertFloats(pixels, 'the call');
  if (pixels.length !== count * size) {
    throw new DataError(
      `${count} images of ${formatShape(shape)} need ${count * size} values, not ${pixels.length}`,
    );
  }
  const bad = firstNoPixel(pixels);
  if (bad >= 0) throw badPixelOf(pixels, bad, size);
}
