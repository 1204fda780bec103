import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { kl } from '../../../src/training/losses/kl.js';
import {
  bernoulliError,
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
  meanSquaredError,
  squaredError,
} from '../../../src/training/losses/reconstruction.js';
import { expectClose, law, onBackends, sizes, vectors } from '../../sphere/points.js';
import { expectNoLeak } from '../../tensors.js';

onBackends('reconstruction', () => {
  it('is the same from logits as from their sigmoid', () => {
    law(sizes, ([seed, n, d]) => {
      // A float32 sigmoid near 1 has few digits left for 1 − y, and beyond some 10 hardly any.
      const logits = tf
        .tensor2d(vectors(seed, n, d))
        .mul(3)
        .clipByValue(-6, 6) as tf.Tensor2D;
      const images = tf.tensor2d(vectors(seed + 1, n, d)).sigmoid();
      const direct = binaryCrossEntropyWithLogits(images, logits);
      expectClose(binaryCrossEntropy(images, logits.sigmoid()), direct, 5e-4);
    });
  });

  it('stays finite for probabilities of 0 and 1, and logits of any size', () => {
    tf.tidy(() => {
      const images = tf.tensor1d([1, 0]);
      const wrong = tf.tensor1d([0, 1]);
      expectClose(binaryCrossEntropy(images, wrong), -Math.log(1e-6), 0.1);
      expectClose(binaryCrossEntropy(images, images), 0, 2e-6);
      expectClose(binaryCrossEntropyWithLogits(images, tf.tensor1d([-500, 500])), 500, 0);
      const gradient = tf.grad((l: tf.Tensor) => binaryCrossEntropyWithLogits(images, l));
      expectClose(gradient(tf.tensor1d([-500, 500])), [-0.5, 0.5], 1e-6);
      expectClose(gradient(tf.tensor1d([0, 0])), [-0.25, 0.25], 1e-6);
    });
  });

  it('sums over the values of an image where a likelihood does', () => {
    tf.tidy(() => {
      const images = tf.tensor([1, 0, 0.5, 1, 0, 0], [2, 3, 1, 1]);
      const logits = tf.tensor([2, 0, -1, 0, 3, 0], [2, 3, 1, 1]);
      const shown = logits.sigmoid();
      expectClose(squaredError(images, shown), meanSquaredError(images, shown).mul(3), 1e-6);
      const likelihood = images.mul(shown.log()).add(tf.sub(1, images).mul(tf.sub(1, shown).log()));
      expectClose(bernoulliError(images, logits), likelihood.sum().div(-2), 1e-5);
    });
  });

  it('takes images of any rank', () => {
    tf.tidy(() => {
      const images = tf.ones([2, 3, 3, 1]);
      expectClose(meanSquaredError(images, images.mul(0.5)), 0.25, 1e-7);
      expectClose(binaryCrossEntropy(images, images.mul(0.5)), Math.log(2), 1e-6);
    });
  });
});

onBackends('kl', () => {
  it('is 0 at the prior and positive elsewhere', () => {
    law(sizes, ([seed, n, d]) => {
      expectClose(kl(tf.zeros([n, d]), tf.zeros([n, d])), 0, 0);
      const [mean, logVariance] = [tf.tensor2d(vectors(seed, n, d)), tf.tensor2d(vectors(seed + 1, n, d))];
      expect(kl(mean, logVariance).dataSync()[0]).toBeGreaterThan(0);
    });
  });

  it('leaves no tensor behind, nor do the reconstruction terms', async () => {
    const x = tf.tensor2d([[0.2, 0.7]]);
    await expectNoLeak(() =>
      tf.dispose([
        kl(x, x),
        meanSquaredError(x, x),
        binaryCrossEntropy(x, x),
        binaryCrossEntropyWithLogits(x, x),
      ]),
    );
    x.dispose();
  });
});
