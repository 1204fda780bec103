import * as tf from '@tensorflow/tfjs';

const [BETA1, BETA2, EPSILON] = [0.9, 0.999, 1e-7];

/** First and second moment of each weight, in the order of the weights, and how many steps went into them. */
export interface AdamState {
  readonly step: number;
  readonly means: readonly Float32Array[];
  readonly squares: readonly Float32Array[];
}

/** Adam (Kingma & Ba, 2015) over a fixed list of variables, with decoupled weight decay (Loshchilov & Hutter, 2019). */
export interface Adam {
  /** Moves each variable by its gradient. The gradients stay the caller's. */
  apply(gradients: readonly tf.Tensor[], learningRate: number): void;
  /** Everything a later run needs to go on exactly as this one would. */
  state(): AdamState;
  dispose(): void;
}

export interface AdamOptions {
  /** Share of each kernel taken away per step, in units of the learning rate; biases keep theirs. Default 0. */
  readonly weightDecay?: number;
  /** State to go on from. Default: a fresh start. */
  readonly state?: AdamState;
}

/**
 * An optimizer of our own, because that of TensorFlow.js keeps its learning rate fixed, has no weight decay, and
 * restores its step count only up to rounding, so that a resumed run would differ from an unbroken one.
 */
export function createAdam(variables: readonly tf.Variable[], options: AdamOptions = {}): Adam {
  const { weightDecay = 0, state } = options;
  const moment = (stored: readonly Float32Array[] | undefined) =>
    variables.map((variable, i) => {
      const values = stored?.[i];
      return values === undefined ? tf.zerosLike(variable) : tf.tensor(values, variable.shape);
    });
  const means = moment(state?.means);
  const squares = moment(state?.squares);
  let step = state?.step ?? 0;

  return {
    apply(gradients, learningRate) {
      step++;
      const correction = Math.sqrt(1 - BETA2 ** step);
      const rate = (learningRate * correction) / (1 - BETA1 ** step);
      for (const [i, gradient] of gradients.entries()) {
        const variable = variables[i]!;
        const [mean, square, next] = tf.tidy(() => {
          const mean = tf.add(tf.mul(means[i]!, BETA1), tf.mul(gradient, 1 - BETA1));
          const square = tf.add(tf.mul(squares[i]!, BETA2), tf.mul(tf.square(gradient), 1 - BETA2));
          const change = tf.div(tf.mul(mean, rate), tf.add(tf.sqrt(square), EPSILON * correction));
          const decays = weightDecay > 0 && variable.rank > 1;
          const kept = decays ? tf.mul(variable, 1 - learningRate * weightDecay) : variable;
          return [mean, square, tf.sub(kept, change)];
        }) as [tf.Tensor, tf.Tensor, tf.Tensor];
        tf.dispose([means[i]!, squares[i]!]);
        means[i] = tf.keep(mean);
        squares[i] = tf.keep(square);
        variable.assign(next);
        next.dispose();
      }
    },
    state: () => ({
      step,
      means: means.map((mean) => mean.dataSync().slice() as Float32Array),
      squares: squares.map((square) => square.dataSync().slice() as Float32Array),
    }),
    dispose: () => tf.dispose([means, squares]),
  };
}
