import * as tf from '@tensorflow/tfjs';
import { beforeAll } from 'vitest';
import { type ImageShape, sizeOf } from '../../src/core/image.js';
import { randomStream } from '../../src/core/random.js';
import type { Architecture } from '../../src/models/architecture.js';
import { type BaseCodes, baseCodes } from '../../src/models/baseCodes.js';
import { convolutionalAutoencoder } from '../../src/models/convolutional.js';
import { decodeModel, encodeModel, type Model } from '../../src/models/model.js';
import type { ModelCard } from '../../src/models/modelCard.js';
import { selectBackend } from '../../src/node/selectBackend.js';

/** Runs the tests of a file on wasm, the backend that users get by default. */
export function onWasm(): void {
  beforeAll(() => selectBackend('wasm'));
}

/** A net that computes in no time. */
export const tinyArchitecture: Architecture = {
  kind: 'convolutional',
  imageShape: [12, 12, 1],
  latentSize: 4,
  latentSpace: 'sphere',
  filters: [4, 8],
  kernelSize: 3,
};

/** The same with codes of which half say the style. */
export const tinyStyled: Architecture = { ...tinyArchitecture, styleSize: 2 };

export function tinyCard(architecture = tinyArchitecture): ModelCard {
  return {
    name: 'tiny',
    learner: 'atnl',
    architecture,
    data: { name: 'noise', split: 'train', images: 10, classes: [0, 'one'], labelled: true },
    protocol: 'paper',
    command: 'fewshot train',
    seed: 1,
    epochs: 2,
    batchSize: 5,
    learningRate: 0.001,
    shift: 0,
    objective: { semantics: 'nominal', lambda: 20 },
    scores: { knn: 0.9 },
    versions: { 'fewshot-atnl': '0.0.0' },
  };
}

/** Three random codes of each of two classes, on the sphere. */
export function tinyBase({ latentSize } = tinyArchitecture): BaseCodes {
  const codes = Array.from({ length: 6 }, (_, i) => {
    const random = randomStream('base', i);
    const code = Float32Array.from({ length: latentSize }, () => random.uniform(-1, 1));
    return code.map((value) => value / Math.hypot(...code));
  });
  return baseCodes(codes, [0, 1, 0, 1, 0, 1]);
}

/** The bytes of an untrained model's file. */
export async function tinyFile(seed = 1, architecture = tinyArchitecture): Promise<Uint8Array> {
  const autoencoder = convolutionalAutoencoder(architecture, seed);
  try {
    return await encodeModel(autoencoder, tinyCard(architecture), tinyBase(architecture));
  } finally {
    autoencoder.dispose();
  }
}

/** An untrained model. */
export async function tinyModel(seed = 1, architecture = tinyArchitecture): Promise<Model> {
  return decodeModel(await tinyFile(seed, architecture), 'tiny');
}

/** Pixels of one image, uniform in [0, 1). */
export function noise(shape: ImageShape, ...keys: (number | string)[]): Float32Array {
  const random = randomStream('noise', ...keys);
  return Float32Array.from({ length: sizeOf(shape) }, () => random.uniform());
}

/** `n` images of noise, `[n, h, w, c]`. */
export function noiseBatch(n: number, shape: ImageShape): tf.Tensor4D {
  const images = Array.from({ length: n }, (_, i) => tf.tensor3d(noise(shape, i), [...shape]));
  const batch = tf.stack(images) as tf.Tensor4D;
  tf.dispose(images);
  return batch;
}
