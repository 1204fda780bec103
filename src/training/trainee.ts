import * as tf from '@tensorflow/tfjs';
import { type ImageSet, randomStream, TrainingError } from '../core/index.js';
import {
  type Autoencoder,
  assertSuits,
  type Learner,
  type Part,
  type TrainingBatch,
} from '../models/index.js';
import { type Adam, createAdam } from '../optimize/index.js';
import { captureState, restoreMoments, restoreWeights, type TrainingState } from './state.js';

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
