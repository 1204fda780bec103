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

/** A convolutional layer of TensorFlow.js. */
type ConvLayer = ReturnType<typeof tfLayers.conv2d>;

/** Kernels of `tfjs-wasm-training`. */
const [CONVOLVE, TRANSPOSE] = ['Conv2DBiasRelu', 'Conv2DTransposeBiasRelu'];

/**
 * Has a layer that halves images compute convolution, bias and ReLU in one kernel while it trains, on backends that have it. The
 * bits are those of three kernels. Outside of a training, TensorFlow.js has a kernel for all backends.
 */
const halvingInOneKernel = (layer: ConvLayer) =>
  inOneKernel(layer, CONVOLVE!, () => (tf.engine().state.gradientDepth > 0 ? {} : undefined));

/** The same for a layer that doubles images, in training or not. */
export const doublingInOneKernel = (layer: ConvLayer) =>
  inOneKernel(layer, TRANSPOSE!, ([images, height, width], channels) => ({
    inputShape: [images, height * STRIDE, width * STRIDE, channels],
  }));

/** Has a layer call a kernel, unless there are no attributes for it or the backend lacks it. */
function inOneKernel(
  layer: ConvLayer,
  kernelName: string,
  attributesFor: (shape: [number, number, number], channels: number) => object | undefined,
): ConvLayer {
  const call = layer.call.bind(layer);
  layer.call = (inputs, options) => {
    const [x] = [inputs].flat() as [tf.Tensor];
    const [filter, bias] = layer.weights.map((weight) => weight.read()) as [tf.Tensor, tf.Tensor];
    const own = attributesFor(x.shape as unknown as [number, number, number], bias.size);
    if (own === undefined || !tf.getKernel(kernelName, tf.getBackend())) return call(inputs, options);
    const attrs = { strides: STRIDE, pad: 'same', dataFormat: 'NHWC', dilations: 1, ...own };
    return tf.engine().runKernel(kernelName, { x, filter, bias }, attrs) as tf.Tensor;
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
    net.add(halvingInOneKernel(layer));
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
