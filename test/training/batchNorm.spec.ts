import * as tf from '@tensorflow/tfjs';
import { register } from 'tfjs-wasm-training';
import { beforeAll, describe, expect, it } from 'vitest';
import { UsageError } from '../../src/core/errors.js';
import type { Architecture, Autoencoder } from '../../src/models/architecture.js';
import { convolutionalAutoencoder } from '../../src/models/convolutional.js';
import { gridLayers } from '../../src/models/gridLayers.js';
import { writeWeights } from '../../src/models/model.js';
import type { StoredTensor } from '../../src/models/safetensors.js';
import { batchNorm } from '../../src/training/batchNorm.js';
import type { TrainingBatch } from '../../src/training/learner.js';
import reference from '../reference/grids.json' with { type: 'json' };
import { expectClose, onBackends } from '../sphere/points.js';
import { expectNoLeak } from '../tensors.js';
import { tinyAutoencoder } from './tiny.js';

const architecture: Architecture = {
  ...{ kind: 'convolutional', imageShape: [16, 16, 1], latentSize: 46, latentSpace: 'sphere', styleSize: 2 },
  ...{ filters: [2, 3, 4, 3], kernelSize: 3, grids: [2, 3] },
};
const [height, width] = architecture.imageShape;

/** Values in [−1, 1] as the reference draws them: those of the tensor that is drawn as the `number`th. */
const drawn = (number: number, shape: readonly number[]): Float32Array =>
  Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(12.9898 * (i + 1) + 78.233 * number));
const sizeOf = (shape: readonly number[]) => shape.reduce((product, side) => product * side);

const layers = gridLayers(architecture);
const normalizedLayers = layers.filter(
  ({ name, kernel }) => name.startsWith('encoder/') && kernel.length === 4,
);

function known(): Autoencoder {
  const autoencoder = convolutionalAutoencoder(architecture, 1);
  const weights = new Map<string, StoredTensor>();
  for (const [i, { name, kernel, outputs }] of layers.entries()) {
    const [side, , inputs] = name.startsWith('decoder/conv') && kernel[0] === 4 ? [4, 0, kernel[3]!] : kernel;
    const scale = kernel.length === 4 ? 2 / (side! * Math.sqrt(inputs!)) : 1;
    weights.set(`${name}/kernel`, {
      shape: kernel,
      values: drawn(i + 1, kernel).map((value) => scale * value),
    });
    const bias = drawn(layers.length + i + 1, [outputs]).map((value) => 0.1 * value);
    weights.set(`${name}/bias`, { shape: [outputs], values: bias });
  }
  writeWeights(autoencoder, weights, 'the reference');
  return autoencoder;
}

function knownNorm(autoencoder: Autoencoder) {
  const norm = batchNorm(autoencoder);
  const weights = new Map<string, StoredTensor>();
  const before = 2 * layers.length + 1;
  for (const [i, { name, outputs }] of normalizedLayers.entries()) {
    const scale = drawn(before + i, [outputs]).map((value) => 1 + 0.2 * value);
    const offset = drawn(before + normalizedLayers.length + i, [outputs]).map((value) => 0.2 * value);
    weights.set(`norm/${name}/scale`, { shape: [outputs], values: scale });
    weights.set(`norm/${name}/offset`, { shape: [outputs], values: offset });
  }
  writeWeights(norm, weights, 'the reference');
  return norm;
}

/** Number of the first tensor that is drawn after the weights. */
const AFTER = 2 * layers.length + 2 * normalizedLayers.length + 1;

const imagesOf = (number: number, count: number) =>
  tf.tensor4d(
    drawn(number, [count, height * width]).map((value) => 0.5 + 0.5 * value),
    [count, height, width, 1],
  );
const images = () => imagesOf(AFTER, 6);
const factors = () =>
  tf.tensor2d(drawn(AFTER + 4, [6, architecture.latentSize]), [6, architecture.latentSize]);

onBackends('an encoder with grids', () => {
  beforeAll(() => register());

  it('encodes and decodes as in PyTorch', () => {
    const autoencoder = known();
    tf.tidy(() => {
      const codes = autoencoder.encode(images());
      expectClose(codes.flatten(), reference.codes, 3e-6);
      expectClose(autoencoder.decode(codes).flatten(), reference.decoded, 1e-5);
    });
    autoencoder.dispose();
  });

  it('is normalized over a batch as in PyTorch, with its gradients', () => {
    const autoencoder = known();
    const norm = knownNorm(autoencoder);
    tf.tidy(() => {
      expectClose(norm.encode(images()).flatten(), reference.normalized, 2e-5);
      const variables = {
        'encoder/conv1/kernel': autoencoder.weights.get('encoder/conv1/kernel')!,
        'norm/encoder/conv2/scale': norm.weights.get('norm/encoder/conv2/scale')!,
      };
      const { grads } = tf.variableGrads(
        () => norm.encode(images()).mul(factors()).sum(),
        Object.values(variables),
      );
      for (const [name, variable] of Object.entries(variables)) {
        const expected = reference.gradients[name as keyof typeof reference.gradients];
        expectClose(grads[variable.name]!.flatten(), expected, 2e-4 * Math.max(...expected.map(Math.abs)));
      }
    });
    norm.dispose();
    autoencoder.dispose();
  });

  it('gives by itself, once it is finished, what it gave normalized by the moments of the batches', async () => {
    const autoencoder = known();
    await expectNoLeak(() => {
      const norm = knownNorm(autoencoder);
      const batches = [1, 2, 3].map((i) => ({ images: imagesOf(AFTER + i, 5) }) as TrainingBatch);
      norm.finish(batches);
      tf.dispose(batches.map(({ images }) => images));
      norm.dispose();
    });
    tf.tidy(() => {
      expectClose(autoencoder.encode(images()).flatten(), reference.atRest, 2e-5);
    });
    autoencoder.dispose();
  });
});

describe('batchNorm', () => {
  it('is refused for an encoder without grids', () => {
    const autoencoder = tinyAutoencoder();
    expect(() => batchNorm(autoencoder)).toThrow(UsageError);
    autoencoder.dispose();
  });
});
