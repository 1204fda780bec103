import * as tf from '@tensorflow/tfjs';
import { randomStream } from '../core/index.js';
import { normalize } from '../sphere/index.js';
import type { Architecture } from './architecture.js';
import type { Autoencoder } from './autoencoder.js';

const STRIDE = 2;

type Initializer = ReturnType<typeof tf.initializers.heNormal>;

/** Sides of the feature maps, from the image down to the smallest. */
function pyramid(side: number, levels: number): number[] {
  return Array.from({ length: levels + 1 }, (_, level) => Math.ceil(side / STRIDE ** level));
}

function buildEncoder(architecture: Architecture, initializer: (name: string) => Initializer): tf.Sequential {
  const { imageShape, filters, kernelSize, latentSize } = architecture;
  const encoder = tf.sequential({ name: 'encoder' });
  for (const [level, count] of filters.entries()) {
    encoder.add(
      tf.layers.conv2d({
        ...(level === 0 ? { inputShape: [...imageShape] } : {}),
        name: `encoder/conv${level}`,
        filters: count,
        kernelSize,
        strides: STRIDE,
        padding: 'same',
        activation: 'relu',
        kernelInitializer: initializer(`encoder/conv${level}`),
      }),
    );
  }
  encoder.add(tf.layers.flatten({ name: 'encoder/flatten' }));
  encoder.add(
    tf.layers.dense({
      name: 'encoder/code',
      units: latentSize,
      kernelInitializer: initializer('encoder/code'),
    }),
  );
  return encoder;
}

function buildDecoder(architecture: Architecture, initializer: (name: string) => Initializer): tf.Sequential {
  const { imageShape, filters, kernelSize, latentSize } = architecture;
  const [height, width, channels] = imageShape;
  const heights = pyramid(height, filters.length);
  const widths = pyramid(width, filters.length);
  const smallest = [heights.at(-1)!, widths.at(-1)!, filters.at(-1)!];
  const decoder = tf.sequential({ name: 'decoder' });
  decoder.add(
    tf.layers.dense({
      name: 'decoder/start',
      inputShape: [latentSize],
      units: smallest.reduce((product, side) => product * side),
      activation: 'relu',
      kernelInitializer: initializer('decoder/start'),
    }),
  );
  decoder.add(tf.layers.reshape({ name: 'decoder/reshape', targetShape: smallest }));
  for (let level = filters.length - 1; level >= 0; level--) {
    const last = level === 0;
    decoder.add(
      tf.layers.conv2dTranspose({
        name: `decoder/conv${level}`,
        filters: last ? channels : filters[level - 1]!,
        kernelSize,
        strides: STRIDE,
        padding: 'same',
        activation: last ? 'sigmoid' : 'relu',
        kernelInitializer: initializer(`decoder/conv${level}`),
      }),
    );
    // Halving rounds odd sides up, so doubling overshoots them by one.
    const excess = [
      heights[level + 1]! * STRIDE - heights[level]!,
      widths[level + 1]! * STRIDE - widths[level]!,
    ];
    if (excess.some((pixels) => pixels > 0)) {
      decoder.add(
        tf.layers.cropping2D({
          name: `decoder/crop${level}`,
          cropping: [
            [0, excess[0]!],
            [0, excess[1]!],
          ],
        }),
      );
    }
  }
  return decoder;
}

/** A new convolutional autoencoder whose weights depend on nothing but the architecture and the seed. */
export function convolutionalAutoencoder(architecture: Architecture, seed: number): Autoencoder {
  const initializer = (name: string) =>
    tf.initializers.heNormal({ seed: randomStream(seed, 'weights', name).integer(2 ** 31) });
  const encoder = buildEncoder(architecture, initializer);
  const decoder = buildDecoder(architecture, initializer);
  const weights = new Map(
    [encoder, decoder].flatMap((net) =>
      // A layer's weights are the variables themselves; the names that tfjs gives them carry counters of the process.
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
  const { imageShape, latentSize, latentSpace } = architecture;
  return {
    imageShape,
    latentSize,
    latentSpace,
    weights,
    encode: (images) =>
      tf.tidy(() => {
        const codes = encoder.apply(images) as tf.Tensor2D;
        return latentSpace === 'sphere' ? normalize(codes) : codes;
      }),
    decode: (codes) => tf.tidy(() => decoder.apply(codes) as tf.Tensor4D),
    dispose: () => {
      encoder.dispose();
      decoder.dispose();
    },
  };
}
