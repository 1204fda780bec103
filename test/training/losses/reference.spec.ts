import * as tf from '@tensorflow/tfjs';
import { describe, it } from 'vitest';
import {
  type AngularTripletNeighborOptions,
  angularTripletNeighbor,
} from '../../../src/training/losses/angularTripletNeighbor.js';
import { kl } from '../../../src/training/losses/kl.js';
import {
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
  meanSquaredError,
} from '../../../src/training/losses/reconstruction.js';
import { circular, nominal, ordinal } from '../../../src/training/losses/semantics.js';
import { triplet } from '../../../src/training/losses/triplet.js';
import { meanOfActive, meanOfSelected } from '../../../src/training/losses/triplets.js';
import reference from '../../reference/losses.json' with { type: 'json' };
import { expectClose, onBackends } from '../../sphere/points.js';

const semantics = { nominal, ordinal: ordinal(9), circular: circular(360) };

interface Variant {
  margin: number;
  semantics: keyof typeof semantics;
  negative?: 'anchor' | 'positive';
  neighborhood?: number;
  over?: 'active' | 'selected';
  temperature?: number;
}

/** Expects value and gradients of `loss` to be those that PyTorch found. */
function expectReference(
  loss: (...inputs: tf.Tensor2D[]) => tf.Tensor,
  inputs: number[][][],
  expected: { value: number; gradients: number[][] },
): void {
  tf.tidy(() => {
    const tensors = inputs.map((input) => tf.tensor2d(input));
    const f = loss as (...inputs: tf.Tensor[]) => tf.Tensor;
    const { value, grads } = tf.valueAndGrads(f)(tensors);
    expectClose(value, expected.value, 1e-6 * (1 + Math.abs(expected.value)));
    expected.gradients.forEach((gradient, i) => {
      expectClose(grads[i]!.flatten(), gradient, 3e-6 * (1 + Math.max(...gradient.map(Math.abs))));
    });
  });
}

onBackends('losses against PyTorch', () => {
  describe('angularTripletNeighbor', () => {
    it.each(reference.atnl.map((one) => [JSON.stringify(one.options), one] as const))('%s', (_name, one) => {
      const { margin, negative, neighborhood, over, temperature, ...rest } = one.options as Variant;
      const options: AngularTripletNeighborOptions = {
        margin,
        semantics: semantics[rest.semantics],
        negative: negative ?? 'anchor',
        neighborhood: neighborhood ?? Number.POSITIVE_INFINITY,
        reduction: over === 'selected' ? meanOfSelected : meanOfActive,
        ...(temperature === undefined ? {} : { temperature }),
      };
      tf.tidy(() => {
        const labels = tf.tensor1d(one.labels);
        expectReference((codes) => angularTripletNeighbor(codes!, labels, options), [reference.codes], one);
      });
    });
  });

  it.each(reference.triplet)('triplet with margin $margin', ({ margin, codes, labels, ...expected }) => {
    tf.tidy(() => {
      const classes = tf.tensor1d(labels);
      expectReference((rows) => triplet(rows!, classes, { margin }), [codes], expected);
    });
  });

  it('reconstruction', () => {
    tf.tidy(() => {
      const { images, shown, logits, ...expected } = reference.reconstruction;
      const x = tf.tensor2d(images);
      expectReference((y) => meanSquaredError(x, y!), [shown], expected.meanSquaredError);
      expectReference((y) => binaryCrossEntropy(x, y!), [shown], expected.binaryCrossEntropy);
      expectReference(
        (y) => binaryCrossEntropyWithLogits(x, y!),
        [logits],
        expected.binaryCrossEntropyWithLogits,
      );
    });
  });

  it('kl', () => {
    const { mean, logVariance, ...expected } = reference.kl;
    expectReference((mu, logVar) => kl(mu!, logVar!), [mean, logVariance], expected);
  });
});
