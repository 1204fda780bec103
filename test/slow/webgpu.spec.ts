import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWebgpu } from '../../src/backend/webgpu.js';
import { createCnn } from '../../src/classify/cnn.js';
import { knnEngine } from '../../src/classify/knnEngines.js';
import { randomStream } from '../../src/core/random.js';
import { openDawn } from '../../src/node/dawn.js';
import { loadModel } from '../../src/node/loadModel.js';
import { expMap } from '../../src/sphere/exp.js';
import { logMap } from '../../src/sphere/log.js';
import { frechetMean } from '../../src/sphere/mean.js';
import { slerp } from '../../src/sphere/slerp.js';
import { transport } from '../../src/sphere/transport.js';
import { fitAutoencoder } from '../../src/training/fitAutoencoder.js';
import { learnerNames } from '../../src/training/learners/createLearner.js';
import { smallAutoencoderStep } from '../backend/smallAutoencoder.js';
import { expectNoLeak } from '../tensors.js';
import { autoencoderFor, tinyLearner } from '../training/learners/prepared.js';
import { dataOf, tinyImages, weightsOf } from '../training/tiny.js';
import { packInto, run } from './packed.js';

/** A Vulkan driver of software, which Chromium brings; Dawn finds it by this variable, and needs libvulkan1. */
process.env.VK_ICD_FILENAMES ??= '/usr/lib/chromium/vk_swiftshader_icd.json';

let folder: string;

/** A project with the packed package, and Dawn. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fewshot-webgpu-'));
  await writeFile(join(folder, 'package.json'), '{ "private": true }');
  const packages = [await packInto(folder), 'rxjs@7', 'webgpu@0.6.2'];
  await run('npm', ['install', '--no-audit', '--no-fund', ...packages], folder);
}, 300_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const fewshot = (...args: string[]) => run('npx', ['fewshot', ...args, '--backend', 'webgpu'], folder);

describe('the command line on webgpu', () => {
  it('says which package is missing, then which adapter computes', async () => {
    await expect(fewshot('info')).rejects.toMatchObject({
      stderr: expect.stringMatching(/npm install @tensorflow\/tfjs-backend-webgpu@4\.22\.0/),
    });
    await run(
      'npm',
      ['install', '--no-audit', '--no-fund', '@tensorflow/tfjs-backend-webgpu@4.22.0'],
      folder,
    );
    const { stdout } = await fewshot('info');
    expect(stdout).toMatch(/^backend {3}webgpu \(graphics card, by WebGPU\)$/m);
    expect(stdout).toMatch(/^adapter {3}SwiftShader.* \(software, slow\)$/m);
  });

  it('says what to do where there is no adapter', async () => {
    const env = { ...process.env, VK_ICD_FILENAMES: '/nowhere' };
    await expect(run('npx', ['fewshot', 'info', '--backend', 'webgpu'], folder, env)).rejects.toMatchObject({
      stderr: expect.stringMatching(/there is no adapter.\n.*libvulkan1.*VK_ICD_FILENAMES/),
    });
  });

  it('is not chosen by itself', async () => {
    const { stdout } = await run('npx', ['fewshot', 'info'], folder);
    expect(stdout).not.toMatch(/webgpu/);
  });
});

describe('webgpu in Node', () => {
  beforeAll(async () => {
    const dawn = pathToFileURL(join(folder, 'node_modules/webgpu/index.js')).href;
    const { adapter } = await startWebgpu(() => openDawn(() => import(/* @vite-ignore */ dawn)));
    expect(adapter?.software).toBe(true);
    // So that small tensors go to the adapter, too.
    tf.env().set('WEBGPU_CPU_FORWARD', false);
  });

  /** Arrays that `body` gives on cpu and on webgpu by name: equal in shape, and near. */
  async function expectParity(
    body: () => Promise<Readonly<Record<string, ArrayLike<number>>>>,
    tolerance = 1e-4,
  ): Promise<void> {
    await tf.setBackend('cpu');
    const expected = await body();
    await tf.setBackend('webgpu');
    const found = await expectNoLeak(body);
    expect(Object.keys(found)).toEqual(Object.keys(expected));
    for (const [name, values] of Object.entries(expected)) {
      const most = Array.from(values).reduce((size, value) => Math.max(size, Math.abs(value)), 1e-3);
      const others = found[name]!;
      expect(others.length, name).toBe(values.length);
      const error = Array.from(values).reduce((worst, value, i) => {
        const difference = Math.abs(value - others[i]!);
        return difference <= worst ? worst : difference;
      }, 0);
      expect(error / most, name).toBeLessThan(tolerance);
    }
  }

  const numbers = (size: number, low: number, high: number, key: string) => {
    const random = randomStream('webgpu', key);
    return Float32Array.from({ length: size }, () => random.uniform(low, high));
  };
  const valuesOf = (body: () => tf.Tensor) => async () => {
    const result = tf.tidy(body);
    const values = await result.data();
    result.dispose();
    return { values };
  };

  it.each([
    ['sin', 100, tf.sin],
    ['cos', 100, tf.cos],
    ['acos', 1, tf.acos],
  ] as const)('computes %s to the last digits', async (name, limit, compute) => {
    const inputs = numbers(2000, -limit, limit, name);
    await expectParity(
      valuesOf(() => compute(tf.tensor1d(inputs))),
      1e-6,
    );
  });

  it('computes atan2 to the last digits, of rows and columns', async () => {
    const [ys, xs] = [numbers(50, -1, 1, 'y'), numbers(50, -1, 1, 'x')];
    await expectParity(
      valuesOf(() => tf.atan2(tf.tensor2d(ys, [50, 1]), tf.tensor2d(xs, [1, 50]))),
      1e-6,
    );
  });

  it('adds more tensors than a device binds', async () => {
    for (const count of [1, 2, 7, 8, 20]) {
      const all = () => Array.from({ length: count }, (_, i) => tf.tensor1d(numbers(9, 0, 1, `${i}`)));
      await expectParity(valuesOf(() => tf.addN(all())));
    }
  });

  it('reads at once, also while another read goes on', async () => {
    await tf.setBackend('webgpu');
    const [a, b] = tf.tidy(() => [tf.add(tf.ones([600]), 1), tf.add(tf.ones([700]), 2)] as const);
    const later = a.data();
    expect(b.dataSync()).toEqual(new Float32Array(700).fill(3));
    expect(await later).toEqual(new Float32Array(600).fill(2));
    const flags = tf.tidy(() => tf.greater(tf.range(0, 600), 598));
    expect(flags.dataSync().slice(-2)).toEqual(Uint8Array.of(0, 1));
    tf.dispose([a, b, flags]);
  });

  it('walks on the sphere as cpu does', async () => {
    const points = (key: string) => {
      const vectors = tf.tensor2d(numbers(40 * 8, -1, 1, key), [40, 8]);
      return tf.div(vectors, tf.norm(vectors, 2, 1, true)) as tf.Tensor2D;
    };
    const walks: Record<string, (a: tf.Tensor2D, b: tf.Tensor2D) => tf.Tensor> = {
      slerp: (a, b) => slerp(a, b, tf.tensor1d(numbers(40, 0, 1, 'omega'))),
      exp: (a, b) => expMap(a, logMap(a, b)),
      transport: (a, b) => transport(logMap(a, b), a, b),
      mean: (a) => frechetMean(a.abs()),
    };
    for (const walk of Object.values(walks)) {
      await expectParity(
        valuesOf(() => walk(points('a'), points('b'))),
        1e-5,
      );
    }
  });

  it('takes a step of an autoencoder with all gradients as cpu does', async () => {
    await expectParity(async () => {
      const { loss, codes, images, gradients } = await smallAutoencoderStep();
      return { loss: [loss], codes, images, ...gradients };
    });
  });

  it.each([...learnerNames])('trains %s as cpu does', async (name) => {
    await expectParity(async () => {
      const learner = tinyLearner(name);
      const autoencoder = autoencoderFor(learner);
      const losses: number[] = [];
      await fitAutoencoder(autoencoder, learner, dataOf(tinyImages(12)), {
        ...{ epochs: 2, batchSize: 6, seed: 1 },
        onProgress: (progress) => losses.push(...Object.values(progress.losses)),
      });
      const weights = weightsOf(autoencoder);
      autoencoder.dispose();
      return { losses, ...weights };
    });
  });

  it.each(['fast', 'standard'] as const)('trains the %s CNN as cpu does', async (preset) => {
    const { pixels, labels } = tinyImages(6, [12, 12, 1]);
    await expectParity(async () => {
      const cnn = createCnn({ preset, shape: [12, 12, 1], classes: 3, seed: 1 });
      const batch = () => {
        const xs = tf.tensor4d(pixels, [6, 12, 12, 1]);
        const ys = tf.tidy(() => tf.oneHot(tf.tensor1d(labels, 'int32'), 3).toFloat() as tf.Tensor2D);
        return { xs, ys, dispose: () => tf.dispose([xs, ys]) };
      };
      const { loss } = await cnn.fit([batch(), batch()]);
      const predicted = await cnn.predict(pixels, 6);
      cnn.dispose();
      return { loss: [loss], predicted };
    });
  });

  it('finds the neighbors that cpu finds', async () => {
    const references = {
      values: numbers(200 * 16, 0, 1, 'references'),
      dimension: 16,
      labels: Int32Array.from({ length: 200 }, (_, i) => i % 5),
    };
    const queries = numbers(60 * 16, 0, 1, 'queries');
    await expectParity(async () => ({
      labels: await knnEngine('tfjs').predict(references, queries, { k: 5, classes: 5 }),
    }));
  });

  it('decodes with the shipped model as cpu does', async () => {
    await expectParity(async () => {
      const model = await loadModel('mnist');
      const codes = numbers(4 * model.latentSize, -1, 1, 'codes');
      const images = tf.tidy(() => model.decode(tf.tensor2d(codes, [4, model.latentSize])));
      const values = await images.data();
      tf.dispose(images);
      model.dispose();
      return { values };
    });
  });

  it('fails where the device did, instead of going on with zeros', async () => {
    await tf.setBackend('webgpu');
    const { device } = tf.backend() as unknown as { device: GPUDevice };
    device.createBuffer({ size: 16, usage: 0 });
    const sum = tf.tidy(() => tf.add(tf.ones([600]), 1));
    await expect(sum.data()).rejects.toMatchObject({
      name: 'BackendError',
      message: expect.stringMatching(/^the graphics card failed: /),
    });
    sum.dispose();
  });
});
