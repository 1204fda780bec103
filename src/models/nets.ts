import * as tf from '@tensorflow/tfjs-core';
import { initializers, type Sequential, sequential, layers as tfLayers } from '@tensorflow/tfjs-layers';
import { randomStream } from '../core/random.js';
import { normalizeRows } from '../sphere/normalize.js';
import type { Architecture } from './architecture.js';

/** Starting weights of a layer, by its name. */
export type InitializerOf = (layer: string) => ReturnType<typeof initializers.heNormal>;

/** Normal starting weights (He et al., 2015) that depend on the seed and the layer's name alone. */
export function initializersOf(seed: number): InitializerOf {
  return (layer) => initializers.heNormal({ seed: randomStream(seed, 'weights', layer).integer(2 ** 31) });
}

/** Strided convolutions that halve the image once per entry of `filters`, and a row of all that is left. */
export function featureNet(
  { imageShape, filters, kernelSize }: Architecture,
  name: string,
  initializer: InitializerOf,
): Sequential {
  const net = sequential({ name: `${name}/features` });
  for (const [level, count] of filters.entries()) {
    net.add(
      tfLayers.conv2d({
        ...(level === 0 ? { inputShape: [...imageShape] } : {}),
        name: `${name}/conv${level}`,
        filters: count,
        kernelSize,
        strides: 2,
        padding: 'same',
        activation: 'relu',
        kernelInitializer: initializer(`${name}/conv${level}`),
      }),
    );
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
