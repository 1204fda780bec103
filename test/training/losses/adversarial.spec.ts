import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { criticLoss, discriminatorLoss, generatorLoss } from '../../../src/training/losses/adversarial.js';
import { expectClose, onBackends } from '../../sphere/points.js';
import { expectNoLeak } from '../../tensors.js';

const column = (...values: number[]) => tf.tensor2d(values, [values.length, 1]);

onBackends('adversarial losses', () => {
  it('of a guess are those of a coin', () => {
    tf.tidy(() => {
      expectClose(discriminatorLoss(column(0, 0), column(0)), 2 * Math.log(2), 1e-6);
      expectClose(generatorLoss(column(0, 0, 0)), Math.log(2), 1e-6);
    });
  });

  it('are small for who is right, and finite with a gradient for who is surely wrong', () => {
    tf.tidy(() => {
      expectClose(discriminatorLoss(column(80, 80), column(-80)), 0, 1e-6);
      expectClose(discriminatorLoss(column(-80), column(80)), 160, 1e-4);
      expectClose(generatorLoss(column(-80, -60)), 70, 1e-4);
      const gradient = tf.grad((logits: tf.Tensor) => generatorLoss(logits as tf.Tensor2D));
      expectClose(gradient(column(-80, -60)), [[-0.5], [-0.5]], 1e-6);
    });
  });

  it("of ACAI's critic count the share in mixtures and anything in images", () => {
    tf.tidy(() => {
      expectClose(criticLoss(column(0.1, 0.4), column(0.1, 0.4), column(0, 0)), 0, 0);
      expectClose(criticLoss(column(0.3, 0.4), column(0.1, 0.4), column(0.5)), 0.04 / 2 + 0.25, 1e-6);
    });
  });

  it('leave nothing but the loss', async () => {
    const x = column(1, 2);
    await expectNoLeak(() => tf.dispose([discriminatorLoss(x, x), generatorLoss(x), criticLoss(x, x, x)]));
    expect(x.isDisposed).toBe(false);
    x.dispose();
  });
});
