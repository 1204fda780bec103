import * as tf from '@tensorflow/tfjs-core';
import { checkShare } from '../core/checks.js';
import { checkModel } from '../core/kindChecks.js';
import type { Autoencoder } from '../models/architecture.js';

/** Darkest and brightest start; beyond, the sigmoid is too flat for training. */
const [DARKEST, BRIGHTEST] = [0.01, 0.99];

/**
 * Sets the bias of an untrained decoder's output so that it begins with images of that mean brightness, in [0, 1]. A decoder
 * begins in the middle, at 0.5; on images that are nearly all black, a squared error then first drives every output so far
 * down that the sigmoid has no slope left, and nothing but black is ever drawn.
 *
 * @throws UsageError when the brightness is not in [0, 1]
 */
export function startFromMean(autoencoder: Autoencoder, brightness: number): void {
  checkModel(autoencoder, 'the autoencoder');
  checkShare('brightness', brightness);
  const mean = Math.min(BRIGHTEST, Math.max(DARKEST, brightness));
  const bias = autoencoder.weights.get('decoder/conv0/bias')!;
  tf.tidy(() => bias.assign(tf.fill(bias.shape, Math.log(mean / (1 - mean)))));
}
