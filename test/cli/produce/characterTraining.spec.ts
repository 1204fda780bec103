import { describe, expect, it } from 'vitest';
import { characterBatches, heldOutCharacters } from '../../../src/cli/produce/characterTraining.js';
import { UsageError } from '../../../src/core/errors.js';

const SIZE = 40 * 40;
const difference = (a: Float32Array, b: Float32Array) =>
  a.reduce((sum, value, i) => sum + Math.abs(value - b[i]!), 0) / a.length;

describe('batches of characters', () => {
  it('depend on seed, epoch and number alone, and are all different', () => {
    const pixelsOf = (seed: number, index: number, epoch: number) =>
      characterBatches({ batchSize: 16, seed }).batch(index, epoch).pixels;
    const first = pixelsOf(1, 3, 2);
    expect(pixelsOf(1, 3, 2)).toEqual(first);
    for (const other of [pixelsOf(2, 3, 2), pixelsOf(1, 4, 2), pixelsOf(1, 3, 1)])
      expect(other).not.toEqual(first);
  });

  it('hold two alphabets by four hands each, and twins of every fourth by one of these hands', () => {
    const { labels, hands, twins, pixels, shape } = characterBatches({ batchSize: 32, seed: 1 }).batch(0, 0);
    expect([...twins!.of]).toEqual([0, 4, 8, 12, 16, 20, 24, 28]);
    expect(shape).toEqual([40, 40, 1]);
    expect([...labels]).toEqual(Array.from({ length: 32 }, (_, i) => Math.floor(i / 4)));
    expect([...hands!]).toEqual(Array.from({ length: 32 }, (_, i) => 4 * Math.floor(i / 16) + (i % 4)));
    const [same, others] = [[] as number[], [] as number[]];
    for (const [i, index] of twins!.of.entries()) {
      expect(Math.floor(twins!.hands[i]! / 4)).toBe(Math.floor(index / 16));
      const own = pixels.subarray(index * SIZE, (index + 1) * SIZE);
      const twin = twins!.pixels.subarray(i * SIZE, (i + 1) * SIZE);
      (twins!.hands[i] === hands![index] ? same : others).push(difference(own, twin));
    }
    expect(same.length).toBeGreaterThan(0);
    expect(Math.max(...same)).toBe(0);
    expect(Math.min(...others)).toBeGreaterThan(0.001);
  });

  it('of a size that cannot be parted are refused', () => {
    for (const batchSize of [100, 8])
      expect(() => characterBatches({ batchSize, seed: 1 })).toThrow(UsageError);
  });
});

it('held-out characters are the same in both splits, each drawn anew', () => {
  const { train, test } = heldOutCharacters(1);
  expect([train.labels.length, test.labels.length]).toEqual([80 * 24, 80 * 8]);
  expect(test.classes).toEqual(train.classes);
  expect([...new Set(test.labels)]).toHaveLength(80);
  expect(train.images([0]).pixels).not.toEqual(test.images([0]).pixels);
});
