import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { assertKernels, requiredKernels } from '../../src/backend/requiredKernels.js';
import { createCnn } from '../../src/classify/cnn.js';
import { BackendError } from '../../src/core/errors.js';
import { efficientNetLite, weightShapes } from '../../src/models/efficientNetLite.js';
import { expMap } from '../../src/sphere/exp.js';
import { logMap } from '../../src/sphere/log.js';
import { frechetMean } from '../../src/sphere/mean.js';
import { slerp } from '../../src/sphere/slerp.js';
import { transport } from '../../src/sphere/transport.js';
import { fitAutoencoder } from '../../src/training/fitAutoencoder.js';
import { learnerNames } from '../../src/training/learners/createLearner.js';
import { autoencoderFor, tinyLearner } from '../training/learners/prepared.js';
import { dataOf, tinyImages } from '../training/tiny.js';
import { smallAutoencoderStep } from './smallAutoencoder.js';

/** Kernels of the cpu backend that `body` calls. */
async function kernelsOf(body: () => Promise<unknown>): Promise<string[]> {
  const called = new Set<string>();
  const kernels = tf.getKernelsForBackend('cpu');
  for (const kernel of kernels) {
    tf.unregisterKernel(kernel.kernelName, 'cpu');
    tf.registerKernel({
      ...kernel,
      kernelFunc: (call) => {
        called.add(kernel.kernelName);
        return kernel.kernelFunc(call);
      },
    });
  }
  try {
    await body();
  } finally {
    for (const kernel of kernels) {
      tf.unregisterKernel(kernel.kernelName, 'cpu');
      tf.registerKernel(kernel);
    }
  }
  return [...called].sort();
}

/** Error that `body` throws. */
function errorOf(body: () => void): BackendError {
  try {
    body();
  } catch (error) {
    return error as BackendError;
  }
  throw new Error('nothing was thrown');
}

describe('requiredKernels', () => {
  beforeAll(async () => {
    await tf.setBackend('cpu');
  });

  it('lists every kernel that a training step of an autoencoder calls', async () => {
    const called = await kernelsOf(smallAutoencoderStep);
    expect(called).toContain('Conv2DBackpropFilter');
    expect(called.filter((kernel) => !requiredKernels.includes(kernel))).toEqual([]);
  });

  it.each([...learnerNames])('lists every kernel that training with %s calls', async (name) => {
    const called = await kernelsOf(async () => {
      const learner = tinyLearner(name);
      const autoencoder = autoencoderFor(learner);
      await fitAutoencoder(autoencoder, learner, dataOf(tinyImages(6)), { epochs: 1, batchSize: 6, seed: 1 });
      autoencoder.dispose();
    });
    expect(called).toContain('Conv2DBackpropFilter');
    expect(called.filter((kernel) => !requiredKernels.includes(kernel))).toEqual([]);
  });

  it.each(['fast', 'standard'] as const)('lists every kernel that the %s CNN calls', async (preset) => {
    const called = await kernelsOf(async () => {
      const cnn = createCnn({ preset, shape: [12, 12, 1], classes: 3, seed: 1 });
      const xs = tf.fill([3, 12, 12, 1], 0.5) as tf.Tensor4D;
      const ys = tf.oneHot(tf.tensor1d([0, 1, 2], 'int32'), 3) as tf.Tensor2D;
      await cnn.fit([{ xs, ys, dispose: () => tf.dispose([xs, ys]) }]);
      await cnn.predict(new Float32Array(12 * 12), 1);
      cnn.dispose();
    });
    expect(called).toContain('Conv2DBackpropFilter');
    expect(called.filter((kernel) => !requiredKernels.includes(kernel))).toEqual([]);
  });

  it('lists every kernel that features of photos call', async () => {
    const called = await kernelsOf(async () => {
      const weights = [...weightShapes].map(
        ([name, shape]) =>
          [name, { shape, values: new Float32Array(tf.util.sizeFromShape([...shape])) }] as const,
      );
      const net = efficientNetLite(new Map(weights));
      tf.tidy(() => net.features(tf.zeros([1, 16, 16, 3])));
      net.dispose();
    });
    expect(called).toContain('FusedDepthwiseConv2D');
    expect(called.filter((kernel) => !requiredKernels.includes(kernel))).toEqual([]);
  });

  it('lists every kernel that geometry on the sphere calls', async () => {
    const called = await kernelsOf(async () => {
      tf.tidy(() => {
        const [first, second] = [0, 1].map(
          (axis) => tf.oneHot(tf.tensor1d([axis], 'int32'), 3).toFloat() as tf.Tensor2D,
        );
        slerp(first!, second!, tf.tensor1d([0.3]));
        transport(logMap(first!, second!), first!, expMap(first!, logMap(first!, second!)));
        frechetMean(tf.concat([first!, second!]));
      });
    });
    expect(called).toContain('Sin');
    expect(called.filter((kernel) => !requiredKernels.includes(kernel))).toEqual([]);
  });
});

describe('assertKernels', () => {
  it('passes a backend that has them all', () => {
    expect(() => assertKernels('cpu')).not.toThrow();
  });

  it('names every missing kernel and the work that needs it', () => {
    const removed = ['Acos', 'TopK'].map((name) => tf.getKernel(name, 'cpu'));
    for (const kernel of removed) tf.unregisterKernel(kernel.kernelName, 'cpu');
    try {
      const error = errorOf(() => assertKernels('cpu'));
      expect(error).toBeInstanceOf(BackendError);
      expect(error.message).toBe(
        'The cpu backend lacks kernels: Acos (geometry on the sphere); TopK (classifying).',
      );
      expect(error.hint).toContain('Choose another backend');
    } finally {
      for (const kernel of removed) tf.registerKernel(kernel);
    }
  });

  it('finds that the published wasm backend cannot train convolutions', () => {
    expect(errorOf(() => assertKernels('wasm')).message).toBe(
      'The wasm backend lacks kernels: Conv2DBackpropFilter (training).',
    );
  });

  it('names all of them for a backend that does not exist', () => {
    const { message } = errorOf(() => assertKernels('abacus'));
    for (const kernel of requiredKernels) expect(message).toContain(kernel);
  });
});
