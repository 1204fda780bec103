import { describe, expect, it } from 'vitest';
import { trainingSet } from '../../../src/cli/produce/trainingRecipe.js';
import { byteSource } from '../../../src/data/imageSource.js';

const side = 12;
const count = 20;
const source = byteSource(
  Uint8Array.from({ length: count * side * side }, (_, i) => (i % (side * side) < 40 ? 0 : (i * 31) % 256)),
  [side, side, 1],
  Int32Array.from({ length: count }, (_, i) => i % 2),
  [3, 5],
);
const first = Int32Array.of(0, 1);

describe('what a learner is shown', () => {
  it('are the images of the data as they are, unless more is asked for', () => {
    const set = trainingSet(source, { shift: 0, seed: 1 });
    expect(set.labels).toEqual(source.labels);
    expect(set.images(first, 0).pixels).toEqual(source.images(first).pixels);
  });

  it('are composed classes and invented symbols beside them, each with a label of its own', () => {
    const set = trainingSet(source, { composed: 3, invented: 4, shift: 0, seed: 1 });
    expect(set.labels).toHaveLength(count + 3 * 40 + 4 * 32);
    expect(new Set(set.labels).size).toBe(2 + 3 + 4);
    expect(set.labels.subarray(0, count)).toEqual(source.labels);
    expect(set.images(Int32Array.of(count + 5, count + 130), 0).shape).toEqual([side, side, 1]);
  });

  it('is warped anew in every epoch, by the seed and the image alone', () => {
    const set = trainingSet(source, { warp: true, shift: 0, seed: 4 });
    const [plain, warped, later] = [source.images(first), set.images(first, 0), set.images(first, 1)];
    expect(warped.labels).toEqual(plain.labels);
    expect(warped.pixels).not.toEqual(plain.pixels);
    expect(later.pixels).not.toEqual(warped.pixels);
    expect(trainingSet(source, { warp: true, shift: 0, seed: 4 }).images(Int32Array.of(1), 0).pixels).toEqual(
      warped.pixels.subarray(side * side),
    );
    const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(Math.abs(mean(warped.pixels) - mean(plain.pixels))).toBeLessThan(0.15);
  });

  it('is moved by whole pixels besides', () => {
    const set = trainingSet(source, { shift: 2, seed: 4 });
    expect(set.images(first, 0).pixels).not.toEqual(source.images(first).pixels);
  });
});
