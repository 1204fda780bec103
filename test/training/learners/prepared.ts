import * as tf from '@tensorflow/tfjs';
import { randomStream } from '../../../src/core/random.js';
import type { Architecture, Autoencoder } from '../../../src/models/architecture.js';
import { convolutionalAutoencoder } from '../../../src/models/convolutional.js';
import {
  architectureFor,
  type Learner,
  type LossParts,
  type Part,
  type TrainingBatch,
} from '../../../src/training/learner.js';
import {
  createLearner,
  type LearnerName,
  type LearnerOptions,
} from '../../../src/training/learners/createLearner.js';
import { tinyArchitecture } from '../../models/tiny.js';

/** A learner of small nets, with options under which its terms are all of a size. */
export function tinyLearner(name: LearnerName): Learner {
  const options: { readonly [Name in LearnerName]: LearnerOptions[Name] } = {
    ae: {},
    vae: {},
    vaeTripletLoss: { lambda: 5 },
    aae: { units: 8 },
    acai: {},
    atnl: { lambda: 5 },
    adversarialDecoder: { critic: 1, cycle: 1 },
  };
  return createLearner(name, options[name]);
}

/** An autoencoder for a learner. */
export const autoencoderFor = (
  learner: Learner,
  architecture: Architecture = tinyArchitecture,
  seed = 2,
): Autoencoder => convolutionalAutoencoder(architectureFor(learner, architecture), seed);

/** One batch, with random numbers that are the same at each call. */
export function batchOf(
  images: tf.Tensor4D,
  labels: readonly number[],
  random: TrainingBatch['random'] = (purpose) => randomStream('test', purpose),
): TrainingBatch {
  return { images, labels: tf.tensor1d([...labels]), random };
}

/** Runs `body` inside a tidy with a learner's parts on an autoencoder, and frees both. */
export function withParts(
  learner: Learner,
  body: (parts: readonly Part[], autoencoder: Autoencoder) => void,
  architecture?: Architecture,
): void {
  const autoencoder = autoencoderFor(learner, architecture);
  const { parts, dispose } = learner.prepare(autoencoder, 3);
  try {
    tf.tidy(() => body(parts, autoencoder));
  } finally {
    dispose();
    autoencoder.dispose();
  }
}

/** A part's terms on a batch as numbers, and the gradient of its loss by weight. */
export function lossesAndGradients(
  part: Part,
  batch: TrainingBatch,
): { readonly losses: Record<string, number>; readonly gradients: Map<string, tf.Tensor> } {
  let terms: LossParts | undefined;
  const { grads } = tf.variableGrads(() => {
    terms = part.losses(batch);
    for (const term of Object.values(terms)) tf.keep(term);
    return terms.loss;
  }, [...part.weights.values()]);
  const losses = Object.fromEntries(
    Object.entries({ ...terms }).map(([name, term]) => [name, term.dataSync()[0]!]),
  );
  tf.dispose({ ...terms });
  return {
    losses,
    gradients: new Map([...part.weights].map(([name, { name: key }]) => [name, grads[key]!])),
  };
}
