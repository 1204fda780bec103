import * as tf from '@tensorflow/tfjs';
import { type ImageShape, randomStream } from '../core/index.js';
import { averagePool } from './averagePool.js';
import type { CnnPreset } from './cnnPresets.js';

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

/** What dropout leaves while training: of the last convolution's maps `[n, 1, 1, filters]`, of the hidden layer `[n, hidden]`. */
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
    maps = tf.fused.conv2d({
      x: maps,
      filter: weights[2 * index] as tf.Tensor4D,
      bias: weights[2 * index + 1]!,
      strides: stride,
      pad: 'same',
      activation: 'relu',
    });
    if (pool === 'max') maps = tf.maxPool(maps, 2, 2, 'same');
    if (pool === 'average') maps = averagePool(maps);
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
