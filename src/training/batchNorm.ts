import * as tf from '@tensorflow/tfjs-core';
import { UsageError } from '../core/errors.js';
import type { Autoencoder } from '../models/architecture.js';
import type { PreparedLearner, TrainingBatch } from './learner.js';

/** Added to variances, as PyTorch does. */
const EPSILON = 1e-5;

/** An encoder that is normalized while it learns. */
export interface BatchNorm extends Required<Pick<PreparedLearner, 'finish' | 'dispose'>> {
  /** Scale and offset of each layer's channels. */
  readonly weights: ReadonlyMap<string, tf.Variable>;
  /** Codes of a batch, with each convolution's output normalized over the batch. */
  encode(images: tf.Tensor4D): tf.Tensor2D;
}

/** Mean and variance of each channel. */
interface Moments {
  readonly mean: tf.Tensor1D;
  readonly variance: tf.Tensor1D;
}

/**
 * Batch normalization (Ioffe and Szegedy, 2015) of an encoder's convolutions. It is a way to train, not a part of the net: `finish`
 * takes the means and variances of some batches, and changes kernels and biases so that the encoder gives by itself what it gave
 * normalized by them.
 *
 * @throws UsageError for an encoder that has no steps between its layers
 */
export function batchNorm(autoencoder: Autoencoder): BatchNorm {
  const { encodeThrough, weights: known } = autoencoder;
  if (encodeThrough === undefined) {
    throw new UsageError('batchNorm is for encoders with grids', {
      hint: 'Leave it out, or build the autoencoder from an architecture with grids.',
      option: 'batchNorm',
    });
  }
  const kernels = [...known].filter(
    ([name, { rank }]) => rank === 4 && name.startsWith('encoder/') && name.endsWith('/kernel'),
  );
  const layers = kernels.map(([name]) => name.slice(0, -'/kernel'.length));
  const weights = new Map(
    kernels.flatMap(([, kernel], i) =>
      tf.tidy((): [string, tf.Variable][] => [
        [`norm/${layers[i]}/scale`, tf.variable(tf.ones([kernel.shape.at(-1)!]))],
        [`norm/${layers[i]}/offset`, tf.variable(tf.zeros([kernel.shape.at(-1)!]))],
      ]),
    ),
  );
  const scaleOf = (layer: string) => weights.get(`norm/${layer}/scale`) as unknown as tf.Tensor1D;
  const offsetOf = (layer: string) => weights.get(`norm/${layer}/offset`) as unknown as tf.Tensor1D;
  const through = (images: tf.Tensor4D, see?: (layer: string, moments: Moments) => void) =>
    encodeThrough(images, (map, layer) => {
      see?.(layer, momentsOf(map));
      return normalized(map, scaleOf(layer), offsetOf(layer));
    });
  return {
    weights,
    encode: (images) => through(images),
    finish: (batches) =>
      tf.tidy(() => {
        const found = meanMoments(batches, through);
        for (const layer of layers) {
          const { mean, variance } = found.get(layer)!;
          const factor = scaleOf(layer).div<tf.Tensor1D>(variance.add(EPSILON).sqrt());
          const kernel = known.get(`${layer}/kernel`)!;
          const bias = known.get(`${layer}/bias`)!;
          kernel.assign(kernel.mul(factor));
          bias.assign(bias.sub(mean).mul(factor).add(offsetOf(layer)));
        }
      }),
    dispose: () => tf.dispose([...weights.values()]),
  };
}

const OVER = [0, 1, 2];

function momentsOf(map: tf.Tensor4D): Moments {
  const { mean, variance } = tf.moments(map, OVER);
  return { mean: mean as tf.Tensor1D, variance: variance as tf.Tensor1D };
}

/** Means over batches of the moments of each layer. */
function meanMoments(
  batches: Iterable<TrainingBatch>,
  through: (images: tf.Tensor4D, see: (layer: string, moments: Moments) => void) => void,
): Map<string, Moments> {
  const sums = new Map<string, Moments>();
  let count = 0;
  for (const { images } of batches) {
    count++;
    through(images, (layer, { mean, variance }) => {
      const before = sums.get(layer);
      sums.set(layer, {
        mean: tf.keep(before === undefined ? mean : before.mean.add(mean)),
        variance: tf.keep(before === undefined ? variance : before.variance.add(variance)),
      });
      tf.dispose(before === undefined ? [] : [before.mean, before.variance]);
    });
  }
  const taken = [...sums].map(([layer, { mean, variance }]): [string, Moments] => [
    layer,
    { mean: mean.div(count), variance: variance.div(count) },
  ]);
  for (const { mean, variance } of sums.values()) tf.dispose([mean, variance]);
  return new Map(taken);
}

/** A map with each channel at mean 0 and variance 1 over the batch, then scaled and offset. The gradient is by hand: a third of the operations. */
const normalized = tf.customGrad((...args: (tf.Tensor | tf.GradSaveFunc)[]) => {
  const [map, scale, offset, save] = args as [tf.Tensor4D, tf.Tensor1D, tf.Tensor1D, tf.GradSaveFunc];
  const centered = tf.sub(map, tf.mean(map, OVER));
  const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(centered), OVER), EPSILON));
  const unit = tf.mul(centered, inverse);
  const factor = tf.mul(inverse, scale);
  save([unit, factor]);
  return {
    value: tf.add<tf.Tensor4D>(tf.mul(unit, scale), offset),
    gradFunc(dy: tf.Tensor, saved: tf.Tensor[]) {
      const [unitOf, factorOf] = saved as [tf.Tensor, tf.Tensor];
      const toOffset = tf.sum(dy, OVER);
      const toScale = tf.sum(tf.mul(dy, unitOf), OVER);
      const count = dy.size / toOffset.size;
      const along = tf.add(tf.mul(unitOf, tf.div(toScale, count)), tf.div(toOffset, count));
      return [tf.mul(tf.sub(dy, along), factorOf), toScale, toOffset];
    },
  };
}) as (map: tf.Tensor4D, scale: tf.Tensor1D, offset: tf.Tensor1D) => tf.Tensor4D;
