import { type ImageSet, TrainingError } from '../core/index.js';
import type { Autoencoder, Learner } from '../models/index.js';
import { cosineDecay } from '../optimize/index.js';
import { epochOrder, shownInEpoch } from './order.js';
import type { TrainingState } from './state.js';
import { createTrainee } from './trainee.js';

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
