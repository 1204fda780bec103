import * as tf from '@tensorflow/tfjs-core';
import { checkSeed, firstNoPixel } from '../core/checks.js';
import { DataError, TrainingError } from '../core/errors.js';
import { badPixelOf, formatShape, type ImageSet, type ImageShape, sizeOf } from '../core/image.js';
import {
  checkFields,
  checkFunction,
  checkNumbers,
  checkSignal,
  fieldsOf,
  numberFrom,
  optional,
  whole,
} from '../core/kindChecks.js';
import { randomStream } from '../core/random.js';
import type { Autoencoder } from '../models/architecture.js';
import { type Adam, cosineDecay, createAdam } from './adam.js';
import {
  type BatchSource,
  type LearningBatch,
  type ShuffledBatchesOptions,
  shuffledBatches,
  type TrainingData,
} from './batches.js';
import { captureState, restoreMoments, restoreWeights, type TrainingState } from './checkpoint.js';
import { assertSuits, type Learner, type Part, type TrainingBatch } from './learner.js';

/** Progress of a training, after a step. */
export interface TrainingProgress {
  /** Steps done. */
  readonly done: number;
  /** Steps in all. */
  readonly total: number;
  /** Epoch of this step, counted from 1. */
  readonly epoch: number;
  readonly epochs: number;
  /**
   * Terms on this step's batch by name: `loss`, the total of the autoencoder's objective, and its summands; for each
   * further net its own, as `critic loss`.
   */
  readonly losses: Readonly<Record<string, number>>;
}

export interface TrainingOptions {
  readonly epochs: number;
  /** Images a step. Default 128. */
  readonly batchSize?: number;
  /** Adam's learning rate at the start, for every net; it falls to 0 along a cosine. Default 0.001. */
  readonly learningRate?: number;
  /**
   * Images of one class that stand together in a batch. With hundreds of classes, batches in random order would hold few
   * pairs of one class. Default 1: a random order.
   */
  readonly groupSize?: number;
  /** Seed of the images' order, the learner's random numbers, and the starting weights of its further nets. */
  readonly seed: number;
  /** State to resume from, left by an earlier run with the same options. */
  readonly state?: TrainingState;
  /** Steps between checkpoints. Default 200. */
  readonly checkpointEvery?: number;
  readonly onProgress?: (progress: TrainingProgress) => void;
  readonly onCheckpoint?: (state: TrainingState) => Promise<void>;
  /** Stops the training after the current step; the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * Trains an autoencoder with a learner over whole epochs of shuffled batches. Each epoch's order and each step's random
 * numbers depend on the seed and their own number alone, so a resumed run ends with the weights of an unbroken one.
 * Images beyond the last whole batch of an epoch are left out of it.
 *
 * @throws TrainingError when a loss is not a finite number; the weights are then those before that step. UsageError when
 *   the autoencoder was built for other learners. ModelError when the state does not fit.
 */
export async function fitAutoencoder(
  autoencoder: Autoencoder,
  learner: Learner,
  data: TrainingData | BatchSource,
  options: TrainingOptions,
): Promise<void> {
  const {
    epochs,
    batchSize = 128,
    learningRate = 1e-3,
    groupSize = 1,
    seed,
    checkpointEvery = 200,
  } = checkFields('fitAutoencoder', options, {
    epochs: whole(),
    batchSize: optional(whole()),
    learningRate: optional(numberFrom(0)),
    groupSize: optional(whole()),
    seed: checkSeed,
    state: optional(fieldsOf({ step: whole(0) })),
    checkpointEvery: optional(whole()),
    onProgress: optional(checkFunction),
    onCheckpoint: optional(checkFunction),
    signal: optional(checkSignal),
  });
  const source = 'batch' in data ? checkBatches(data) : batchesOf(data, { batchSize, groupSize, seed });
  assertSuits(learner, autoencoder);
  const { batches } = source;
  const total = epochs * batches;
  const trainee = createTrainee(learner, autoencoder, seed, options.state);
  try {
    for (let step = options.state?.step ?? 0; step < total; step++) {
      const epoch = Math.floor(step / batches);
      const batch = source.batch(step % batches, epoch);
      const losses = trainee.step(batch, step, learningRate * cosineDecay(step, total));
      const done = step + 1;
      options.onProgress?.({ done, total, epoch: epoch + 1, epochs, losses });
      if (done % checkpointEvery === 0 || done === total) await options.onCheckpoint?.(trainee.state(done));
      await yieldToEvents();
      options.signal?.throwIfAborted();
    }
    // Batches of an epoch that was not learned from.
    trainee.finish(() =>
      Array.from({ length: Math.min(batches, FINISHING) }, (_, index) => source.batch(index, epochs)),
    );
  } finally {
    trainee.dispose();
  }
}

/** Batches that a learner is shown when it ends. */
const FINISHING = 50;

function checkBatches(data: BatchSource): BatchSource {
  return checkFields('the data', data, { batches: whole(), batch: checkFunction });
}

function batchesOf(data: TrainingData, options: ShuffledBatchesOptions): BatchSource {
  checkFields('the data', data, { labels: checkNumbers, images: checkFunction });
  return shuffledBatches(data, options);
}

/** Lets timers and signals run. */
const yieldToEvents = () => new Promise<void>((resolve) => setImmediate(resolve));

/** A learner's parts with their optimizers: what the training loop steps. */
interface Trainee {
  /**
   * Steps every part in turn. Returns the terms of all, those of the second part and later after its name.
   *
   * @throws TrainingError when a loss is not a finite number; all weights are then those before the step
   */
  step(batch: LearningBatch, step: number, learningRate: number): Record<string, number>;
  /** Lets the learner end its work on the autoencoder. */
  finish(batches: () => readonly LearningBatch[]): void;
  /** A copy of the state after so many steps; later steps do not change it. */
  state(step: number): TrainingState;
  /** Frees optimizers and the learner's own nets; the autoencoder stays. */
  dispose(): void;
}

/** Prepares a learner for an autoencoder, from a state if there is one. */
function createTrainee(
  learner: Learner,
  autoencoder: Autoencoder,
  seed: number,
  state?: TrainingState,
): Trainee {
  assertSuits(learner, autoencoder);
  const { parts, finish, dispose } = learner.prepare(autoencoder, seed);
  const optimizers: Adam[] = [];
  try {
    const moments = state && parts.map((part) => restoreMoments(state, part));
    if (state !== undefined) restoreWeights(state, parts);
    for (const [i, { weights }] of parts.entries()) {
      optimizers.push(createAdam([...weights.values()], moments === undefined ? {} : { state: moments[i]! }));
    }
  } catch (error) {
    dispose();
    throw error;
  }
  const variables = [...new Set(parts.flatMap(({ weights }) => [...weights.values()]))];

  const batchOf = (images: LearningBatch, step: number): TrainingBatch => {
    assertImages(images, autoencoder.imageShape);
    const { hands, twins } = images;
    const { labels, shape } = images;
    const toTensor = (pixels: Float32Array, count = labels.length) => tf.tensor4d(pixels, [count, ...shape]);
    return {
      images: toTensor(images.pixels),
      labels: tf.tensor1d(labels),
      ...(hands && { hands: tf.tensor1d(hands) }),
      ...(twins && {
        twins: {
          images: toTensor(twins.pixels, twins.of.length),
          of: tf.tensor1d(twins.of, 'int32'),
          hands: tf.tensor1d(twins.hands),
        },
      }),
      random: (purpose) => randomStream(seed, 'learner', purpose, step),
    };
  };

  return {
    step: (images, step, learningRate) =>
      tf.tidy(() => {
        const batch = batchOf(images, step);
        const before = variables.map((variable) => (parts.length > 1 ? variable.clone() : variable));
        try {
          const terms = parts.map((part, i) =>
            stepPart(part, batch, (gradients) => optimizers[i]!.apply(gradients, learningRate)).map(
              ([name, value]) => [i === 0 ? name : `${part.name} ${name}`, value],
            ),
          );
          return Object.fromEntries(terms.flat());
        } catch (error) {
          // Parts before the one that failed have moved their weights.
          if (parts.length > 1) for (const [i, variable] of variables.entries()) variable.assign(before[i]!);
          throw error;
        }
      }),
    finish(batches) {
      if (finish !== undefined) tf.tidy(() => finish(batches().map((images) => batchOf(images, 0))));
    },
    state: (step) => captureState(parts, optimizers, step),
    dispose() {
      for (const optimizer of optimizers) optimizer.dispose();
      dispose();
    },
  };
}

/** Throws a `DataError` for images of another shape or scale. What is not finite shows in the loss. */
function assertImages({ pixels, shape, labels }: ImageSet, expected: ImageShape): void {
  if (shape.join() !== expected.join() || pixels.length !== labels.length * sizeOf(expected)) {
    throw new DataError(
      `the data give ${labels.length} images of ${formatShape(shape)} in ${pixels.length} values, but the autoencoder takes ${formatShape(expected)}`,
      { hint: 'Resize the images, or build an autoencoder for their shape.' },
    );
  }
  const bad = firstNoPixel(pixels);
  if (bad < 0 || !Number.isFinite(pixels[bad])) return;
  throw badPixelOf(pixels, bad, sizeOf(shape), ' of a batch');
}

/** Updates a part's weights once. Returns the terms of its objective before the update. */
function stepPart(
  part: Part,
  batch: TrainingBatch,
  update: (gradients: tf.Tensor[]) => void,
): [name: string, value: number][] {
  let losses: [string, number][] = [];
  const { grads } = tf.variableGrads(() => {
    const terms = part.losses(batch);
    losses = Object.entries(terms).map(([name, term]) => [name, term.dataSync()[0]!]);
    return terms.loss;
  }, [...part.weights.values()]);
  const broken = losses.find(([, value]) => !Number.isFinite(value));
  if (broken !== undefined) {
    throw new TrainingError(`the loss of the ${part.name} is not a number (${broken[0]} = ${broken[1]})`, {
      hint: 'Check the images for values that are not finite, or lower the learning rate.',
    });
  }
  const gradients = [...part.weights].map(([name, variable]) => {
    const gradient = grads[variable.name];
    if (gradient === undefined)
      throw new TrainingError(`the objective of the ${part.name} does not reach the weight ${name}`);
    return gradient;
  });
  update(gradients);
  return losses;
}
