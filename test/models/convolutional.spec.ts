import * as tf from '@tensorflow/tfjs';
import { describe, expect, it, vi } from 'vitest';
import type { ImageShape } from '../../src/core/image.js';
import type { Architecture } from '../../src/models/architecture.js';
import { convolutionalAutoencoder, emptyAutoencoder } from '../../src/models/convolutional.js';
import { readWeights } from '../../src/models/model.js';
import { expectOnSphere } from '../sphere/points.js';
import { expectNoLeak } from '../tensors.js';
import { noiseBatch, onWasm, tinyArchitecture, tinyStyled } from './tiny.js';

onWasm();

describe('a convolutional autoencoder', () => {
  it('has the same weights, but none drawn, if it is to be read', () => {
    for (const architecture of [tinyArchitecture, tinyStyled]) {
      const [drawn, empty] = [convolutionalAutoencoder(architecture, 1), emptyAutoencoder(architecture)];
      const shapes = ({ weights }: typeof drawn) => [...weights].map(([name, { shape }]) => [name, shape]);
      expect(shapes(empty)).toEqual(shapes(drawn));
      for (const weight of empty.weights.values())
        expect(weight.dataSync().every((value) => value === 0)).toBe(true);
      for (const net of [drawn, empty]) net.dispose();
    }
  });

  it.each<Pick<Architecture, 'imageShape' | 'filters' | 'kernelSize'>>([
    { imageShape: [12, 12, 1], filters: [4, 8], kernelSize: 3 },
    { imageShape: [13, 11, 3], filters: [4, 8], kernelSize: 4 },
    { imageShape: [9, 14, 2], filters: [3, 4, 5], kernelSize: 4 },
    { imageShape: [1, 5, 1], filters: [2], kernelSize: 1 },
  ])('keeps the shape of images: %o', (parts) => {
    const autoencoder = convolutionalAutoencoder({ ...tinyArchitecture, ...parts }, 1);
    tf.tidy(() => {
      const codes = autoencoder.encode(noiseBatch(3, parts.imageShape as ImageShape));
      expect(codes.shape).toEqual([3, 4]);
      const images = autoencoder.decode(codes);
      expect(images.shape).toEqual([3, ...parts.imageShape]);
    });
    expect(autoencoder.imageShape).toEqual(parts.imageShape);
    autoencoder.dispose();
  });

  it('decodes and trains to the same bits without the kernels that do several things at once', () => {
    const autoencoder = convolutionalAutoencoder({ ...tinyArchitecture, filters: [8, 16] }, 1);
    const outcome = () =>
      tf.tidy(() => {
        const images = noiseBatch(3, tinyArchitecture.imageShape);
        const decoded = () => autoencoder.decode(autoencoder.encode(images));
        const { value, grads } = tf.variableGrads(() => tf.mean(tf.squaredDifference(decoded(), images)));
        const tensors = [
          decoded(),
          value,
          ...[...autoencoder.weights.values()].map(({ name }) => grads[name]!),
        ];
        return tensors.map((tensor) => tensor.dataSync());
      });
    const together = outcome();
    const kernels = ['Conv2DBiasRelu', 'Conv2DTransposeBiasRelu'].map((name) => tf.getKernel(name, 'wasm')!);
    const called = kernels.map((kernel) => vi.spyOn(kernel, 'kernelFunc'));
    outcome();
    expect(called.map(({ mock }) => mock.calls.length)).toEqual([2, 2]);
    vi.restoreAllMocks();
    for (const { kernelName } of kernels) tf.unregisterKernel(kernelName, 'wasm');
    try {
      expect(outcome()).toEqual(together);
    } finally {
      kernels.forEach(tf.registerKernel);
      autoencoder.dispose();
    }
  });

  it('encodes onto the sphere, or anywhere when the latent space is euclidean', () => {
    const [sphere, euclidean] = (['sphere', 'euclidean'] as const).map((latentSpace) =>
      convolutionalAutoencoder({ ...tinyArchitecture, latentSpace }, 1),
    );
    tf.tidy(() => {
      const images = noiseBatch(5, tinyArchitecture.imageShape);
      expectOnSphere(sphere!.encode(images));
      const lengths = euclidean!.encode(images).norm('euclidean', 1).dataSync();
      expect(lengths.every((length) => Math.abs(length - 1) > 1e-3)).toBe(true);
    });
    sphere!.dispose();
    euclidean!.dispose();
  });

  it('with a style part encodes to two points of length √½, and decodes whatever length a path left them', () => {
    const autoencoder = convolutionalAutoencoder(tinyStyled, 1);
    tf.tidy(() => {
      const codes = autoencoder.encode(noiseBatch(5, tinyStyled.imageShape));
      expectOnSphere(codes);
      const [kind, style] = tf.split(codes, 2, 1);
      for (const part of [kind!, style!]) {
        for (const length of part.norm('euclidean', 1).dataSync())
          expect(length).toBeCloseTo(Math.SQRT1_2, 5);
      }
      const stretched = tf.concat([kind!.mul(0.3), style!.mul(2)], 1) as tf.Tensor2D;
      const [a, b] = [codes, stretched].map((rows) => autoencoder.decode(rows).dataSync());
      for (const [i, value] of a!.entries()) expect(b![i]).toBeCloseTo(value, 5);
    });
    expect(autoencoder.styleSize).toBe(2);
    expect([...autoencoder.weights.keys()]).toContain('encoder/style/kernel');
    autoencoder.dispose();
  });

  it('gives distributions whose means are its codes, when it is variational, and only then', () => {
    const variational: Architecture = { ...tinyArchitecture, latentSpace: 'euclidean', variational: true };
    const autoencoder = convolutionalAutoencoder(variational, 1);
    tf.tidy(() => {
      const images = noiseBatch(3, tinyArchitecture.imageShape);
      const { mean, logVariance } = autoencoder.posterior!(images);
      expect(mean.dataSync()).toEqual(autoencoder.encode(images).dataSync());
      expect(logVariance.shape).toEqual([3, 4]);
      expect(logVariance.dataSync()).not.toEqual(mean.dataSync());
    });
    autoencoder.dispose();
    const plain = convolutionalAutoencoder({ ...variational, variational: false }, 1);
    expect(plain.posterior).toBeUndefined();
    plain.dispose();
  });

  it('decodes to the sigmoid of its logits', () => {
    const autoencoder = convolutionalAutoencoder({ ...tinyArchitecture, imageShape: [13, 11, 3] }, 1);
    tf.tidy(() => {
      const codes = tf.tensor2d([1, -2, 3, 0.5, 0, 0, 0, 0], [2, 4]);
      const images = autoencoder.decode(codes).dataSync();
      const logits = autoencoder.logits(codes).dataSync();
      for (const [i, logit] of logits.entries()) expect(images[i]).toBeCloseTo(1 / (1 + Math.exp(-logit)), 5);
    });
    autoencoder.dispose();
  });

  it('draws values in [0, 1], even from codes far away', () => {
    const autoencoder = convolutionalAutoencoder(tinyArchitecture, 1);
    tf.tidy(() => {
      const pixels = autoencoder.decode(tf.tensor2d([1e3, -1e3, 1e3, 1e3, 0, 0, 0, 0], [2, 4])).dataSync();
      expect(Math.min(...pixels)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...pixels)).toBeLessThanOrEqual(1);
    });
    autoencoder.dispose();
  });

  it('starts with the same weights for the same seed, and others for another', () => {
    const [first, again, other] = [4, 4, 5].map((seed) => convolutionalAutoencoder(tinyArchitecture, seed));
    expect(readWeights(again!)).toEqual(readWeights(first!));
    for (const [name, { values }] of readWeights(other!)) {
      if (name.endsWith('kernel')) expect(values).not.toEqual(readWeights(first!).get(name)!.values);
    }
    for (const autoencoder of [first!, again!, other!]) autoencoder.dispose();
  });

  it('starts each layer with numbers of its own', () => {
    const autoencoder = convolutionalAutoencoder(tinyArchitecture, 4);
    const kernels = [...readWeights(autoencoder)].filter(([name]) => name.endsWith('kernel'));
    // Layers differ in the deviation of their weights: the ratio of the first two does not.
    const ratios = kernels.map(([, { values }]) => values[0]! / values[1]!);
    for (const [i, ratio] of ratios.entries()) {
      for (const other of ratios.slice(i + 1)) expect(Math.abs(ratio / other - 1)).toBeGreaterThan(1e-3);
    }
    autoencoder.dispose();
  });

  it('names its weights in an order of their own, whatever else the process has built', () => {
    const names = [1, 2].map((seed) => {
      const autoencoder = convolutionalAutoencoder(tinyArchitecture, seed);
      const found = [...autoencoder.weights.keys()];
      autoencoder.dispose();
      return found;
    });
    const layers = [
      'encoder/conv0',
      'encoder/conv1',
      'encoder/code',
      'decoder/start',
      'decoder/conv1',
      'decoder/conv0',
    ];
    const expected = layers.flatMap((layer) => [`${layer}/kernel`, `${layer}/bias`]);
    expect(names).toEqual([expected, expected]);
  });

  it('frees all of itself, and leaves nothing of a pass', async () => {
    await expectNoLeak(() => {
      const autoencoder = convolutionalAutoencoder({ ...tinyArchitecture, imageShape: [13, 11, 3] }, 1);
      const images = noiseBatch(2, [13, 11, 3]);
      const codes = autoencoder.encode(images);
      tf.dispose([images, codes, autoencoder.decode(codes)]);
      autoencoder.dispose();
    });
  });
});
