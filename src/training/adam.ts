import * as tf from '@tensorflow/tfjs-core';

const [BETA1, BETA2, EPSILON] = [0.9, 0.999, 1e-7];

/** First and second moment of each weight, in the order of the weights, and the number of steps. */
export interface AdamState {
  readonly step: number;
  readonly means: readonly Float32Array[];
  readonly squares: readonly Float32Array[];
}

/** Adam (Kingma & Ba, 2015) over a fixed list of variables, with decoupled weight decay (Loshchilov & Hutter, 2019). */
export interface Adam {
  /** Moves each variable by its gradient. The gradients stay the caller's. */
  apply(gradients: readonly tf.Tensor[], learningRate: number): void;
  /** State for a later run to resume from exactly. */
  state(): AdamState;
  dispose(): void;
}

export interface AdamOptions {
  /** Share of each kernel subtracted per step, in units of the learning rate; biases do not decay. Default 0. */
  readonly weightDecay?: number;
  /** State to resume from. Default: a fresh start. */
  readonly state?: AdamState;
}

/**
 * An optimizer of our own, because that of TensorFlow.js keeps its learning rate fixed, has no weight decay, and
 * restores its step count only up to rounding, so that a resumed run would differ from an unbroken one. It keeps the
 * moments of all variables in one vector each: a few operations a step, where one set for each variable would cost
 * more in calls than in arithmetic.
 */
export function createAdam(variables: readonly tf.Variable[], options: AdamOptions = {}): Adam {
  const { weightDecay = 0, state } = options;
  const sizes = variables.map(({ size }) => size);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  let mean = moment(state?.means, total);
  let square = moment(state?.squares, total);
  let step = state?.step ?? 0;

  return {
    apply(gradients, learningRate) {
      step++;
      const correction = Math.sqrt(1 - BETA2 ** step);
      const decay = 1 - learningRate * weightDecay;
      const past = [mean, square];
      tf.tidy(() => {
        const move = tf.getKernel(ADAM_STEP, tf.getBackend()) ? inOnePass : byOperations;
        const made = move(variables, gradients, {
          ...{ mean, square },
          rate: (learningRate * correction) / (1 - BETA1 ** step),
          epsilon: EPSILON * correction,
          keep: variables.map(({ rank }) => (weightDecay > 0 && rank > 1 ? decay : 1)),
        });
        [mean, square] = [tf.keep(made.mean), tf.keep(made.square)];
        for (const [i, variable] of variables.entries()) variable.assign(made.values[i]!);
      });
      tf.dispose(past);
    },
    state: () => ({ step, means: parts(mean, sizes), squares: parts(square, sizes) }),
    dispose: () => tf.dispose([mean, square]),
  };
}

/** A step to take, from these moments. */
interface Step {
  readonly mean: tf.Tensor1D;
  readonly square: tf.Tensor1D;
  readonly rate: number;
  readonly epsilon: number;
  /** Share of each variable that does not decay. */
  readonly keep: readonly number[];
}

/** Moments and values after a step. */
interface Moved {
  readonly mean: tf.Tensor1D;
  readonly square: tf.Tensor1D;
  readonly values: readonly tf.Tensor[];
}

type Move = (variables: readonly tf.Variable[], gradients: readonly tf.Tensor[], step: Step) => Moved;

/** Kernel of `tfjs-wasm-training` for a step of all variables. */
const ADAM_STEP = 'AdamStep';

/** Has the same bits as `byOperations`. */
const inOnePass: Move = (variables, gradients, { mean, square, ...factors }) => {
  const inputs = [mean, square, ...variables.flatMap((variable, i) => [gradients[i]!, variable])];
  // The types of TensorFlow.js know inputs by name alone, though its own `concat` gives a list.
  const named = inputs as unknown as tf.NamedTensorMap;
  const attrs = { beta1: BETA1, beta2: BETA2, ...factors, keep: [...factors.keep] };
  const made = tf.engine().runKernel(ADAM_STEP, named, attrs) as unknown as [
    tf.Tensor1D,
    tf.Tensor1D,
    ...tf.Tensor[],
  ];
  const [newMean, newSquare, ...values] = made;
  return { mean: newMean, square: newSquare, values };
};

const byOperations: Move = (variables, gradients, { mean, square, rate, epsilon, keep }) => {
  const gradient = tf.concat(gradients.map((each) => tf.reshape(each, [-1])));
  const newMean: tf.Tensor1D = tf.add(tf.mul(mean, BETA1), tf.mul(gradient, 1 - BETA1));
  const newSquare: tf.Tensor1D = tf.add(tf.mul(square, BETA2), tf.mul(tf.square(gradient), 1 - BETA2));
  const change = tf.div(tf.mul(newMean, rate), tf.add(tf.sqrt(newSquare), epsilon));
  const changes = tf.split(
    change,
    variables.map(({ size }) => size),
  );
  const values = variables.map((variable, i) => {
    const kept = keep[i] === 1 ? variable : tf.mul(variable, keep[i]!);
    return tf.sub(kept, tf.reshape(changes[i]!, variable.shape));
  });
  return { mean: newMean, square: newSquare, values };
};

/** A moment of all variables end to end: as stored, or zero. */
function moment(stored: readonly Float32Array[] | undefined, total: number): tf.Tensor1D {
  const values = new Float32Array(total);
  let at = 0;
  for (const part of stored ?? []) {
    values.set(part, at);
    at += part.length;
  }
  return tf.tensor1d(values);
}

/** A moment variable by variable. */
function parts(moment: tf.Tensor1D, sizes: readonly number[]): Float32Array[] {
  const values = moment.dataSync<'float32'>();
  let start = 0;
  return sizes.map((size) => {
    const part = values.slice(start, start + size);
    start += size;
    return part;
  });
}

/** Share of the learning rate at `step` of `steps`: from 1 down to 0 along half a cosine. */
export function cosineDecay(step: number, steps: number): number {
  return (1 + Math.cos((Math.PI * step) / steps)) / 2;
}
