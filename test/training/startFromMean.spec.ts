import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/core/errors.js';
import { convolutionalAutoencoder } from '../../src/models/convolutional.js';
import { startFromMean } from '../../src/training/startFromMean.js';
import { noiseBatch, onWasm, tinyArchitecture } from '../models/tiny.js';
import { expectNoLeak } from '../tensors.js';

onWasm();

describe('startFromMean', () => {
  it.each([0.03, 0.5, 0.8])('lets an untrained decoder begin near the brightness %d', async (brightness) => {
    await expectNoLeak(() => {
      const autoencoder = convolutionalAutoencoder(tinyArchitecture, 1);
      startFromMean(autoencoder, brightness);
      const codes = tf.tidy(() => autoencoder.encode(noiseBatch(20, tinyArchitecture.imageShape)));
      const mean = tf.tidy(() => autoencoder.decode(codes).mean().dataSync()[0]!);
      codes.dispose();
      autoencoder.dispose();
      expect(Math.abs(mean - brightness)).toBeLessThan(0.12);
    });
  });

  it('stays where the sigmoid has a slope', () => {
    const autoencoder = convolutionalAutoencoder(tinyArchitecture, 1);
    for (const brightness of [0, 1]) {
      startFromMean(autoencoder, brightness);
      const [bias] = autoencoder.weights.get('decoder/conv0/bias')!.dataSync();
      expect(Math.abs(bias!)).toBeCloseTo(Math.log(99), 4);
    }
    autoencoder.dispose();
  });

  it('refuses what is no brightness', () => {
    const autoencoder = convolutionalAutoencoder(tinyArchitecture, 1);
    for (const brightness of [-0.1, 1.2, Number.NaN])
      expect(() => startFromMean(autoencoder, brightness)).toThrow(UsageError);
    autoencoder.dispose();
  });
});
