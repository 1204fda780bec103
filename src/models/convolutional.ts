import * as tf from '@tensorflow/tfjs-core';
import { initializers, layers, type Sequential, sequential } from '@tensorflow/tfjs-layers';
import { checkSeed } from '../core/checks.js';
import { normalizeRows } from '../sphere/normalize.js';
import { type Architecture, type Autoencoder, checkArchitecture, pyramid, STRIDE } from './architecture.js';
import { gridAutoencoder } from './gridAutoencoder.js';
import {
  computedBy,
  convolveTransposed,
  denseNet,
  featureNet,
  type InitializerOf,
  initializersOf,
  joinParts,
  outputsOf,
  splitParts,
  weightsByName,
} from './nets.js';

/** From codes to logits of images. */
function buildDecoder(architecture: Architecture, initializer: InitializerOf): Sequential {
  const { imageShape, filters, kernelSize, latentSize } = architecture;
  const [height, width, channels] = imageShape;
  const heights = pyramid(height, filters.length);
  const widths = pyramid(width, filters.length);
  const smallest = [heights.at(-1)!, widths.at(-1)!, filters.at(-1)!];
  const decoder = sequential({ name: 'decoder' });
  decoder.add(
    layers.dense({
      name: 'decoder/start',
      inputShape: [latentSize],
      units: smallest.reduce((product, side) => product * side),
      activation: 'relu',
      kernelInitializer: initializer('decoder/start'),
    }),
  );
  decoder.add(layers.reshape({ name: 'decoder/reshape', targetShape: smallest }));
  for (let level = filters.length - 1; level >= 0; level--) {
    const last = level === 0;
    const layer = layers.conv2dTranspose({
      name: `decoder/conv${level}`,
      filters: last ? channels : filters[level - 1]!,
      kernelSize,
      strides: STRIDE,
      padding: 'same',
      activation: last ? 'linear' : 'relu',
      kernelInitializer: initializer(`decoder/conv${level}`),
    });
    decoder.add(computedBy(layer, (x, filter, bias) => convolveTransposed(x, filter, bias, !last)));
    // Halving rounds odd sides up, so doubling overshoots them by one.
    const excess = [
      heights[level + 1]! * STRIDE - heights[level]!,
      widths[level + 1]! * STRIDE - widths[level]!,
    ];
    if (excess.some((pixels) => pixels > 0)) {
      decoder.add(
        layers.cropping2D({
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
  checkArchitecture(architecture, 'convolutionalAutoencoder');
  checkSeed('seed', seed, 'convolutionalAutoencoder');
  return autoencoderOf(architecture, initializersOf(seed));
}

/** A convolutional autoencoder whose weights are yet to be read: drawing some at random would take longer than that. */
export function emptyAutoencoder(architecture: Architecture): Autoencoder {
  checkArchitecture(architecture, 'convolutionalAutoencoder');
  return autoencoderOf(architecture, () => initializers.zeros());
}

function autoencoderOf(architecture: Architecture, initializer: InitializerOf): Autoencoder {
  if (architecture.grids !== undefined) return gridAutoencoder(architecture, initializer);
  const { imageShape, latentSize, latentSpace, variational = false, styleSize = 0 } = architecture;
  const features = featureNet(architecture, 'encoder', initializer);
  const head = (name: string, size = latentSize) =>
    denseNet(outputsOf(features), [[name, size]], initializer);
  const code = head('encoder/code', latentSize - styleSize);
  const style = styleSize > 0 ? head('encoder/style', styleSize) : undefined;
  const logVariance = variational ? head('encoder/logVariance') : undefined;
  const decoder = buildDecoder(architecture, initializer);
  const nets = [features, code, style, logVariance, decoder].filter((net) => net !== undefined);
  const logits = (codes: tf.Tensor2D) =>
    tf.tidy(() => {
      // Whichever way a path took to a code, the decoder meets both parts on their spheres.
      const known = style === undefined ? codes : joinParts(splitParts(codes, styleSize));
      return decoder.apply(known) as tf.Tensor4D;
    });
  return {
    architecture,
    imageShape,
    latentSize,
    latentSpace,
    styleSize,
    weights: weightsByName(nets),
    encode: (images) =>
      tf.tidy(() => {
        const seen = features.apply(images);
        const codes = code.apply(seen) as tf.Tensor2D;
        if (style !== undefined) return joinParts({ kind: codes, style: style.apply(seen) as tf.Tensor2D });
        return latentSpace === 'sphere' ? normalizeRows(codes) : codes;
      }),
    ...(logVariance === undefined
      ? {}
      : {
          posterior: (images: tf.Tensor4D) =>
            tf.tidy(() => {
              const seen = features.apply(images) as tf.Tensor2D;
              return {
                mean: code.apply(seen) as tf.Tensor2D,
                logVariance: logVariance.apply(seen) as tf.Tensor2D,
              };
            }),
        }),
    logits,
    decode: (codes) => tf.tidy(() => tf.sigmoid(logits(codes))),
    dispose: () => {
      for (const net of nets) net.dispose();
    },
  };
}
