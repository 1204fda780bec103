import * as tf from '@tensorflow/tfjs-core';
import { DataError, UsageError } from '../core/errors.js';
import type { ImageShape } from '../core/image.js';
import { checkOptionBag } from '../core/kindChecks.js';
import { randomStream } from '../core/random.js';
import { shown } from '../core/shown.js';
import type { CnnDropout, CnnPreset } from './cnnPresets.js';

/** Kernel and bias of one layer. */
interface Layer {
  readonly name: string;
  readonly kernel: readonly number[];
  readonly units: number;
}

/** The trainable layers of a preset in order: its convolutions, then `hidden`, then `logits`. */
function layersOf(preset: CnnPreset, shape: ImageShape, classes: number): Layer[] {
  let [height, width, channels] = shape;
  const layers: Layer[] = preset.convolutions.map(({ filters, kernel, stride, pool }, index) => {
    const layer = { name: `conv${index}`, kernel: [kernel, kernel, channels, filters], units: filters };
    const reduce = (side: number) => Math.ceil(Math.ceil(side / stride) / (pool === 'none' ? 1 : 2));
    [height, width, channels] = [reduce(height), reduce(width), filters];
    return layer;
  });
  layers.push({ name: 'hidden', kernel: [height * width * channels, preset.hidden], units: preset.hidden });
  layers.push({ name: 'logits', kernel: [preset.hidden, classes], units: classes });
  return layers;
}

/**
 * The weights of a fresh net: for each layer a kernel and a bias, in order. Kernels are He-uniform, each drawn from a
 * stream of its own name; biases are zero. The caller owns them.
 */
export function initialWeights(
  preset: CnnPreset,
  shape: ImageShape,
  classes: number,
  seed: number,
): tf.Variable[] {
  return layersOf(preset, shape, classes).flatMap(({ name, kernel, units }) => {
    const random = randomStream(seed, 'cnn', 'weights', name);
    const size = kernel.reduce((product, side) => product * side, 1);
    const limit = Math.sqrt(6 / (size / units));
    const values = Float32Array.from({ length: size }, () => random.uniform(-limit, limit));
    return [variable(values, kernel), variable(new Float32Array(units), [units])];
  });
}

function variable(values: Float32Array, shape: readonly number[]): tf.Variable {
  const initial = tf.tensor(values, [...shape]);
  const made = tf.variable(initial);
  initial.dispose();
  return made;
}

/** Dropout masks: of the last convolution's maps `[n, 1, 1, filters]`, of the hidden layer `[n, hidden]`. */
type Masks = readonly [tf.Tensor4D, tf.Tensor2D];

/** The hidden layer `[n, hidden]` of images `[n, h, w, c]`, after its ReLU. `masks`, given while training, multiply it. */
export function hiddenLayer(
  preset: CnnPreset,
  weights: readonly tf.Tensor[],
  images: tf.Tensor4D,
  masks?: Masks,
): tf.Tensor2D {
  let maps = images;
  for (const [index, { stride, pool }] of preset.convolutions.entries()) {
    const [filter, bias] = [weights[2 * index] as tf.Tensor4D, weights[2 * index + 1] as tf.Tensor1D];
    const largest = (each: tf.Tensor4D): tf.Tensor4D =>
      pool === 'max' ? tf.maxPool(each, POOL_SIDE, POOL_SIDE, 'same') : each;
    if (takesPassesApart()) {
      // Bias and ReLU keep the order of values, so the largest is taken first: the rest is a quarter of the work.
      maps = tf.relu(tf.add<tf.Tensor4D>(largest(tf.conv2d(maps, filter, stride, 'same')), bias));
    } else if (masks !== undefined && hasReluKernel()) {
      const attrs = { strides: stride, pad: 'same', dataFormat: 'NHWC', dilations: 1 };
      maps = largest(tf.engine().runKernel(CONVOLVE, { x: maps, filter, bias }, attrs) as tf.Tensor4D);
    } else {
      const layer = { x: maps, filter, bias, strides: stride, pad: 'same', activation: 'relu' } as const;
      maps = largest(tf.fused.conv2d(layer));
    }
    if (pool === 'average') maps = tf.avgPool(maps, POOL_SIDE, POOL_SIDE, 'same');
  }
  if (masks !== undefined) maps = tf.mul(maps, masks[0]);
  const [kernel, bias] = weights.slice(-4);
  const hidden = tf.fused.matMul({
    a: tf.reshape(maps, [images.shape[0], -1]),
    b: kernel!,
    bias: bias!,
    activation: 'relu',
  }) as tf.Tensor2D;
  return masks === undefined ? hidden : tf.mul(hidden, masks[1]);
}

/** Logits `[n, classes]` of images `[n, h, w, c]`. */
export function logits(
  preset: CnnPreset,
  weights: readonly tf.Tensor[],
  images: tf.Tensor4D,
  masks?: Masks,
): tf.Tensor2D {
  const [kernel, bias] = weights.slice(-2);
  const hidden = hiddenLayer(preset, weights, images, masks);
  return tf.fused.matMul({ a: hidden, b: kernel!, bias: bias! }) as tf.Tensor2D;
}

/** Kernel of `tfjs-wasm-training` for what TensorFlow.js takes apart in a training. Its bits are those of three kernels. */
const CONVOLVE = 'Conv2DBiasRelu';

const hasReluKernel = () => Boolean(tf.getKernel(CONVOLVE, tf.getBackend()));

/** True on native, where bias and ReLU are passes of their own. */
const takesPassesApart = () => tf.getBackend() === 'tensorflow';

const POOL_SIDE = 2;

/** Throws a `UsageError` unless both shares are in [0, 1). */
export function assertDropout(dropout: CnnDropout): void {
  const { maps, hidden } = checkOptionBag('dropout', dropout);
  for (const [name, share] of Object.entries({ maps, hidden })) {
    if (typeof share === 'number' && share >= 0 && share < 1) continue;
    throw new UsageError(`dropout.${name} must be in [0, 1), not ${shown(share)}`);
  }
}

/**
 * A dropout mask: each value is 0 with probability `share`, else 1 / (1 − share). It depends on its keys alone, so a
 * training can be repeated; with a seed, TensorFlow.js's own dropout gives the same mask at every step.
 */
export function dropoutMask(
  shape: number[],
  share: number,
  ...keys: readonly (number | string)[]
): tf.Tensor {
  const random = randomStream(...keys);
  const size = shape.reduce((product, side) => product * side, 1);
  const values = new Float32Array(size);
  for (let i = 0; i < size; i++) values[i] = random.uniform() < share ? 0 : 1 / (1 - share);
  return tf.tensor(values, shape);
}

/** All weights one after the other. */
export function joinWeights(weights: readonly Float32Array[]): Float32Array {
  const joined = new Float32Array(weights.reduce((size, values) => size + values.length, 0));
  let offset = 0;
  for (const values of weights) {
    joined.set(values, offset);
    offset += values.length;
  }
  return joined;
}

/** Puts joined weights into a net's variables. Throws a `DataError`, and frees the variables, when they do not fit. */
export function setWeights(variables: readonly tf.Variable[], joined: Float32Array): void {
  const needed = variables.reduce((size, variable) => size + variable.size, 0);
  if (joined.length !== needed) {
    tf.dispose([...variables]);
    throw new DataError(`the net has ${needed} weights, but ${joined.length} were given`, {
      hint: 'Use the preset, shape and classes of the net that they come from.',
    });
  }
  let offset = 0;
  for (const variable of variables) {
    const values = joined.slice(offset, offset + variable.size);
    tf.tidy(() => variable.assign(tf.tensor(values, variable.shape)));
    offset += variable.size;
  }
}
