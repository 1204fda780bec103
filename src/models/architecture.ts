import type * as tf from '@tensorflow/tfjs-core';
import * as v from 'valibot';
import { UsageError } from '../core/errors.js';
import type { ImageShape } from '../core/image.js';
import { COARSE, gridLayers, gridSizes, weightsOf } from './gridLayers.js';

const positive = v.pipe(v.number(), v.integer(), v.minValue(1));

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

/** Schema of the part of a model file that says how its nets are built. */
export const architectureSchema = v.pipe(
  v.strictObject({
    kind: v.literal('convolutional'),
    imageShape: v.strictTuple([positive, positive, positive]),
    latentSize: positive,
    latentSpace: v.picklist(['sphere', 'euclidean']),
    /** True if the encoder gives normal distributions of codes, which need euclidean codes. Default `false`. */
    variational: v.exactOptional(v.boolean()),
    /** Number of last values of a code that hold the style of an image instead of its class. Default 0. */
    styleSize: v.exactOptional(positive),
    filters: v.pipe(v.array(positive), v.minLength(1), v.maxLength(6)),
    kernelSize: v.pipe(positive, v.maxValue(9)),
    /** Values of a code at each place of a fine and of a coarse grid over the image. Default: codes do not keep places. */
    grids: v.exactOptional(v.strictTuple([positive, positive])),
  }),
  v.check(
    ({ latentSpace, variational }) => !(variational && latentSpace === 'sphere'),
    'an encoder that gives normal distributions needs euclidean codes',
  ),
  v.check(
    ({ latentSpace, styleSize }) => styleSize === undefined || latentSpace === 'sphere',
    'a style part needs codes on the sphere',
  ),
  v.check(
    ({ latentSize, styleSize = 0 }) => latentSize - styleSize >= 2,
    'at least two values of a code must be left for the class',
  ),
  v.check(
    ({ latentSpace, grids }) => grids === undefined || latentSpace === 'sphere',
    'codes on grids need the sphere',
  ),
  v.check(
    ({ imageShape: [height, width], grids }) =>
      grids === undefined || (height % COARSE === 0 && width % COARSE === 0),
    `with grids, sides of images must be multiples of ${COARSE}`,
  ),
  v.check(({ filters, grids }) => grids === undefined || filters.length === 4, 'grids need four filters'),
  v.check(
    ({ imageShape, latentSize, styleSize = 0, grids }) =>
      grids === undefined || latentSize - styleSize === sum(gridSizes(imageShape, grids)),
    'the latent size is not the number of values on both grids and of the style part',
  ),
);

/**
 * Structure of a convolutional autoencoder. The encoder halves the image once per entry of `filters` with strided
 * convolutions and maps the rest to the code by one dense layer (a variational one by a second layer to the logarithm of
 * the code's variances); the decoder mirrors it with transposed convolutions. With a style part, a code is two points on two
 * smaller spheres, each of radius √½, side by side: the first says what the image shows, the second how; together they
 * are a point of the unit sphere.
 *
 * With `grids`, codes keep where in the image something is, so that two drawings are compared place by place: four convolutions
 * lead to a grid of a quarter and to one of an eighth of the image's sides, and what they hold there is the class part of the code.
 */
export type Architecture = v.InferOutput<typeof architectureSchema>;

/** The architecture of the shipped MNIST encoder. */
export const mnistArchitecture: Architecture = {
  kind: 'convolutional',
  imageShape: [28, 28, 1],
  latentSize: 32,
  latentSpace: 'sphere',
  filters: [32, 64],
  kernelSize: 4,
};

/** The architecture of the shipped encoder of characters. */
export const characterArchitecture: Architecture = {
  kind: 'convolutional',
  imageShape: [40, 40, 1],
  latentSize: 1_008,
  latentSpace: 'sphere',
  styleSize: 8,
  filters: [32, 64, 128, 128],
  kernelSize: 3,
  grids: [4, 24],
};

/** Space of the codes: the unit sphere (rows of length 1), or all of ℝⁿ. */
export type LatentSpace = 'sphere' | 'euclidean';

/** A normal distribution of codes for each image, with independent values. */
export interface Posterior {
  /** `[n, latentSize]`: what `encode` gives. */
  readonly mean: tf.Tensor2D;
  /** Natural logarithm of the variances, `[n, latentSize]`. */
  readonly logVariance: tf.Tensor2D;
}

/** A step on the output `[n, h, w, c]` of the convolution whose weights begin with `layer`. It keeps the shape. */
export type BetweenLayers = (map: tf.Tensor4D, layer: string) => tf.Tensor4D;

/**
 * An encoder and a decoder that belong together. They are pure tensor functions; the caller disposes what they
 * return, or calls them inside `tf.tidy`.
 */
export interface Autoencoder {
  readonly architecture: Architecture;
  readonly imageShape: ImageShape;
  readonly latentSize: number;
  readonly latentSpace: LatentSpace;
  /** Number of last values of a code that hold the style of an image instead of its class; 0 without a style part. */
  readonly styleSize: number;
  /** Images `[n, h, w, c]` in [0, 1] to codes `[n, latentSize]`; unit rows when the latent space is the sphere. */
  encode(images: tf.Tensor4D): tf.Tensor2D;
  /** Images to distributions of codes; there when the architecture is variational. */
  posterior?(images: tf.Tensor4D): Posterior;
  /** `encode` with a step between each convolution and what follows it; there when the architecture has grids. */
  encodeThrough?(images: tf.Tensor4D, between: BetweenLayers): tf.Tensor2D;
  /** Codes `[n, latentSize]` to images `[n, h, w, c]` in [0, 1]. */
  decode(codes: tf.Tensor2D): tf.Tensor4D;
  /** Codes to the logits of those images: `decode` is their sigmoid. */
  logits(codes: tf.Tensor2D): tf.Tensor4D;
  /**
   * Every trainable weight under the name that model files use, always in the same order. Those of the encoder begin
   * with `encoder/`.
   */
  readonly weights: ReadonlyMap<string, tf.Variable>;
  /** Frees the weights. */
  dispose(): void;
}

/** Factor by which each convolution shrinks the sides. */
export const STRIDE = 2;

/** Sides of the feature maps, from the image down to the smallest. */
export function pyramid(side: number, levels: number): number[] {
  return Array.from({ length: levels + 1 }, (_, level) => Math.ceil(side / STRIDE ** level));
}

/** Largest number of weights that nets are built with: 2²⁸ take 1 GiB. */
const MOST_WEIGHTS = 2 ** 28;

/** Throws a `UsageError` unless nets of a value's structure can be built. */
export function checkArchitecture(value: unknown, of: string): asserts value is Architecture {
  const parsed = v.safeParse(architectureSchema, value);
  const hint = 'Begin with mnistArchitecture: { ...mnistArchitecture, imageShape: [32, 32, 3] }.';
  if (!parsed.success) {
    const [issue] = parsed.issues;
    throw new UsageError(
      `${of}: the architecture is wrong at ${v.getDotPath(issue) ?? 'its top'}: ${issue.message}`,
      { hint },
    );
  }
  const weights = countWeights(parsed.output);
  if (weights <= MOST_WEIGHTS) return;
  throw new UsageError(`${of}: the architecture has ${weights} weights, but ${MOST_WEIGHTS} are possible`, {
    hint,
  });
}

/** Number of weights of an architecture's nets, without building them. Throws a `UsageError` for what is none. */
export function weightCount(architecture: Architecture): number {
  checkArchitecture(architecture, 'weightCount');
  return countWeights(architecture);
}

/** The same for what is an architecture. */
export function countWeights(architecture: Architecture): number {
  if (architecture.grids !== undefined) return sum(gridLayers(architecture).map(weightsOf));
  const { imageShape, latentSize, variational = false, filters, kernelSize } = architecture;
  const [height, width, channels] = imageShape;
  const levels = [channels, ...filters];
  const pairs = filters.map((count, level) => kernelSize ** 2 * count * levels[level]!);
  const biases = sum(levels) + sum(levels.slice(1, -1));
  const [rows, columns] = [height, width].map((side) => pyramid(side, filters.length).at(-1)!);
  const smallest = rows! * columns! * filters.at(-1)!;
  const heads = (variational ? 2 : 1) * (smallest + 1) * latentSize;
  return 2 * sum(pairs) + biases + heads + (latentSize + 1) * smallest;
}
