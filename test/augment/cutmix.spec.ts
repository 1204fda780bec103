import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutmix, symmetricBeta } from '../../src/augment/mixing.js';
import type { LabeledImage } from '../../src/core/image.js';
import { randomStream } from '../../src/core/random.js';
import { through } from './images.js';

/** Images all of one value, which tells who gave a pixel. */
const plain = (count: number, height: number, width: number): LabeledImage[] =>
  Array.from({ length: count }, (_, i) => ({
    pixels: new Float32Array(height * width * 2).fill(i / 16),
    shape: [height, width, 2],
    label: i,
  }));

describe('cutmix', () => {
  it('pastes a rectangle of the partner, and shares the label by area', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 9 }),
        fc.nat(1000),
        async (height, width, seed) => {
          for (const [i, image] of (await through(plain(5, height, width), cutmix({ seed }))).entries()) {
            const partner = image.labels![1]!.label as number;
            const pasted = [...image.pixels.keys()].filter((at) => image.pixels[at] === partner / 16);
            const rows = new Set(pasted.map((at) => Math.floor(at / (2 * width)))).size;
            const columns = new Set(pasted.map((at) => Math.floor(at / 2) % width)).size;
            expect(pasted.length).toBe(2 * rows * columns);
            expect(image.pixels.every((value) => value === i / 16 || value === partner / 16)).toBe(true);
            expect(image.labels![1]!.weight).toBeCloseTo((rows * columns) / (height * width), 12);
            expect(image.labels![0]!.weight).toBeCloseTo(1 - image.labels![1]!.weight, 12);
            expect(image.provenance).toMatchObject({ path: 'cutmix', omega: image.labels![1]!.weight, seed });
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  it('takes the size of the rectangle from Beta(α, α), and its place from everywhere', async () => {
    const [side, count] = [40, 400];
    const found = await through(plain(count, side, side), cutmix({ alpha: 3, seed: 2, window: count }));
    let whole = 0;
    const hits = new Float64Array(side * side);
    for (const [i, image] of found.entries()) {
      const share = symmetricBeta(randomStream(2, 'cutmix', i), 3);
      const length = Math.floor(side * Math.sqrt(1 - share));
      // Cut off at the border, the rectangle is smaller than was drawn.
      expect(image.labels![1]!.weight).toBeLessThanOrEqual(length ** 2 / side ** 2 + 1e-9);
      if (Math.abs(image.labels![1]!.weight - length ** 2 / side ** 2) < 1e-9) whole++;
      for (let at = 0; at < side * side; at++) if (image.pixels[2 * at] !== i / 16) hits[at]!++;
    }
    expect(whole).toBeGreaterThan(count / 50);
    // The corners are hit about a quarter as often as the middle.
    const middle = hits[(side / 2) * side + side / 2]!;
    for (const corner of [0, side - 1, side * (side - 1), side * side - 1]) {
      expect(hits[corner]!).toBeGreaterThan(middle / 8);
      expect(hits[corner]!).toBeLessThan(middle);
    }
  });
});
