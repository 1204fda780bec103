import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { angle } from '../../../src/sphere/angle.js';
import type { LossParts } from '../../../src/training/learner.js';
import { type AtnlOptions, atnl } from '../../../src/training/learners/atnl.js';
import { angularTripletNeighbor } from '../../../src/training/losses/angularTripletNeighbor.js';
import { squaredError } from '../../../src/training/losses/reconstruction.js';
import { circular, nominal, ordinal } from '../../../src/training/losses/semantics.js';
import { noiseBatch, onWasm, tinyArchitecture, tinyStyled } from '../../models/tiny.js';
import { expectClose } from '../../sphere/points.js';
import { batchOf, lossesAndGradients, withParts } from './prepared.js';

onWasm();

const labels = [0, 0, 1, 1, 3, 3];

/** Runs `body` with the terms that the objective has for a batch of noise, and with the parts that they come from. */
function withLosses(
  options: AtnlOptions,
  body: (terms: LossParts, images: tf.Tensor4D, codes: tf.Tensor2D, drawn: tf.Tensor4D) => void,
): void {
  withParts(atnl(options), ([part], autoencoder) => {
    const images = noiseBatch(labels.length, tinyArchitecture.imageShape);
    const codes = autoencoder.encode(images);
    body(part!.losses(batchOf(images, labels)), images, codes, autoencoder.decode(codes));
  });
}

describe('the ATNL objective', () => {
  it.each([0, 1, 20])('is reconstruction + %d · ATNL, its parts under their names', (lambda) => {
    withLosses({ lambda }, (terms) => {
      expect(Object.keys(terms).sort()).toEqual(['atnl', 'loss', 'reconstruction']);
      const [loss, reconstruction, angular] = [terms.loss, terms.reconstruction!, terms.atnl!].map(
        (term) => term.dataSync()[0]!,
      );
      expect(angular).toBeGreaterThan(0);
      expect(loss).toBeCloseTo(reconstruction! + lambda * angular!, 3);
    });
  });

  it('reconstructs by the squared error of an image, summed over its values', () => {
    withLosses({}, ({ reconstruction }, images, _codes, drawn) => {
      const wanted: number[] = [...images.dataSync()];
      const found = drawn.dataSync();
      const sum = wanted.reduce((total, value, i) => total + (value - found[i]!) ** 2, 0);
      expect(reconstruction!.dataSync()[0]).toBeCloseTo(sum / labels.length, 3);
    });
  });

  it.each([
    ['nominal', nominal],
    ['ordinal', ordinal(5)],
    ['circular', circular(5)],
  ] as const)('reads labels as %s', (semantics, distance) => {
    const options = { semantics, range: 5, margin: 0.7, negative: 'positive' } as const;
    withLosses(options, (terms, _images, codes) => {
      const expected = angularTripletNeighbor(codes, tf.tensor1d(labels), {
        semantics: distance,
        margin: 0.7,
        negative: 'positive',
      });
      expectClose(terms.atnl!, expected, 1e-6);
    });
  });

  it('decodes codes that are moved by about the noise, and compares those that are not', () => {
    const drawnAt: tf.Tensor2D[] = [];
    const learner = atnl({ noise: 0.4, lambda: 2 });
    withParts(learner, (_, autoencoder) => {
      const watched = {
        ...autoencoder,
        decode: (codes: tf.Tensor2D) => {
          drawnAt.push(codes);
          return autoencoder.decode(codes);
        },
      };
      const many = Array.from({ length: 60 }, (_label, i) => i % 3);
      const images = noiseBatch(many.length, tinyArchitecture.imageShape);
      const terms = learner.prepare(watched, 1).parts[0]!.losses(batchOf(images, many));
      const codes = autoencoder.encode(images);
      expectClose(
        terms.atnl!,
        angularTripletNeighbor(codes, tf.tensor1d(many), { semantics: nominal, margin: 1 }),
        1e-6,
      );
      expectClose(drawnAt[0]!.norm('euclidean', 1) as tf.Tensor1D, tf.ones([many.length]), 1e-5);
      const angle = codes.mul(drawnAt[0]!).sum(1).clipByValue(-1, 1).acos().mean().dataSync()[0]!;
      expect(angle).toBeGreaterThan(0.2);
      expect(angle).toBeLessThan(0.45);
    });
  });

  it('records its options for the card, the range only where it counts', () => {
    const options = { margin: 0.25, lambda: 3, negative: 'positive' } as const;
    expect(atnl({ ...options, range: 5 })).toMatchObject({
      name: 'atnl',
      options: { ...options, semantics: 'nominal' },
    });
    expect(atnl({ ...options, range: 5 }).options).not.toHaveProperty('range');
    expect(atnl(options).options).not.toHaveProperty('noise');
    expect(atnl({ noise: 0.3 }).options).toMatchObject({ noise: 0.3 });
    const ordered = { ...options, semantics: 'ordinal', range: 5 } as const;
    expect(atnl(ordered).options).toEqual(ordered);
  });
});

describe('the ATNL objective of codes with a style part', () => {
  const sizes = { kind: 2, style: 2 };
  /** Parts of codes, each at length 1. */
  const unitParts = (codes: tf.Tensor2D) =>
    (tf.split(codes, [sizes.kind, sizes.style], 1) as [tf.Tensor2D, tf.Tensor2D]).map((part) =>
      part.mul<tf.Tensor2D>(Math.SQRT2),
    ) as [tf.Tensor2D, tf.Tensor2D];

  it('decodes an image from its own style and the class part of another of its class', () => {
    withParts(
      atnl({ lambda: 2 }),
      ([part], autoencoder) => {
        const own = [0, 1, 0, 2, 1, 0];
        // The next of each class, in a circle; the only one of its class keeps its own.
        const next = [2, 4, 5, 3, 1, 0];
        const images = noiseBatch(own.length, tinyStyled.imageShape);
        const [kind, style] = unitParts(autoencoder.encode(images));
        const swapped = tf.concat([tf.gather(kind, next), style], 1).mul<tf.Tensor2D>(Math.SQRT1_2);
        const { reconstruction, atnl: angular } = part!.losses(batchOf(images, own));
        expectClose(reconstruction!, squaredError(images, autoencoder.decode(swapped)), 1e-4);
        expectClose(
          angular!,
          angularTripletNeighbor(kind, tf.tensor1d(own), { semantics: nominal, margin: 1 }),
          1e-6,
        );
      },
      tinyStyled,
    );
  });

  it('moves styles by the noise, and class parts not at all', () => {
    const learner = atnl({ noise: 0.4 });
    withParts(
      learner,
      (_, autoencoder) => {
        const drawnAt: tf.Tensor2D[] = [];
        const decode = (codes: tf.Tensor2D) => {
          drawnAt.push(codes);
          return autoencoder.decode(codes);
        };
        const own = Array.from({ length: 60 }, (_label, i) => i);
        const images = noiseBatch(own.length, tinyStyled.imageShape);
        learner.prepare({ ...autoencoder, decode }, 1).parts[0]!.losses(batchOf(images, own));
        const [kind, style] = unitParts(autoencoder.encode(images));
        const [kindDrawn, styleDrawn] = unitParts(drawnAt[0]!);
        expectClose(kindDrawn, kind, 1e-5);
        const moved = angle(style, styleDrawn).mean().dataSync()[0]!;
        expect(moved).toBeGreaterThan(0.1);
        expect(moved).toBeLessThan(0.6);
      },
      tinyStyled,
    );
  });

  it('reaches every weight', () => {
    withParts(
      atnl(),
      ([part], autoencoder) => {
        const batch = batchOf(noiseBatch(6, tinyStyled.imageShape), labels);
        const { gradients } = lossesAndGradients(part!, batch);
        expect([...gradients.keys()]).toEqual([...autoencoder.weights.keys()]);
        for (const gradient of gradients.values()) {
          expect(gradient.dataSync().some((value) => value !== 0)).toBe(true);
        }
      },
      tinyStyled,
    );
  });
});
