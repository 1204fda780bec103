import { describe, expect, it } from 'vitest';
import { architectureOf, chooseShape, chooseTraining } from '../../../src/cli/produce/chosenDefaults.js';
import type { Survey } from '../../../src/node/images/survey.js';

const seen = (shortSides: number[], colored: number): Survey => ({
  ...{ images: shortSides.length, shortSides, longSides: shortSides, colored, bad: [] },
});

describe('chooseShape', () => {
  it.each([
    [[28, 28, 28], 0, { size: 28, channels: 1 }],
    [[20, 31], 0, { size: 28, channels: 1 }],
    [[32, 32], 2, { size: 32, channels: 3 }],
    [[10, 50, 4000], 1, { size: 48, channels: 3 }],
    [[3000], 1, { size: 48, channels: 3 }],
    [Array(1000).fill(3000), 1, { size: 64, channels: 3 }],
  ] as const)('of sides %j', (sides, colored, shape) => {
    expect(chooseShape(seen([...sides], colored))).toEqual(shape);
  });
});

describe('chooseTraining', () => {
  it('halves images until their maps are small, whatever the size', () => {
    const mapOf = (size: number) => {
      const { filters } = chooseTraining({ size, channels: 3 }, 100);
      return Math.ceil(size / 2 ** filters.length);
    };
    for (const size of [16, 28, 32, 48, 64, 96, 128])
      expect(mapOf(size), String(size)).toBeLessThanOrEqual(8);
  });

  it('fills at least one batch, and goes through few images often', () => {
    for (const images of [...Array.from({ length: 200 }, (_, i) => i + 1), 1000, 60_000]) {
      const { batchSize, epochs } = chooseTraining({ size: 28, channels: 1 }, images);
      expect(batchSize).toBeLessThanOrEqual(images);
      const steps = epochs * Math.floor(images / batchSize);
      expect(steps).toBeGreaterThanOrEqual(290);
      expect(epochs).toBeGreaterThanOrEqual(6);
    }
    expect(chooseTraining({ size: 28, channels: 1 }, 60_000).warp).toBe(false);
    expect(chooseTraining({ size: 28, channels: 1 }, 80).warp).toBe(true);
  });

  it('gives nets that can be built', () => {
    const shape = { size: 64, channels: 3 } as const;
    expect(architectureOf(shape, chooseTraining(shape, 80))).toMatchObject({
      ...{ imageShape: [64, 64, 3], latentSpace: 'sphere', latentSize: 64 },
    });
  });
});
