import * as tf from '@tensorflow/tfjs-core';
import { initializers, type Sequential, sequential, layers as tfLayers } from '@tensorflow/tfjs-layers';
import { randomStream } from '../core/random.js';
import { normalizeRows } from '../sphere/normalize.js';
import { type Architecture, STRIDE } from './architecture.js';

/** Starting weights of a layer, by its name. */
export type InitializerOf = (layer: string) => ReturnType<typeof initializers.heNormal>;

/** Normal starting weights (He et al., 2015) that depend on the seed and the layer's name alone. */
export function initializersOf(seed: number): InitializerOf {
  return (layer) => initializers.heNormal({ seed: randomStream(seed, 'weights', layer).integer(2 ** 31) });
}

/** Kernels of `tfjs-wasm-training`. Their bits are those of three kernels, which TensorFlow.js takes instead. */
const [CONVOLVE, TRANSPOSE] = ['Conv2DBiasRelu', 'Conv2DTransposeBiasRelu'];

const hasKernel = (name: string) => Boolean(tf.getKernel(name, tf.getBackend()));
const same = { pad: 'same', dataFormat: 'NHWC', dilations: 1 } as const;

/** ReLU of a convolution `same` and a bias. */
export function convolveRelu(
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  bias: tf.Tensor1D,
  strides: number,
): tf.Tensor4D {
  // Outside of a training, TensorFlow.js has one kernel, too.
  const trains = tf.engine().state.gradientDepth > 0;
  if (trains && hasKernel(CONVOLVE!))
    return tf.engine().runKernel(CONVOLVE!, { x, filter, bias }, { strides, ...same }) as tf.Tensor4D;
  return tf.fused.conv2d({ x, filter, bias, strides, ...same, activation: 'relu' });
}

/** A transposed convolution `same` that doubles the sides, with a bias, and with ReLU if `relu`. */
export function convolveTransposed(
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  bias: tf.Tensor1D,
  relu: boolean,
): tf.Tensor4D {
  const [images, height, width] = x.shape;
  const doubled: tf.Tensor4D['shape'] = [images, height * STRIDE, width * STRIDE, bias.size];
  if (relu && hasKernel(TRANSPOSE!)) {
    const attrs = { strides: STRIDE, ...same, inputShape: doubled };
    return tf.engine().runKernel(TRANSPOSE!, { x, filter, bias }, attrs) as tf.Tensor4D;
  }
  const maps = tf.add<tf.Tensor4D>(tf.conv2dTranspose(x, filter, doubled, STRIDE, 'same'), bias);
  return relu ? tf.relu(maps) : maps;
}

/** Has a convolutional layer compute by a function of its maps and weights. */
export function computedBy(
  layer: ReturnType<typeof tfLayers.conv2d>,
  compute: (x: tf.Tensor4D, filter: tf.Tensor4D, bias: tf.Tensor1D) => tf.Tensor4D,
) {
  layer.call = (inputs) => {
    const [filter, bias] = layer.weights.map((weight) => weight.read()) as [tf.Tensor4D, tf.Tensor1D];
    return tf.tidy(() => compute([inputs].flat()[0] as tf.Tensor4D, filter, bias));
  };
  return layer;
}

/** Strided convolutions that halve the image once per entry of `filters`, and a row of all that is left. */
export function featureNet(
  { imageShape, filters, kernelSize }: Architecture,
  name: string,
  initializer: InitializerOf,
): Sequential {
  const net = sequential({ name: `${name}/features` });
  for (const [level, count] of filters.entries()) {
    const layer = tfLayers.conv2d({
      ...(level === 0 ? { inputShape: [...imageShape] } : {}),
      name: `${name}/conv${level}`,
      filters: count,
      kernelSize,
      strides: STRIDE,
      padding: 'same',
      activation: 'relu',
      kernelInitializer: initializer(`${name}/conv${level}`),
    });
    net.add(computedBy(layer, (x, filter, bias) => convolveRelu(x, filter, bias, STRIDE)));
  }
  net.add(tfLayers.flatten({ name: `${name}/flatten` }));
  return net;
}

/** Dense layers by name and units, ReLU between them, from rows of `inputs` values. */
export function denseNet(
  inputs: number,
  layers: readonly (readonly [name: string, units: number])[],
  initializer: InitializerOf,
): Sequential {
  const net = sequential({ name: layers.at(-1)![0] });
  for (const [i, [name, units]] of layers.entries()) {
    net.add(
      tfLayers.dense({
        ...(i === 0 ? { inputShape: [inputs] } : {}),
        name,
        units,
        ...(i < layers.length - 1 ? { activation: 'relu' } : {}),
        kernelInitializer: initializer(name),
      }),
    );
  }
  return net;
}

/** Number of outputs of a net for one input. */
export const outputsOf = (net: Sequential): number => net.outputs[0]!.shape.at(-1)!;

/**
 * Weights of nets by `layer/kernel` and `layer/bias`. A layer's weights are the variables themselves; the names that
 * TensorFlow.js gives them carry counters of the process.
 */
export function weightsByName(nets: readonly Sequential[]): Map<string, tf.Variable> {
  return new Map(
    nets.flatMap((net) =>
      net.layers.flatMap((layer) =>
        layer
          .getWeights()
          .map((weight, index): [string, tf.Variable] => [
            `${layer.name}/${index === 0 ? 'kernel' : 'bias'}`,
            weight as tf.Variable,
          ]),
      ),
    ),
  );
}

/** The two parts of codes with a style part. */
export interface CodeParts {
  /** Class parts, `[n, latentSize − styleSize]`. */
  readonly kind: tf.Tensor2D;
  /** Style parts, `[n, styleSize]`. */
  readonly style: tf.Tensor2D;
}

/** Both parts at length √½, side by side: a row of length 1. */
export function joinParts({ kind, style }: CodeParts): tf.Tensor2D {
  return tf.tidy(() =>
    tf.concat([normalizeRows(kind), normalizeRows(style)], 1).mul<tf.Tensor2D>(Math.SQRT1_2),
  );
}

/** The parts of codes `[n, latentSize]`, as they stand in them. */
export function splitParts(codes: tf.Tensor2D, styleSize: number): CodeParts {
  const size = codes.shape[1] - styleSize;
  const [kind, style] = tf.split(codes, [size, styleSize], 1) as [tf.Tensor2D, tf.Tensor2D];
  return { kind, style };
}
