import { describe, expect, it } from 'vitest';
import { augmentedSupports } from '../../src/evaluate/supportEncoder.js';
import { tinyImages } from '../training/tiny.js';

const support = tinyImages(6);
const data = augmentedSupports(support, 100, 7);
const pixelsOf = (index: number, seed = 7) =>
  augmentedSupports(support, 100, seed).images(Int32Array.of(index), 0).pixels;

describe('augmentedSupports', () => {
  it('takes the supports in turn, with their labels', () => {
    const { labels, classes } = data.images(Int32Array.of(0, 1, 2, 6, 11, 99), 0);
    expect([...labels]).toEqual([0, 1, 2, 0, 2, 0]);
    expect(classes).toEqual(support.classes);
    expect(data.labels).toHaveLength(100);
    expect([...data.labels.subarray(0, 7)]).toEqual([0, 1, 2, 0, 1, 2, 0]);
  });

  it('makes no two images alike, and none as it was', () => {
    const made = Array.from({ length: 30 }, (_, index) => pixelsOf(index).join());
    expect(new Set(made).size).toBe(30);
    expect(pixelsOf(0)).not.toEqual(support.pixels.subarray(0, 144));
  });

  it('gives image i by seed and i alone', () => {
    const together = data.images(Int32Array.of(50, 8), 3).pixels;
    expect(together.subarray(144)).toEqual(pixelsOf(8));
    expect(pixelsOf(8, 6)).not.toEqual(pixelsOf(8));
  });
});
