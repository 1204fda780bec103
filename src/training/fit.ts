import * as tf from '@tensorflow/tfjs';
import { type ImageSet, randomStream, TrainingError } from '../core/index.js';
import type { Autoencoder, Objective } from '../models/index.js';
import { cosineDecay, createAdam } from '../optimize/index.js';
import { captureState, type TrainingState } from './state.js';

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
  /** The objective's terms on that step's batch, `loss` being the total. */
  readonly losses: Readonly<Record<string, number>>;
}

export interface FitOptions {
  readonly epochs: number;
  /** Images a step. Default 128. */
  readonly batchSize?: number;
  /** Adam's learning rate at the start; it falls to 0 along a cosine. Default 0.001. */
  readonly learningRate?: number;
  /** Order of the images. */
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
 * Minimizes an objective over whole epochs of shuffled batches. Each epoch's order depends on the seed and the epoch
 * alone, so a run that is resumed from its state ends with the weights of an unbroken one. Images beyond the last
 * whole batch of an epoch wait for the next.
 *
 * @throws TrainingError when a loss is not a finite number; the weights are then those before that step.
 */
export async function fit(
  autoencoder: Autoencoder,
  objective: Objective,
  data: TrainingData,
  options: FitOptions,
): Promise<void> {
  const { epochs, batchSize = 128, learningRate = 1e-3, seed, checkpointEvery = 200, signal } = options;
  const batches = Math.floor(data.labels.length / batchSize);
  if (batches === 0) {
    throw new TrainingError(`${data.labels.length} images do not fill one batch of ${batchSize}`, {
      hint: 'Train on more images or with smaller batches.',
    });
  }
  const steps = epochs * batches;
  const variables = [...autoencoder.weights.values()];
  const adam = createAdam(variables, options.state === undefined ? {} : { state: options.state.adam });
  try {
    let order: Int32Array = new Int32Array();
    for (let step = options.state?.step ?? 0; step < steps; step++) {
      const epoch = Math.floor(step / batches);
      if (order.length === 0 || step % batches === 0) {
        order = randomStream(seed, 'order', epoch).permutation(data.labels.length);
      }
      const start = (step % batches) * batchSize;
      const batch = data.images(order.subarray(start, start + batchSize), epoch);
      const losses = trainStep(autoencoder, objective, batch, (gradients) =>
        adam.apply(gradients, learningRate * cosineDecay(step, steps)),
      );
      options.onProgress?.({ step: step + 1, steps, epoch: epoch + 1, epochs, losses });
      if ((step + 1) % checkpointEvery === 0 || step + 1 === steps) {
        await options.onCheckpoint?.(captureState(autoencoder, adam, step + 1));
      }
      await breathe();
      signal?.throwIfAborted();
    }
  } finally {
    adam.dispose();
  }
}

function trainStep(
  autoencoder: Autoencoder,
  objective: Objective,
  batch: ImageSet,
  update: (gradients: tf.Tensor[]) => void,
): Record<string, number> {
  return tf.tidy(() => {
    const names = [...autoencoder.weights.keys()];
    const variables = [...autoencoder.weights.values()];
    const images = tf.tensor4d(batch.pixels, [batch.labels.length, ...batch.shape]);
    const labels = tf.tensor1d(batch.labels);
    let losses: Record<string, number> = {};
    const { grads } = tf.variableGrads(() => {
      const { ...terms } = objective.losses(autoencoder, images, labels);
      losses = Object.fromEntries(Object.entries(terms).map(([name, term]) => [name, term.dataSync()[0]!]));
      return terms.loss;
    }, variables);
    const broken = Object.entries(losses).find(([, value]) => !Number.isFinite(value));
    if (broken !== undefined) {
      throw new TrainingError(`the loss is not a number (${broken[0]} = ${broken[1]})`, {
        hint: 'Check the images for values that are not finite, or lower the learning rate.',
      });
    }
    const gradients = variables.map((variable, i) => {
      const gradient = grads[variable.name];
      if (gradient === undefined)
        throw new TrainingError(`the objective does not reach the weight ${names[i]}`);
      return gradient;
    });
    update(gradients);
    return losses;
  });
}
