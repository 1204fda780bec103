import * as tf from '@tensorflow/tfjs-core';
import type { StoredTensor } from './safetensors.js';

/** Blocks that follow each other: how many, side of the depthwise kernel, stride of the first, expansion, channels given. */
type Stage = readonly [
  blocks: number,
  kernelSize: number,
  stride: number,
  expansion: number,
  channels: number,
];

/** EfficientNet-Lite0 (https://github.com/tensorflow/tpu/tree/master/models/official/efficientnet/lite), without its head. */
const stages: readonly Stage[] = [
  [1, 3, 1, 1, 16],
  [2, 3, 2, 6, 24],
  [2, 5, 2, 6, 40],
  [3, 3, 2, 6, 80],
  [3, 5, 1, 6, 112],
  [4, 5, 2, 6, 192],
  [1, 3, 1, 6, 320],
];

const STEM_CHANNELS = 32;

/** One inverted residual block: a wide layer by 1×1 kernels, a depthwise one, and a narrow one without activation. */
interface Block {
  readonly name: string;
  readonly kernelSize: number;
  readonly stride: number;
  readonly given: number;
  readonly wide: number;
  readonly channels: number;
}

function blocksOf(all: readonly Stage[]): Block[] {
  const blocks: Block[] = [];
  for (const [count, kernelSize, stride, expansion, channels] of all) {
    for (let i = 0; i < count; i++) {
      const given = blocks.at(-1)?.channels ?? STEM_CHANNELS;
      const name = `block${blocks.length}`;
      blocks.push({
        name,
        kernelSize,
        stride: i === 0 ? stride : 1,
        given,
        wide: given * expansion,
        channels,
      });
    }
  }
  return blocks;
}

const blocks = blocksOf(stages);

/** Number of features. */
export const FEATURES = blocks.at(-1)!.channels;

/** Names of the layers with the shapes of their kernels. */
const kernels: readonly (readonly [layer: string, shape: readonly [number, number, number, number]])[] = [
  ['stem', [3, 3, 3, STEM_CHANNELS]],
  ...blocks.flatMap(({ name, kernelSize, given, wide, channels }): typeof kernels => [
    ...(wide === given ? [] : ([[`${name}/expand`, [1, 1, given, wide]]] as const)),
    [`${name}/depthwise`, [kernelSize, kernelSize, wide, 1]],
    [`${name}/project`, [1, 1, wide, channels]],
  ]),
];

/** Shapes of the weights by name, as model files have them: kernels as in TensorFlow, `[height, width, in, out]`. */
export const weightShapes: ReadonlyMap<string, readonly number[]> = new Map(
  kernels.flatMap(([layer, shape]): [string, readonly number[]][] => [
    [`${layer}/kernel`, shape],
    [`${layer}/bias`, [layer.endsWith('depthwise') ? shape[2] : shape[3]]],
  ]),
);

/** A frozen net from pictures to features. */
export interface FeatureNet {
  /**
   * Pictures `[n, side, side, 3]`, as the net was trained on them, to the means of the last block's values over all positions,
   * `[n, features]`. The caller disposes the result.
   */
  features(pictures: tf.Tensor4D): tf.Tensor2D;
  dispose(): void;
}

/**
 * EfficientNet-Lite0 up to its last block, for inference: batch norms are folded into the weights, and each convolution adds its
 * bias and applies ReLU6 in one kernel. Weights have the names and shapes of `weightShapes`.
 */
export function efficientNetLite(stored: ReadonlyMap<string, StoredTensor>): FeatureNet {
  const weights = new Map(
    [...weightShapes].map(([name, shape]) => [name, tf.tensor(stored.get(name)!.values, [...shape])]),
  );
  const weight = <T extends tf.Tensor>(name: string): T => weights.get(name) as T;
  const layer = (name: string, strides: number) => ({
    filter: weight<tf.Tensor4D>(`${name}/kernel`),
    bias: weight<tf.Tensor1D>(`${name}/bias`),
    strides,
    pad: 'same' as const,
  });
  const through = (input: tf.Tensor4D, { name, given, wide, channels, stride }: Block): tf.Tensor4D => {
    const widened =
      wide === given
        ? input
        : tf.fused.conv2d({ x: input, ...layer(`${name}/expand`, 1), activation: 'relu6' });
    const filtered = tf.fused.depthwiseConv2d({
      x: widened,
      ...layer(`${name}/depthwise`, stride),
      activation: 'relu6',
    });
    const output = tf.fused.conv2d({ x: filtered, ...layer(`${name}/project`, 1) });
    return stride === 1 && given === channels ? tf.add(input, output) : output;
  };
  return {
    features: (pictures) =>
      tf.tidy(() => {
        const stem = tf.fused.conv2d({ x: pictures, ...layer('stem', 2), activation: 'relu6' });
        // Tidied one by one: the maps of all blocks together are many times those of one.
        const last = blocks.reduce((x, block) => {
          const next = tf.tidy(() => through(x, block));
          x.dispose();
          return next;
        }, stem);
        return tf.mean<tf.Tensor2D>(last, [1, 2]);
      }),
    dispose: () => tf.dispose([...weights.values()]),
  };
}
