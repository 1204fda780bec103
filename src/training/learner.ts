import type * as tf from '@tensorflow/tfjs-core';
import { UsageError } from '../core/errors.js';
import { checkFields, checkFlag, checkFunction, checkModel, oneAmong } from '../core/kindChecks.js';
import type { RandomStream } from '../core/random.js';
import {
  type Architecture,
  type Autoencoder,
  checkArchitecture,
  type LatentSpace,
} from '../models/architecture.js';

/** Terms of an objective by name; `loss` is the total that is minimized. */
export type LossParts = Readonly<Record<string, tf.Scalar>> & { readonly loss: tf.Scalar };

/** Input of one training step. */
export interface TrainingBatch {
  /** `[n, h, w, c]` in [0, 1]. */
  readonly images: tf.Tensor4D;
  /** The semantic value of each image, `[n]`. */
  readonly labels: tf.Tensor1D;
  /** Number of the hand that each image is by, `[n]`; absent where it is not known. */
  readonly hands?: tf.Tensor1D;
  /** Some of the images as they would be by other hands: their indices, and the numbers of those hands; absent where they are not known. */
  readonly twins?: { readonly images: tf.Tensor4D; readonly of: tf.Tensor1D; readonly hands: tf.Tensor1D };
  /** Random numbers of this step by purpose: every stream of one purpose gives the same numbers from its start. */
  random(purpose: string): RandomStream;
}

/** Weights with their own objective and optimizer. */
export interface Part {
  readonly name: string;
  /** The weights that its step moves. Several parts may move one weight, each with its own optimizer. */
  readonly weights: ReadonlyMap<string, tf.Variable>;
  /** Loss of a batch. Each of `weights` must contribute to it. */
  losses(batch: TrainingBatch): LossParts;
}

/** A learner prepared for one autoencoder. */
export interface PreparedLearner {
  /**
   * Each training step steps all parts, in this order, on one batch; each part sees the weights that earlier parts
   * left. The first is named `autoencoder`, and its terms are the ones that progress shows without a prefix.
   */
  readonly parts: readonly Part[];
  /**
   * Brings what was learned beside the autoencoder into its weights, once, after the last step; there if anything was. It is shown some
   * batches.
   */
  finish?(batches: Iterable<TrainingBatch>): void;
  /** Frees the learner's own nets; the autoencoder stays. */
  dispose(): void;
}

/** A way to train an autoencoder: objectives and the weights that they train. */
export interface Learner {
  readonly name: string;
  /** Latent space of its autoencoders. */
  readonly latentSpace: LatentSpace;
  /** True if it needs an encoder that gives distributions: a variational architecture. */
  readonly variational: boolean;
  /** True if it uses the labels. */
  readonly supervised: boolean;
  /**
   * True if it needs an encoder that has learned already, which stays as it is: checkpoints do not hold it. Default `false`.
   */
  readonly continues?: boolean;
  /** Options with their defaults, as a model card records them. */
  readonly options: Readonly<Record<string, string | number | boolean>>;
  /** Prepares for an autoencoder. Further nets start from weights that depend on the seed alone. */
  prepare(autoencoder: Autoencoder, seed: number): PreparedLearner;
}

/** A single objective over all weights of the autoencoder, and of what is learned beside it. */
export function singlePart(
  autoencoder: Autoencoder,
  losses: Part['losses'],
  beside?: Pick<Part, 'weights'> & Pick<PreparedLearner, 'finish' | 'dispose'>,
): PreparedLearner {
  checkModel(autoencoder, 'the autoencoder');
  checkFunction('losses', losses, 'singlePart');
  const weights =
    beside === undefined ? autoencoder.weights : new Map([...autoencoder.weights, ...beside.weights]);
  return {
    parts: [{ name: 'autoencoder', weights, losses }],
    ...(beside?.finish === undefined ? {} : { finish: beside.finish }),
    dispose: () => beside?.dispose(),
  };
}

const needs = { latentSpace: oneAmong(['sphere', 'euclidean']), variational: checkFlag };

/** Throws a `UsageError` unless a value is a learner. */
export function checkLearner(value: unknown): asserts value is Learner {
  checkFields('the learner', value as Learner, { ...needs, prepare: checkFunction });
}

/** The architecture that a learner needs, otherwise like another: with the same nets, learners are comparable. */
export function architectureFor(
  learner: Pick<Learner, 'latentSpace' | 'variational'>,
  like: Architecture,
): Architecture {
  const { latentSpace, variational } = checkFields('architectureFor', learner, needs);
  checkArchitecture(like, 'architectureFor');
  const { variational: _, styleSize, ...rest } = like;
  const styled = latentSpace === 'sphere' && styleSize !== undefined;
  return {
    ...rest,
    latentSpace,
    ...(styled ? { styleSize } : {}),
    ...(variational ? { variational } : {}),
  };
}

/** Throws a `UsageError` when an autoencoder was built for other learners. */
export function assertSuits(learner: Learner, autoencoder: Autoencoder): void {
  checkLearner(learner);
  checkModel(autoencoder, 'the autoencoder');
  const { name, latentSpace, variational } = learner;
  const hint = 'Build the autoencoder from `architectureFor(learner, architecture)`.';
  if (autoencoder.latentSpace !== latentSpace) {
    throw new UsageError(
      `${name} needs the latent space ${latentSpace}, but that of the autoencoder is ${autoencoder.latentSpace}`,
      { hint },
    );
  }
  if (variational && autoencoder.posterior === undefined) {
    throw new UsageError(`${name} needs an encoder that gives distributions of codes`, { hint });
  }
}
