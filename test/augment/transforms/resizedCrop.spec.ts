import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resizedCrop } from '../../../src/augment/transforms/resizedCrop.js';
import { UsageError } from '../../../src/core/errors.js';
import type { LabeledImage } from '../../../src/core/image.js';
import { randomStream } from '../../../src/core/random.js';

/** An image whose first channel tells the row of a pixel, and whose second the column, at their centers in [0, 1]. */
const ramps = (height: number, width: number): LabeledImage => ({
  shape: [height, width, 2],
  label: 'ramps',
  pixels: Float32Array.from({ length: height * width * 2 }, (_, i) => {
    const place = i >> 1;
    return i % 2 === 0 ? (Math.floor(place / width) + 0.5) / height : ((place % width) + 0.5) / width;
  }),
});

const sides = fc.integer({ min: 4, max: 24 });
const seeds = fc.integer({ min: 0, max: 1000 });

describe('resizedCrop', () => {
  it('shows a window of the asked area and proportions, evenly stretched', () => {
    fc.assert(
      fc.property(sides, sides, seeds, (height, width, seed) => {
        const [area, aspect] = [0.3, 1.5];
        const image = ramps(height, width);
        const pixels = resizedCrop({ area, aspect }).apply(image, randomStream(seed));
        // Away from the border, where outermost pixels go on, coordinates rise by the same step.
        const rows = Array.from({ length: height }, (_, row) => pixels[row * width * 2]!);
        const columns = Array.from({ length: width }, (_, column) => pixels[column * 2 + 1]!);
        const share = (values: number[], side: number) => {
          const steps = values.slice(1).map((value, i) => value - values[i]!);
          const inner = Math.max(...steps);
          for (const step of steps) expect(step).toBeGreaterThan(-1e-6);
          return inner * side;
        };
        const [down, across] = [share(rows, height), share(columns, width)];
        expect(down * across).toBeGreaterThan(area - 0.02);
        expect(down * across).toBeLessThanOrEqual(1 + 1e-4);
        if (Math.max(down, across) < 1 - 1e-4) {
          expect(Math.max(down / across, across / down)).toBeLessThan(aspect + 1e-3);
        }
      }),
    );
  });

  it('is the whole image where the window may be no smaller', () => {
    const image = ramps(7, 9);
    const pixels = resizedCrop({ area: 1, aspect: 1 }).apply(image, randomStream(3));
    for (const [i, value] of pixels.entries()) expect(value).toBeCloseTo(image.pixels[i]!, 6);
  });

  it('takes windows everywhere', () => {
    const image = ramps(16, 16);
    const firsts = Array.from(
      { length: 200 },
      (_, seed) => resizedCrop({ area: 0.25, aspect: 1 }).apply(image, randomStream(seed))[0]!,
    );
    expect(Math.min(...firsts)).toBeLessThan(0.05);
    expect(Math.max(...firsts)).toBeGreaterThan(0.35);
  });

  it('refuses options out of range', () => {
    for (const options of [{ area: 0 }, { area: 1.1 }, { aspect: 0.5 }, { aspect: 5 }])
      expect(() => resizedCrop(options)).toThrow(UsageError);
  });
});
