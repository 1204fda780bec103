import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs';
import { register } from 'tfjs-wasm-training';
import { beforeAll, describe, expect, test } from 'vitest';
import { type CnnOptions, createCnn } from '../../src/classify/cnn.js';
import { type CnnPresetName, cnnPresets } from '../../src/classify/cnnPresets.js';
import { DataError, TrainingError, UsageError } from '../../src/core/errors.js';
import { type ImageShape, sizeOf } from '../../src/core/image.js';
import { randomStream } from '../../src/core/random.js';
import type { Batch } from '../../src/stream/toBatches.js';
import { expectNoLeak } from '../tensors.js';

beforeAll(async () => {
  register();
  await tf.setBackend('wasm');
});

const shape: ImageShape = [8, 8, 1];
const small: CnnOptions = { shape, classes: 3, seed: 4 };

/** Noisy images whose class is the third of the rows that is bright, in a row drawn from it. */
function stripes(count: number, seed: number, [height, width, channels]: ImageShape = shape) {
  const random = randomStream(seed);
  const size = height * width * channels;
  const pixels = new Float32Array(count * size);
  const labels = Int32Array.from({ length: count }, (_, i) => i % 3);
  for (const [i, label] of labels.entries()) {
    const row = Math.floor((height * label) / 3) + random.integer(Math.floor(height / 3));
    for (let j = 0; j < size; j++) {
      const bright = Math.floor(j / (width * channels)) === row;
      pixels[i * size + j] = random.uniform(0, 0.4) + (bright ? 0.5 : 0);
    }
  }
  return { pixels, labels };
}

/** Batches without end, each with other images. Counts the batches made and those disposed. */
function endless(of: ImageShape = shape, n = 12) {
  const counts = { made: 0, disposed: 0, closed: false };
  const batches = (function* (): Generator<Batch> {
    try {
      for (;;) {
        const { pixels, labels } = stripes(n, 100 + counts.made++, of);
        const xs = tf.tensor4d(pixels, [n, ...of]);
        const ys = tf.tidy(() => tf.oneHot(tf.tensor1d(labels, 'int32'), 3).toFloat() as tf.Tensor2D);
        const dispose = () => {
          counts.disposed++;
          tf.dispose([xs, ys]);
        };
        yield { xs, ys, dispose };
      }
    } finally {
      counts.closed = true;
    }
  })();
  return { batches, counts };
}

async function trained(
  steps: number,
  options: Partial<CnnOptions> = {},
): Promise<{ losses: number[]; weights: Float32Array[] }> {
  const cnn = createCnn({ ...small, ...options });
  const losses: number[] = [];
  await cnn.fit(endless().batches, { steps, onProgress: ({ loss }) => void losses.push(loss) });
  const weights = await cnn.weights();
  cnn.dispose();
  return { losses, weights };
}

describe.each<CnnPresetName>(['fast', 'standard'])('the preset %s', (preset) => {
  test('trains to the same bits without the kernels that do several things at once', async () => {
    const { weights } = await trained(3, { preset });
    const kernels = ['Conv2DBiasRelu', 'AdamStep'].map((name) => tf.getKernel(name, 'wasm')!);
    for (const { kernelName } of kernels) tf.unregisterKernel(kernelName, 'wasm');
    const plainly = await trained(3, { preset }).finally(() => kernels.forEach(tf.registerKernel));
    expect(plainly.weights).toEqual(weights);
  });

  test('learns stripes that it has not seen, with a falling loss', async () => {
    const cnn = createCnn({ ...small, preset });
    const losses: number[] = [];
    await cnn.fit(endless().batches, {
      steps: 100,
      learningRate: 5e-3,
      onProgress: ({ loss }) => void losses.push(loss),
    });
    const { pixels, labels } = stripes(300, 1);
    const predicted = await cnn.predict(pixels, 300);
    const right = predicted.filter((label, i) => label === labels[i]).length;
    cnn.dispose();
    expect(losses[0]).toBeGreaterThan(0.9);
    expect(losses.at(-1)).toBeLessThan(0.5);
    expect(right / 300).toBeGreaterThan(0.95);
  });

  test('leaves no tensors, batches included', async () => {
    await expectNoLeak(async () => {
      const cnn = createCnn({ ...small, preset });
      await cnn.fit(endless().batches, { steps: 2 });
      await cnn.predict(stripes(5, 1).pixels, 5);
      cnn.dispose();
    });
  });

  test('gives the same bits for the same seed, and others for another', async () => {
    const first = await trained(4, { preset });
    expect(await trained(4, { preset })).toEqual(first);
    const other = await trained(4, { preset, seed: 5 });
    expect(other.losses[0]).not.toBe(first.losses[0]);
    expect(other.weights[0]).not.toEqual(first.weights[0]);
  });

  test.each<ImageShape>([
    [7, 10, 3],
    [28, 28, 1],
    [3, 3, 2],
  ])('takes images of %i×%i×%i', async (...sides) => {
    const cnn = createCnn({ ...small, preset, shape: sides });
    await cnn.fit(endless(sides).batches, { steps: 1 });
    expect(await cnn.predict(new Float32Array(2 * sizeOf(sides)), 2)).toHaveLength(2);
    cnn.dispose();
  });
});

describe('a fit', () => {
  test('lowers the loss of the batch that it steps on', async () => {
    const cnn = createCnn({ ...small, preset: 'fast' });
    const first = endless().batches.next().value as Batch;
    const again = { ...first, dispose: () => {} };
    const losses: number[] = [];
    await cnn.fit(Array<Batch>(10).fill(again), {
      steps: 1_000,
      learningRate: 1e-3,
      onProgress: ({ loss }) => void losses.push(loss),
    });
    first.dispose();
    cnn.dispose();
    expect(losses.at(-1)).toBeLessThan(losses[0]! * 0.9);
  });

  test('masks other values at each step', async () => {
    const cnn = createCnn(small);
    const batch = endless().batches.next().value as Batch;
    const losses: number[] = [];
    await cnn.fit(Array<Batch>(3).fill({ ...batch, dispose: () => {} }), {
      learningRate: 1e-30,
      onProgress: ({ loss }) => void losses.push(loss),
    });
    batch.dispose();
    cnn.dispose();
    expect(new Set(losses).size).toBe(3);
  });

  test('disposes each batch, takes no more than its steps and closes the source', async () => {
    const cnn = createCnn(small);
    const { batches, counts } = endless();
    const steps: number[] = [];
    const result = await cnn.fit(batches, { steps: 3, onProgress: ({ done }) => void steps.push(done) });
    cnn.dispose();
    expect(steps).toEqual([1, 2, 3]);
    expect(result.steps).toBe(3);
    expect(counts).toEqual({ made: 3, disposed: 3, closed: true });
  });

  test('ends with its source, and goes on where it stopped', async () => {
    const cnn = createCnn(small);
    const some = async function* (): AsyncGenerator<Batch> {
      for (let i = 0; i < 2; i++) yield endless().batches.next().value as Batch;
    };
    const first = await cnn.fit(some(), { steps: 10 });
    const second = await cnn.fit(some(), { steps: 10 });
    cnn.dispose();
    expect([first.steps, second.steps]).toEqual([2, 2]);
    expect(second.loss).not.toBe(first.loss);
  });

  test('lets the learning rate fall to nothing', async () => {
    const cnn = createCnn({ ...small, learningRate: 1e-3 });
    let previous = await cnn.weights();
    const changes: number[] = [];
    await cnn.fit(endless().batches, {
      steps: 20,
      onProgress: async () => {
        const now = await cnn.weights();
        changes.push(
          now[0]!.reduce((most, value, i) => Math.max(most, Math.abs(value - previous[0]![i]!)), 0),
        );
        previous = now;
      },
    });
    cnn.dispose();
    expect(changes[0]).toBeCloseTo(1e-3, 4);
    expect(changes.at(-1)).toBeLessThan(changes[0]! / 50);
  });

  test('takes weights away where decay is asked for', async () => {
    const norm = ({ weights }: { weights: Float32Array[] }) =>
      Math.hypot(...weights.map((values) => Math.hypot(...values)));
    const plain = await trained(5, { weightDecay: 0 });
    const decayed = await trained(5, { weightDecay: 30 });
    expect(norm(decayed)).toBeLessThan(0.8 * norm(plain));
  });

  test('heeds no label that is smoothed away', async () => {
    const { batches } = endless();
    const batch = batches.next().value as Batch;
    const turned = tf.tidy(() => tf.reverse(batch.ys, 1));
    const firstLoss = async (ys: tf.Tensor2D) => {
      const cnn = createCnn({ ...small, labelSmoothing: 1 });
      const { loss } = await cnn.fit([{ xs: batch.xs, ys, dispose: () => {} }]);
      cnn.dispose();
      return loss;
    };
    expect(await firstLoss(turned)).toBeCloseTo(await firstLoss(batch.ys), 5);
    turned.dispose();
    batch.dispose();
  });

  test('smooths labels by the share asked for', async () => {
    const [none, some] = [await trained(1, { labelSmoothing: 0 }), await trained(1, { labelSmoothing: 0.2 })];
    const uniform = await trained(1, { labelSmoothing: 1 });
    expect(some.losses[0]).toBeCloseTo(0.8 * none.losses[0]! + 0.2 * uniform.losses[0]!, 5);
    expect(uniform.losses[0]).not.toBeCloseTo(none.losses[0]!, 3);
  });

  test.each([
    ['pixels', Number.NaN, 'the batch of step 2 has pixels that are not finite'],
    ['pixels', Number.POSITIVE_INFINITY, 'the batch of step 2 has pixels that are not finite'],
    ['labels', Number.NaN, 'the loss is NaN at step 2'],
  ])('stops at %s of %f, frees everything and leaves the weights', async (where, value, message) => {
    await expectNoLeak(async () => {
      const cnn = createCnn(small);
      const good = endless().batches;
      let before: Float32Array[] = [];
      const spoiled = async function* (): AsyncGenerator<Batch> {
        yield good.next().value as Batch;
        before = await cnn.weights();
        const xs = tf.fill([1, ...shape], where === 'pixels' ? value : 0.5) as tf.Tensor4D;
        const ys = tf.fill([1, 3], where === 'labels' ? value : 1 / 3) as tf.Tensor2D;
        yield { xs, ys, dispose: () => tf.dispose([xs, ys]) };
      };
      const failed = cnn.fit(spoiled(), { steps: 5 });
      await expect(failed).rejects.toThrow(TrainingError);
      await expect(failed).rejects.toThrow(message);
      expect(await cnn.weights()).toEqual(before);
      cnn.dispose();
    });
  });

  test.each([
    ['0 to 255', 255, 0, /255/],
    ['−1 to 1', 2, -1, /\+ 1\) \/ 2/],
  ])('names the image of pixels of %s, and the way out', async (_, scale, offset, hint) => {
    await expectNoLeak(async () => {
      const cnn = createCnn(small);
      const spoiled = function* (): Generator<Batch> {
        const pixels = new Float32Array(12 * 64).fill(0.5);
        pixels[5 * 64 + 7] = offset < 0 ? offset : scale;
        const xs = tf.tensor4d(pixels, [12, ...shape]);
        const ys = tf.fill([12, 3], 1 / 3) as tf.Tensor2D;
        yield { xs, ys, dispose: () => tf.dispose([xs, ys]) };
      };
      const failed = await cnn.fit(spoiled()).catch((error) => error);
      expect(failed).toBeInstanceOf(DataError);
      expect(failed.message).toMatch(/^image 5 .*step 1 holds .* at value 7,/);
      expect(failed.hint).toMatch(hint);
      const pixels = stripes(3, 2).pixels.map((value) => value * scale + offset);
      await expect(cnn.predict(pixels, 3)).rejects.toThrow(
        expect.objectContaining({ hint: expect.stringMatching(hint) }),
      );
      cnn.dispose();
    });
  });

  test('refuses batches of another shape and steps that are none', async () => {
    await expectNoLeak(async () => {
      const cnn = createCnn(small);
      await expect(cnn.fit(endless([4, 4, 1]).batches)).rejects.toThrow(
        new DataError('a batch has images 4×4×1 and labels 12×3, but the net takes 8×8×1 and 12×3'),
      );
      const many = createCnn({ ...small, classes: 4 });
      await expect(many.fit(endless().batches)).rejects.toThrow(
        'labels 12×3, but the net takes 8×8×1 and 12×4',
      );
      for (const steps of [0, -1, 1.5]) {
        await expect(cnn.fit(endless().batches, { steps })).rejects.toThrow(UsageError);
      }
      cnn.dispose();
      many.dispose();
    });
  });
});

describe('classifying', () => {
  test('says the same of an image in whatever company, beyond one chunk', async () => {
    const cnn = createCnn(small);
    await cnn.fit(endless().batches, { steps: 100, learningRate: 5e-3 });
    const { pixels } = stripes(601, 2);
    const all = await cnn.predict(pixels, 601);
    const alone = await Promise.all(
      [0, 249, 250, 600].map((i) => cnn.predict(pixels.subarray(i * 64, (i + 1) * 64), 1)),
    );
    cnn.dispose();
    expect(new Set(all).size).toBe(3);
    expect(alone.map(([label]) => label)).toEqual([0, 249, 250, 600].map((i) => all[i]));
  });

  test.each(['maps', 'hidden'] as const)('refuses dropout of all or less than no %s', (name) => {
    for (const share of [-0.1, 1, Number.NaN]) {
      const dropout = { maps: 0, hidden: 0, [name]: share };
      expect(() => createCnn({ ...small, dropout })).toThrow(
        `dropout.${name} must be in [0, 1), not ${share}`,
      );
    }
  });

  test('trains with the dropout asked for, by default that of its preset', async () => {
    const lossWith = async (options: Partial<CnnOptions>) => {
      const cnn = createCnn({ ...small, ...options });
      const { loss } = await cnn.fit(endless().batches, { steps: 3 });
      const { dropout } = cnn.options;
      cnn.dispose();
      return { loss, dropout };
    };
    const usual = await lossWith({});
    expect(usual.dropout).toEqual(cnnPresets.fast.dropout);
    expect(await lossWith({ dropout: cnnPresets.fast.dropout })).toEqual(usual);
    const none = await lossWith({ dropout: { maps: 0, hidden: 0 } });
    expect(none.loss).not.toBe(usual.loss);
    // A seed draws weights and masks: with weights given and no masks, it is no matter.
    const cnn = createCnn(small);
    const weights = Float32Array.from({ length: cnn.parameters }, (_, i) => Math.sin(i) / 9);
    cnn.dispose();
    const given = { dropout: { maps: 0, hidden: 0 }, weights };
    expect(await lossWith({ ...given, seed: 1 })).toEqual(await lossWith({ ...given, seed: 2 }));
    expect((await lossWith({ weights, seed: 1 })).loss).not.toBe((await lossWith({ weights, seed: 2 })).loss);
  });

  test('applies no dropout: twice the same', async () => {
    const cnn = createCnn(small);
    const { pixels } = stripes(100, 2);
    expect(await cnn.predict(pixels, 100)).toEqual(await cnn.predict(pixels, 100));
    expect(await cnn.predict(new Float32Array(0), 0)).toHaveLength(0);
    cnn.dispose();
  });

  test('tells the hidden layer that its answers are read from, beyond one chunk', async () => {
    await expectNoLeak(async () => {
      const cnn = createCnn(small);
      await cnn.fit(endless().batches, { steps: 20, learningRate: 5e-3 });
      const { pixels } = stripes(301, 2);
      const features = await cnn.features(pixels, 301);
      const units = 64;
      expect(features).toHaveLength(301 * units);
      expect(Math.min(...features)).toBe(0);
      const [kernel, bias] = (await cnn.weights()).slice(-2);
      const answers = Int32Array.from({ length: 301 }, (_, i) => {
        const scores = Array.from(bias!, (own, label) =>
          features
            .subarray(i * units, (i + 1) * units)
            .reduce((sum, value, unit) => sum + value * kernel![unit * 3 + label]!, own),
        );
        return scores.indexOf(Math.max(...scores));
      });
      expect(answers).toEqual(await cnn.predict(pixels, 301));
      expect(await cnn.features(pixels.subarray(300 * 64), 1)).toEqual(features.subarray(300 * units));
      cnn.dispose();
    });
  });

  test('names the image whose pixels cannot be used', async () => {
    const cnn = createCnn(small);
    const { pixels } = stripes(3, 2);
    await expect(cnn.predict(pixels, 4)).rejects.toThrow('4 images of 8×8×1 need 256 values, not 192');
    await expect(cnn.features(pixels, 4)).rejects.toThrow('4 images of 8×8×1 need 256 values, not 192');
    pixels[130] = Number.NaN;
    await expect(cnn.predict(pixels, 3)).rejects.toThrow(/^image 2 holds NaN at value /);
    cnn.dispose();
  });
});

test('an unknown preset is refused, and the known ones are listed', () => {
  const attempt = () => createCnn({ ...small, preset: 'deep' as CnnPresetName });
  expect(attempt).toThrow(UsageError);
  try {
    attempt();
  } catch (error) {
    expect((error as UsageError).hint).toBe('Known presets: fast, standard.');
  }
});

test('fresh weights come from the seed', async () => {
  const fresh = async (seed: number) => {
    const cnn = createCnn({ ...small, seed });
    const weights = await cnn.weights();
    cnn.dispose();
    return weights;
  };
  expect(await fresh(1)).toEqual(await fresh(1));
  expect((await fresh(2))[0]).not.toEqual((await fresh(1))[0]);
});

test('parameters counts every trainable value', async () => {
  const cnn = createCnn({ preset: 'standard', shape: [28, 28, 1], classes: 10, seed: 0 });
  const held = (await cnn.weights()).reduce((sum, values) => sum + values.length, 0);
  const expected = 32 * 10 + 64 * (32 * 9 + 1) + 128 * (7 * 7 * 64 + 1) + 10 * 129;
  cnn.dispose();
  expect([cnn.parameters, held]).toEqual([expected, expected]);
});
