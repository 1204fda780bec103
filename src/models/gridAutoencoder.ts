import * as tf from '@tensorflow/tfjs-core';
import { normalizeRows } from '../sphere/normalize.js';
import type { Architecture, Autoencoder, BetweenLayers } from './architecture.js';
import { COARSE, DECODED, FINE, gridLayers, gridSizes } from './gridLayers.js';
import { convolveRelu, convolveTransposed, type InitializerOf, joinParts, splitParts } from './nets.js';

/** Lengths of the fine and the coarse part of what a code says of the class: together they are 1. */
const [FINE_LENGTH, COARSE_LENGTH] = [0.6, 0.8];

/** An autoencoder whose codes keep places: one of an architecture with `grids`. */
export function gridAutoencoder(architecture: Architecture, initializer: InitializerOf): Autoencoder {
  const { imageShape, latentSize, latentSpace, styleSize = 0, grids } = architecture;
  const [height, width] = imageShape;
  const [fineChannels, coarseChannels] = grids!;
  const [fineSize, coarseSize] = gridSizes(imageShape, grids!);
  const weights = startingWeights(architecture, initializer);
  const weight = <T extends tf.Tensor>(name: string) => weights.get(name) as unknown as T;
  const kernel = (layer: string) => weight<tf.Tensor4D>(`${layer}/kernel`);
  const bias = (layer: string) => weight<tf.Tensor1D>(`${layer}/bias`);
  const conv = (map: tf.Tensor4D, layer: string, stride = 1) =>
    tf.add<tf.Tensor4D>(tf.conv2d(map, kernel(layer), stride, 'same'), bias(layer));
  const up = (map: tf.Tensor4D, layer: string, relu = false) =>
    convolveTransposed(map, kernel(layer), bias(layer), relu);
  const dense = (rows: tf.Tensor2D, layer: string) =>
    tf.add<tf.Tensor2D>(tf.matMul(rows, weight<tf.Tensor2D>(`${layer}/kernel`)), bias(layer));
  const flat = (map: tf.Tensor4D) => tf.reshape(map, [map.shape[0], -1]) as tf.Tensor2D;
  const grid = (rows: tf.Tensor2D, side: number, values: number) =>
    tf.reshape(rows, [rows.shape[0], height / side, width / side, values]) as tf.Tensor4D;
  const half = (map: tf.Tensor4D) => tf.maxPool(map, 2, 2, 'valid');

  const convRelu = (map: tf.Tensor4D, layer: string, stride = 1) =>
    convolveRelu(map, kernel(layer), bias(layer), stride);

  const encodeThrough = (images: tf.Tensor4D, between?: BetweenLayers) =>
    tf.tidy(() => {
      const layer = (map: tf.Tensor4D, name: string, stride = 1) => {
        const convolved = conv(map, name, stride);
        return between === undefined ? convolved : between(convolved, name);
      };
      const layerRelu = (map: tf.Tensor4D, name: string, stride = 1) =>
        between === undefined ? convRelu(map, name, stride) : tf.relu(layer(map, name, stride));
      const lines = half(layerRelu(images, 'encoder/conv0', 2));
      const parts = layerRelu(layerRelu(lines, 'encoder/conv1'), 'encoder/conv2');
      const wholes = layerRelu(half(parts), 'encoder/conv3');
      const fine = normalizeRows(flat(layer(parts, 'encoder/fine'))).mul<tf.Tensor2D>(FINE_LENGTH);
      const coarse = normalizeRows(flat(layer(wholes, 'encoder/coarse'))).mul<tf.Tensor2D>(COARSE_LENGTH);
      const kind = tf.concat([fine, coarse], 1);
      if (styleSize === 0) return kind;
      // Means over all places tell slant and pen, but not which character it is.
      const mean = (map: tf.Tensor4D) => tf.mean<tf.Tensor4D>(map, [1, 2], true);
      const style = layer(tf.concat([mean(lines), mean(parts)], 3), 'encoder/style');
      return joinParts({ kind, style: flat(style) });
    });

  const logits = (codes: tf.Tensor2D) =>
    tf.tidy(() => {
      // Whichever way a path took to a code, the decoder meets each part at its usual size: values around 1.
      const { kind, style } = styleSize === 0 ? { kind: codes } : splitParts(codes, styleSize);
      const [fineRows, coarseRows] = tf.split(kind, [fineSize, coarseSize], 1) as [tf.Tensor2D, tf.Tensor2D];
      const around1 = (rows: tf.Tensor2D) => normalizeRows(rows).mul<tf.Tensor2D>(Math.sqrt(rows.shape[1]));
      const fine = grid(around1(fineRows), FINE, fineChannels);
      const coarse = grid(around1(coarseRows), COARSE, coarseChannels);
      const hand = style && around1(style);
      const known = hand
        ? tf.concat([coarse, grid(dense(hand, 'decoder/style'), COARSE, DECODED.style)], 3)
        : coarse;
      // The style moves and widens lines where they are fine, too.
      const pens = hand && tf.split(dense(hand, 'decoder/pen'), [DECODED.fine, DECODED.large], 1);
      const byPen = (map: tf.Tensor4D, i: 0 | 1) =>
        tf.relu(
          pens === undefined ? map : tf.add<tf.Tensor4D>(map, tf.reshape(pens[i]!, [-1, 1, 1, map.shape[3]])),
        );
      const wholes = convRelu(known, 'decoder/conv3');
      const parts = tf.concat([up(wholes, 'decoder/conv2', true), fine], 3);
      const lines = byPen(up(byPen(conv(parts, 'decoder/fine'), 0), 'decoder/conv1'), 1);
      return up(lines, 'decoder/conv0');
    });

  return {
    architecture,
    imageShape,
    latentSize,
    latentSpace,
    styleSize,
    weights,
    encode: (images) => encodeThrough(images),
    encodeThrough,
    logits,
    decode: (codes) => tf.tidy(() => tf.sigmoid(logits(codes))),
    dispose: () => tf.dispose([...weights.values()]),
  };
}

/** Kernels as `initializer` gives them, and biases of 0. */
function startingWeights(architecture: Architecture, initializer: InitializerOf): Map<string, tf.Variable> {
  return new Map(
    gridLayers(architecture).flatMap(({ name, kernel, outputs }) =>
      tf.tidy((): [string, tf.Variable][] => [
        [`${name}/kernel`, tf.variable(initializer(name).apply([...kernel]))],
        [`${name}/bias`, tf.variable(tf.zeros([outputs]))],
      ]),
    ),
  );
}
