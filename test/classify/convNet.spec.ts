import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { cnnPresets } from '../../src/classify/cnnPresets.js';
import { dropoutMask, initialWeights, logits } from '../../src/classify/convNet.js';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const preset = cnnPresets.fast;
const { filters } = preset.convolutions.at(-1)!;

/** Logits of one bright image, with every map and every hidden unit multiplied by a factor. */
function masked(maps: number, hidden: number): number[] {
  return tf.tidy(() => {
    const weights = initialWeights(preset, [8, 8, 1], 3, 1);
    const masks = [tf.fill([1, 1, 1, filters], maps), tf.fill([1, preset.hidden], hidden)] as const;
    const values = logits(preset, weights, tf.ones([1, 8, 8, 1]), masks as [tf.Tensor4D, tf.Tensor2D]);
    tf.dispose(weights);
    return Array.from(values.dataSync());
  });
}

describe('the masks of a net', () => {
  test('each silence their layer, and leave the biases, which are zero at first', () => {
    expect(masked(1, 1).every((value) => value !== 0)).toBe(true);
    expect(masked(0, 1)).toEqual([0, 0, 0]);
    expect(masked(1, 0)).toEqual([0, 0, 0]);
  });

  test('scale what passes', () => {
    const [plain, ...scaled] = [masked(1, 1), masked(2, 1), masked(1, 2)];
    for (const values of scaled) {
      for (const [i, value] of values.entries()) expect(value).toBeCloseTo(2 * plain![i]!, 4);
    }
  });
});

test('fresh kernels are He-uniform', () => {
  const [kernel, bias] = tf.tidy(() => {
    const weights = initialWeights(preset, [28, 28, 1], 10, 3);
    const values = weights.slice(4, 6).map((weight) => Float32Array.from(weight.dataSync()));
    tf.dispose(weights);
    return values;
  });
  const fanIn = 7 * 7 * filters;
  const variance = kernel!.reduce((sum, value) => sum + value * value, 0) / kernel!.length;
  expect(variance * fanIn).toBeCloseTo(2, 1);
  expect(kernel!.every((value) => Math.abs(value) <= Math.sqrt(6 / fanIn))).toBe(true);
  expect(bias!.every((value) => value === 0)).toBe(true);
});

test('a dropout mask takes its share, keeps the mean and repeats by its keys', () => {
  const read = (...keys: number[]) => {
    const mask = dropoutMask([100, 100], 0.3, ...keys);
    const values = Array.from(mask.dataSync());
    mask.dispose();
    return values;
  };
  const values = read(1, 2);
  const taken = values.filter((value) => value === 0).length;
  expect(taken / 10_000).toBeCloseTo(0.3, 1);
  expect(new Set(values)).toEqual(new Set([0, Math.fround(1 / 0.7)]));
  expect(read(1, 2)).toEqual(values);
  expect(read(1, 3)).not.toEqual(values);
});
