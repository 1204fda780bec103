import * as tf from '@tensorflow/tfjs-core';
import { checkCount, checkPositive, checkRange, checkSeed, firstNonFinite, refuse } from '../core/checks.js';
import { DataError, TrainingError, UsageError } from '../core/errors.js';
import { laterTurn } from '../core/eventLoop.js';
import {
  checkFields,
  checkFloats,
  checkFunction,
  checkNumbers,
  checkSignal,
  listOf,
  optional,
} from '../core/kindChecks.js';
import { randomStream } from '../core/random.js';
import type { FeatureHead } from '../models/featureHead.js';
import { scaledAlongAxes, withinClassCovariance } from '../models/withinClass.js';
import { normalizeRows } from '../sphere/normalize.js';
import { createAdam } from './adam.js';
import { angularTripletNeighbor } from './losses/angularTripletNeighbor.js';

/** Options of the training of a head. */
export interface FitHeadOptions {
  /**
   * Shrinkage of the whitening by differences within classes: the mean variance, times this, is added to every direction. Large
   * values change little; `Infinity` changes nothing. Default 3.
   */
  readonly shrinkage?: number;
  /** Steps of the training by the angular triplet-neighbor loss; 0 leaves the whitening alone. Default 100. */
  readonly steps?: number;
  /** Margin of that loss, in radians. Default 0.25. */
  readonly margin?: number;
  /** Adam's learning rate. Default 0.0001. */
  readonly learningRate?: number;
  /** Classes in a batch, and codes of each, at most. Default 16 and 8. */
  readonly ways?: number;
  readonly shots?: number;
  /** Seed of the batches. Default 0. */
  readonly seed?: number;
  readonly onProgress?: (done: number, total: number) => void;
  /** Stops the training; the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** A trained head. */
export interface FittedHead extends FeatureHead {
  /** Loss of the last batch in radians; 0 without steps. */
  readonly loss: number;
}

/**
 * Trains a linear head on codes of base classes: codes are whitened by their differences within classes, and the matrix is then
 * moved a little by the angular triplet-neighbor loss (arXiv 2010.10772). Our reading: the paper trains whole encoders. It begins
 * with a whitening and stops early, since a longer training learns the base classes by heart.
 *
 * The center is zero: codes of most networks lie around it, and a center of base codes did harm on other data.
 *
 * @param codes `[d]` each, of two or more classes
 * @param labels class of each code, a whole number
 * @throws UsageError for options out of range; DataError for codes of different lengths, or fewer than two classes with two codes
 */
export async function fitHead(
  codes: readonly Float32Array[],
  labels: ArrayLike<number>,
  options: FitHeadOptions = {},
): Promise<FittedHead> {
  const settings = checkedOptions(options);
  const classes = classesOf(codes, labels);
  const size = codes[0]!.length;
  const start = whitening(codes, [...classes.values()], settings.shrinkage);
  const { kernel, loss } = await tune(start, codes, [...classes.values()], settings);
  return { center: new Float32Array(size), kernel, latentSize: size, loss };
}

function checkedOptions(options: FitHeadOptions) {
  const given = checkFields('fitHead', options, {
    onProgress: optional(checkFunction),
    signal: optional(checkSignal),
  });
  const {
    shrinkage = 3,
    steps = 100,
    margin = 0.25,
    learningRate = 1e-4,
    ways = 16,
    shots = 8,
    seed = 0,
  } = given;
  if (shrinkage !== Number.POSITIVE_INFINITY) checkPositive('shrinkage', shrinkage, { of: 'fitHead' });
  checkCount('steps', steps, { least: 0 });
  checkRange('margin', margin, { least: 0, most: Math.PI, of: 'fitHead' });
  checkPositive('learningRate', learningRate, { of: 'fitHead' });
  checkCount('ways', ways, { least: 2 });
  checkCount('shots', shots, { least: 2 });
  checkSeed('seed', seed, 'fitHead');
  return { ...given, shrinkage, steps, margin, learningRate, ways, shots, seed };
}

/** Indices of the codes of each class that has two or more. */
function classesOf(codes: readonly Float32Array[], labels: ArrayLike<number>): Map<number, number[]> {
  listOf(checkFloats, 1)('codes', codes, 'fitHead');
  checkNumbers('labels', labels, 'fitHead');
  if (labels.length !== codes.length)
    throw new UsageError(`fitHead: ${labels.length} labels for ${codes.length} codes`, { option: 'labels' });
  const odd = codes.findIndex((code) => code.length !== codes[0]!.length || firstNonFinite(code) >= 0);
  if (odd >= 0) refuse(`codes[${odd}]`, codes[odd], `${codes[0]!.length} finite numbers`, 'fitHead');
  const all = new Map<number, number[]>();
  for (let i = 0; i < codes.length; i++) {
    const members = all.get(labels[i]!) ?? [];
    all.set(labels[i]!, members);
    members.push(i);
  }
  const classes = new Map([...all].filter(([, members]) => members.length >= 2));
  if (classes.size >= 2) return classes;
  throw new DataError('a head needs two or more classes with two or more images each', {
    hint: `There ${classes.size === 1 ? 'is one' : 'is none'}. Give images of more classes.`,
  });
}

/** The symmetric matrix `(W + shrinkage · mean variance · I)^(−½)` of the covariance *W* within classes, scaled to a mean gain of 1. */
function whitening(
  codes: readonly Float32Array[],
  classes: readonly (readonly number[])[],
  shrinkage: number,
): Float32Array {
  const size = codes[0]!.length;
  const identity = Float32Array.from({ length: size * size }, (_, i) => (i % (size + 1) === 0 ? 1 : 0));
  if (shrinkage === Number.POSITIVE_INFINITY) return identity;
  const covariance = withinClassCovariance(
    classes.flatMap((members, label) =>
      members.map((index) => ({ code: Float64Array.from(codes[index]!), label })),
    ),
  );
  const ridge = (shrinkage * covariance.trace()) / size;
  // Codes that do not differ within classes: there is nothing to whiten.
  if (!(ridge > 0)) return identity;
  const map = scaledAlongAxes(covariance, (variances) => {
    const gains = variances.map((value) => 1 / Math.sqrt(value + ridge));
    const mean = gains.reduce((sum, gain) => sum + gain, 0) / size;
    return gains.map((gain) => gain / mean);
  });
  return Float32Array.from(map.to1DArray());
}

type Settings = ReturnType<typeof checkedOptions>;

/** Moves a kernel by the loss on batches of a few classes with a few codes each. */
async function tune(
  start: Float32Array,
  codes: readonly Float32Array[],
  classes: readonly (readonly number[])[],
  { steps, margin, learningRate, ways, shots, seed, onProgress, signal }: Settings,
): Promise<{ readonly kernel: Float32Array; readonly loss: number }> {
  const size = codes[0]!.length;
  const kernel = tf.tidy(() => tf.variable(tf.tensor2d(start, [size, size])));
  const adam = createAdam([kernel]);
  let loss = 0;
  try {
    for (let step = 0; step < steps; step++) {
      signal?.throwIfAborted();
      const random = randomStream(seed, 'head', step);
      const drawn = [...random.sample(classes.length, Math.min(ways, classes.length))].flatMap((number) => {
        const members = classes[number]!;
        return [...random.sample(members.length, Math.min(shots, members.length))].map((i) => ({
          index: members[i]!,
          number,
        }));
      });
      const values = new Float32Array(drawn.length * size);
      for (const [row, { index }] of drawn.entries()) values.set(codes[index]!, row * size);
      loss = tf.tidy(() => {
        const xs = tf.tensor2d(values, [drawn.length, size]);
        const ys = tf.tensor1d(drawn.map(({ number }) => number));
        const { value, grads } = tf.variableGrads(
          () => angularTripletNeighbor(normalizeRows(tf.matMul(xs, kernel as tf.Tensor2D)), ys, { margin }),
          [kernel],
        );
        const found = value.dataSync()[0]!;
        if (!Number.isFinite(found))
          throw new TrainingError(`the loss of step ${step + 1} is ${found}`, {
            hint: 'Choose a smaller learning rate.',
          });
        adam.apply([grads[kernel.name]!], learningRate);
        return found;
      });
      onProgress?.(step + 1, steps);
      await new Promise<void>(laterTurn);
    }
    return { kernel: kernel.dataSync<'float32'>().slice(), loss };
  } finally {
    adam.dispose();
    kernel.dispose();
  }
}
