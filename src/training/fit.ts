import * as tf from '@tensorflow/tfjs-core';
import { TrainingError } from '../core/errors.js';
import type { ImageSet } from '../core/image.js';
import { randomStream } from '../core/random.js';
import type { Autoencoder } from '../models/architecture.js';
import { type Adam, cosineDecay, createAdam } from './adam.js';
import { captureState, restoreMoments, restoreWeights, type TrainingState } from './checkpoint.js';
import { assertSuits, type Learner, type Part, type TrainingBatch } from './learner.js';

/** How the images of an epoch follow each other. */
export interface OrderOptions {
  readonly seed: number;
  /** Images of one class that stand together; 1 for no such order. */
  readonly groupSize: number;
}

/** Images that an epoch can show: those of each class beyond its last whole group wait. */
export function shownInEpoch(labels: Int32Array, groupSize: number): number {
  if (groupSize === 1) return labels.length;
  const counts = new Map<number, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return [...counts.values()].reduce((sum, count) => sum + count - (count % groupSize), 0);
}

/**
 * A random order of the images for one epoch. In groups, images of a class stand together, so that a batch holds few
 * classes with several images each, however many classes there are: a triplet needs two of one class. Depends on the seed
 * and the epoch alone.
 */
export function epochOrder(labels: Int32Array, epoch: number, { seed, groupSize }: OrderOptions): Int32Array {
  const shuffled = randomStream(seed, 'order', epoch).permutation(labels.length);
  if (groupSize === 1) return shuffled;
  const waiting = new Map<number, number[]>();
  const groups: number[][] = [];
  for (const index of shuffled) {
    const own = waiting.get(labels[index]!) ?? [];
    own.push(index);
    if (own.length === groupSize) groups.push(own);
    waiting.set(labels[index]!, own.length === groupSize ? [] : own);
  }
  const order = randomStream(seed, 'groups', epoch).permutation(groups.length);
  return Int32Array.from([...order].flatMap((group) => groups[group]!));
}

/** A learner's parts with their optimizers: what a training loop steps. */
export interface Trainee {
  /**
   * Steps every part in turn. Gives the terms of all, those of the second part and later after its name.
   *
   * @throws TrainingError when a loss is not a finite number; all weights are then those before the step
   */
  step(batch: ImageSet, step: number, learningRate: number): Record<string, number>;
  /** A copy of the state after so many steps, untouched by later ones. */
  state(step: number): TrainingState;
  /** Frees optimizers and the learner's own nets; the autoencoder stays. */
  dispose(): void;
}

/**
 * Sets a learner to work on an autoencoder, from a state if there is one.
 *
 * @throws UsageError when the autoencoder was built for other learners, ModelError when the state does not fit
 */
export function createTrainee(
  learner: Learner,
  autoencoder: Autoencoder,
  seed: number,
  state?: TrainingState,
): Trainee {
  assertSuits(learner, autoencoder);
  const { parts, dispose } = learner.prepare(autoencoder, seed);
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

  return {
    step: (images, step, learningRate) =>
      tf.tidy(() => {
        const batch: TrainingBatch = {
          images: tf.tensor4d(images.pixels, [images.labels.length, ...images.shape]),
          labels: tf.tensor1d(images.labels),
          random: (purpose) => randomStream(seed, 'learner', purpose, step),
        };
        const before = variables.map((variable) => (parts.length > 1 ? variable.clone() : variable));
        try {
          const terms = parts.map((part, i) =>
            stepPart(part, batch, (gradients) => optimizers[i]!.apply(gradients, learningRate)).map(
              ([name, value]) => [i === 0 ? name : `${part.name} ${name}`, value],
            ),
          );
          return Object.fromEntries(terms.flat());
        } catch (error) {
          // Parts before the one that failed have moved theirs.
          if (parts.length > 1) for (const [i, variable] of variables.entries()) variable.assign(before[i]!);
          throw error;
        }
      }),
    state: (step) => captureState(parts, optimizers, step),
    dispose() {
      for (const optimizer of optimizers) optimizer.dispose();
      dispose();
    },
  };
}

/** One update of a part's weights. Gives the terms of its objective before the update. */
function stepPart(
  part: Part,
  batch: TrainingBatch,
  update: (gradients: tf.Tensor[]) => void,
): [name: string, value: number][] {
  const variables = [...part.weights.values()];
  let losses: [string, number][] = [];
  const { grads } = tf.variableGrads(() => {
    const { ...terms } = part.losses(batch);
    losses = Object.entries(terms).map(([name, term]) => [name, term.dataSync()[0]!]);
    return terms.loss;
  }, variables);
  const broken = losses.find(([, value]) => !Number.isFinite(value));
  if (broken !== undefined) {
    throw new TrainingError(`the loss of the ${part.name} is not a number (${broken[0]} = ${broken[1]})`, {
      hint: 'Check the images for values that are not finite, or lower the learning rate.',
    });
  }
  const names = [...part.weights.keys()];
  update(
    variables.map((variable, i) => {
      const gradient = grads[variable.name];
      if (gradient === undefined)
        throw new TrainingError(`the objective of the ${part.name} does not reach the weight ${names[i]}`);
      return gradient;
    }),
  );
  return losses;
}

/** Labelled images that can be asked for by index. */
export interface TrainingData {
  readonly labels: Int32Array;
  /** Those images, as they are to be seen in this epoch. */
  images(indices: Int32Array, epoch: number): ImageSet;
}

/** Where a training stands. */
export interface Progress {
  /** Steps done, of `steps` in all. */
  readonly step: number;
  readonly steps: number;
  /** Epoch of that step, counted from 1. */
  readonly epoch: number;
  readonly epochs: number;
  /**
   * Terms on that step's batch by name: `loss`, the total of the autoencoder's objective, and what it consists of; for
   * each further net its own, as `critic loss`.
   */
  readonly losses: Readonly<Record<string, number>>;
}

export interface FitOptions {
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
  /** Order of the images, random numbers of the learner, starting weights of its further nets. */
  readonly seed: number;
  /** State to go on from, made by an earlier run with the same options. */
  readonly state?: TrainingState;
  /** Steps between checkpoints. Default 200. */
  readonly checkpointEvery?: number;
  readonly onProgress?: (progress: Progress) => void;
  readonly onCheckpoint?: (state: TrainingState) => Promise<void>;
  /** Stops the training after the step at hand; the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Gives timers and signals their turn. */
const breathe = () => new Promise<void>((resolve) => setImmediate(resolve));

/**
 * Lets a learner train an autoencoder over whole epochs of shuffled batches. Each epoch's order and each step's random
 * numbers depend on the seed and their own number alone, so a run that is resumed from its state ends with the weights of
 * an unbroken one. Images beyond the last whole batch of an epoch wait for the next.
 *
 * @throws TrainingError when a loss is not a finite number; the weights are then those before that step. UsageError when
 *   the autoencoder was built for other learners. ModelError when the state does not fit.
 */
export async function fit(
  autoencoder: Autoencoder,
  learner: Learner,
  data: TrainingData,
  options: FitOptions,
): Promise<void> {
  const { epochs, batchSize = 128, learningRate = 1e-3, seed, checkpointEvery = 200, signal } = options;
  const { groupSize = 1 } = options;
  const shown = shownInEpoch(data.labels, groupSize);
  const batches = Math.floor(shown / batchSize);
  if (batches === 0) {
    const grouped = groupSize === 1 ? '' : ` in groups of ${groupSize} of one class`;
    throw new TrainingError(`${shown} images${grouped} do not fill one batch of ${batchSize}`, {
      hint: 'Train on more images or with smaller batches.',
    });
  }
  const steps = epochs * batches;
  const trainee = createTrainee(learner, autoencoder, seed, options.state);
  try {
    let order: Int32Array = new Int32Array();
    for (let step = options.state?.step ?? 0; step < steps; step++) {
      const epoch = Math.floor(step / batches);
      if (order.length === 0 || step % batches === 0) {
        order = epochOrder(data.labels, epoch, { seed, groupSize });
      }
      const start = (step % batches) * batchSize;
      const batch = data.images(order.subarray(start, start + batchSize), epoch);
      const losses = trainee.step(batch, step, learningRate * cosineDecay(step, steps));
      options.onProgress?.({ step: step + 1, steps, epoch: epoch + 1, epochs, losses });
      if ((step + 1) % checkpointEvery === 0 || step + 1 === steps) {
        await options.onCheckpoint?.(trainee.state(step + 1));
      }
      await breathe();
      signal?.throwIfAborted();
    }
  } finally {
    trainee.dispose();
  }
}
