import * as tf from '@tensorflow/tfjs';

const [beta1, beta2, epsilon] = [0.9, 0.999, 1e-7];

/** Adam over a list of weights, with decoupled weight decay (AdamW; Loshchilov & Hutter, 2019). */
export interface Adam {
  /** Replaces each weight by its successor and disposes it and the gradients. */
  apply(weights: tf.Tensor[], gradients: readonly tf.Tensor[], learningRate: number): void;
  dispose(): void;
}

/**
 * An optimizer of our own, because the one of TensorFlow.js keeps its learning rate fixed and has no weight decay.
 *
 * @param weightDecay - Share of each kernel taken away per step, in units of the learning rate. Biases do not decay.
 */
export function createAdam(weightDecay: number): Adam {
  let moments: { mean: tf.Tensor; square: tf.Tensor }[] = [];
  let step = 0;

  return {
    apply(weights, gradients, learningRate) {
      step++;
      if (moments.length === 0) {
        moments = weights.map((weight) => ({ mean: tf.zerosLike(weight), square: tf.zerosLike(weight) }));
      }
      const correction = Math.sqrt(1 - beta2 ** step);
      const rate = (learningRate * correction) / (1 - beta1 ** step);
      for (const [i, gradient] of gradients.entries()) {
        const weight = weights[i]!;
        const { mean: oldMean, square: oldSquare } = moments[i]!;
        const [mean, square, next] = tf.tidy(() => {
          const mean = tf.add(tf.mul(oldMean, beta1), tf.mul(gradient, 1 - beta1));
          const square = tf.add(tf.mul(oldSquare, beta2), tf.mul(tf.square(gradient), 1 - beta2));
          const change = tf.div(tf.mul(mean, rate), tf.add(tf.sqrt(square), epsilon * correction));
          const decays = weightDecay > 0 && weight.rank > 1;
          const kept = decays ? tf.mul(weight, 1 - learningRate * weightDecay) : weight;
          return [mean, square, tf.sub(kept, change)] as const;
        }) as [tf.Tensor, tf.Tensor, tf.Tensor];
        tf.dispose([weight, gradient, oldMean, oldSquare]);
        moments[i] = { mean, square };
        weights[i] = next;
      }
    },
    dispose: () => tf.dispose(moments.flatMap(({ mean, square }) => [mean, square])),
  };
}
