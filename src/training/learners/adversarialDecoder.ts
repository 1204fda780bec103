import * as tf from '@tensorflow/tfjs-core';
import { checkRange } from '../../core/checks.js';
import { checkOptionBag } from '../../core/kindChecks.js';
import type { Autoencoder } from '../../models/architecture.js';
import {
  denseNet,
  featureNet,
  initializersOf,
  joinParts,
  outputsOf,
  splitParts,
  weightsByName,
} from '../../models/nets.js';
import { normalizeRows } from '../../sphere/normalize.js';
import type { Learner, TrainingBatch } from '../learner.js';
import { squaredError } from '../losses/reconstruction.js';
import { normals } from './noise.js';
import { nextOfClass, weightedRows } from './weightedRows.js';

export interface AdversarialDecoderOptions {
  /** Weight of the critic's verdict on drawings. Default 20. */
  readonly critic?: number;
  /** Weight of the distance between a code and what the encoder makes of its drawing. Default 40. */
  readonly cycle?: number;
}

/** Standard deviation of the noise on what the critic sees, in units of a pixel's range (instance noise, arXiv 1610.04490). */
const INSTANCE_NOISE = 0.15;

/**
 * Trains the decoder alone to draw crisply: on the codes of an encoder that is there already and stays as it is. Ours, not the
 * paper's. A decoder that learns from squared errors alone draws the mean of all images that a code might stand for, which is soft.
 * Here new codes are drawn as well, and a critic D learns to tell the drawings from real images, with the losses of least squares
 * (Mao et al., arXiv 1611.04076) and, by projection on the class part of the code (Miyato and Koyama, arXiv 1802.05637), whether
 * they show its class:
 *
 *     critic    (D(x) − 1)² + D(g(z))²
 *     decoder   ‖x − g(f(x))‖² + critic · (D(g(z)) − 1)² + cycle · ‖f(g(z)) − z‖²
 *
 * The last term keeps drawings where their codes are (cycle consistency). New codes z lie on paths: of each four images two
 * are moved towards the next of their class, one gets the style between two others of one class, where codes have a style part, and one
 * is carried along the difference of two others.
 */
export function adversarialDecoder(options: AdversarialDecoderOptions = {}): Learner {
  const { critic: criticWeight = 20, cycle: cycleWeight = 40 } = checkOptionBag(
    'adversarialDecoder',
    options,
  );
  checkRange('critic', criticWeight, { least: 0, of: 'adversarialDecoder' });
  checkRange('cycle', cycleWeight, { least: 0, of: 'adversarialDecoder' });
  return {
    name: 'adversarialDecoder',
    latentSpace: 'sphere',
    variational: false,
    supervised: true,
    continues: true,
    options: { critic: criticWeight, cycle: cycleWeight },
    prepare(autoencoder, seed) {
      const { encode, decode, weights } = autoencoder;
      const critic = projectionCritic(autoencoder, seed);
      return {
        parts: [
          {
            name: 'autoencoder',
            weights: new Map([...weights].filter(([name]) => name.startsWith('decoder/'))),
            losses(batch) {
              const { images, random } = batch;
              const codes = encode(images);
              const { fresh, kinds } = newCodes(codes, batch, autoencoder);
              const [restored, drawn] = tf.split(decode(tf.concat([codes, fresh])), 2) as [
                tf.Tensor4D,
                tf.Tensor4D,
              ];
              const reconstruction = squaredError(images, restored);
              const verdict: tf.Scalar = critic
                .judge(noisy(drawn, random('drawn')), kinds)
                .sub(1)
                .square()
                .mean();
              const cycle: tf.Scalar = encode(drawn).sub(fresh).square().sum(1).mean();
              const loss = tf.addN([reconstruction, verdict.mul(criticWeight), cycle.mul(cycleWeight)]);
              return { loss: loss as tf.Scalar, reconstruction, verdict, cycle };
            },
          },
          {
            name: 'critic',
            weights: critic.weights,
            losses(batch) {
              const { images, random } = batch;
              const { fresh, kinds, own } = newCodes(encode(images), batch, autoencoder);
              const seen = [noisy(images, random('real')), noisy(decode(fresh), random('fake'))];
              const [real, fake] = tf.split(critic.judge(tf.concat(seen), tf.concat([own, kinds])), 2);
              return { loss: tf.add<tf.Scalar>(real!.sub(1).square().mean(), fake!.square().mean()) };
            },
          },
        ],
        dispose: critic.dispose,
      };
    },
  };
}

/** A net that gives verdicts `[n, 1]` on images: 1 for real ones of the class that the class parts of codes say, 0 for drawings. */
function projectionCritic({ architecture, latentSize, styleSize }: Autoencoder, seed: number) {
  const initializer = initializersOf(seed);
  const kindSize = latentSize - styleSize;
  const features = featureNet(architecture, 'critic', initializer);
  const head = denseNet(outputsOf(features), [['critic/verdict', 1 + kindSize]], initializer);
  return {
    weights: weightsByName([features, head]),
    judge(images: tf.Tensor4D, kinds: tf.Tensor2D): tf.Tensor2D {
      const verdicts = head.apply(features.apply(images)) as tf.Tensor2D;
      const [alone, byKind] = tf.split(verdicts, [1, kindSize], 1) as [tf.Tensor2D, tf.Tensor2D];
      return alone.add(byKind.mul(kinds).sum(1, true));
    },
    dispose() {
      features.dispose();
      head.dispose();
    },
  };
}

function noisy(images: tf.Tensor4D, random: ReturnType<TrainingBatch['random']>): tf.Tensor4D {
  const [n, ...shape] = images.shape;
  const pixels = shape.reduce((product, side) => product * side);
  return images.add(normals([n, pixels], random, INSTANCE_NOISE).reshape<tf.Tensor4D>(images.shape));
}

/** Codes on paths between those of a batch, their class parts, and those of the batch. Parts of length 1. */
function newCodes(
  codes: tf.Tensor2D,
  { labels, random }: TrainingBatch,
  { styleSize }: Autoencoder,
): { readonly fresh: tf.Tensor2D; readonly kinds: tf.Tensor2D; readonly own: tf.Tensor2D } {
  const classes = labels.dataSync();
  const n = classes.length;
  const stream = random('paths');
  const drawn = Array.from(classes, () => [Math.floor(stream.uniform(0, n)), stream.uniform()] as const);
  const towardsNext = (i: number, omega: number) =>
    [
      [i, 1 - omega],
      [nextOfClass(classes, i), omega],
    ] as const;
  const along = (i: number, other: number, omega: number) =>
    [
      [i, 1],
      [other, -omega],
      [nextOfClass(classes, other), omega],
    ] as const;
  const rowsOf = (part: 'kind' | 'style') =>
    weightedRows(n, n, (i) => {
      const [other, omega] = drawn[i]!;
      if (i % 2 === 0) return towardsNext(i, omega);
      if (i % 4 === 1) return part === 'kind' ? [[i, 1]] : towardsNext(other, omega);
      return along(i, other, omega);
    });
  if (styleSize === 0) {
    const fresh = normalizeRows(tf.matMul(rowsOf('kind'), codes));
    return { fresh, kinds: fresh, own: codes };
  }
  const { kind, style } = splitParts(codes, styleSize);
  const kinds = normalizeRows(tf.matMul(rowsOf('kind'), kind));
  const fresh = joinParts({ kind: kinds, style: tf.matMul(rowsOf('style'), style) });
  return { fresh, kinds, own: normalizeRows(kind) };
}
