import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { affine } from '../../../src/augment/transforms/affine.js';
import type { ImageShape, LabeledImage } from '../../../src/core/image.js';
import { randomStream } from '../../../src/core/random.js';
import { noise } from '../../models/tiny.js';
import reference from '../../reference/affine.json' with { type: 'json' };
import { queued } from '../fakeRandom.js';

const image = (shape: ImageShape, seed = 0): LabeledImage => ({
  pixels: noise(shape, seed),
  shape,
  label: 'a',
});

describe('affine', () => {
  it.each(reference.cases.map((one) => [one.draws.join(', '), one.shape.join('×'), one] as const))(
    'draws what SciPy draws for %s on %s',
    (_draws, _shape, { shape, draws, pixels, expected }) => {
      const original: LabeledImage = {
        pixels: Float32Array.from(pixels),
        shape: shape as unknown as ImageShape,
        label: 'a',
      };
      const found = affine().apply(original, queued(...draws));
      expect(found.length).toBe(expected.length);
      const worst = Math.max(...expected.map((value, i) => Math.abs(value - found[i]!)));
      expect(worst).toBeLessThan(1e-5);
    },
  );

  it('asks for amounts within its limits: angle, scale, shear, down, right', () => {
    const asked: [number | undefined, number | undefined][] = [];
    const uniform = (low?: number, high?: number) => {
      asked.push([low, high]);
      return 0;
    };
    affine({ rotate: 10, scale: 0.2, shear: 0.3, shift: 0.4 }).apply(image([3, 3, 1]), {
      ...queued(),
      uniform,
    });
    expect(asked).toEqual([
      [-10, 10],
      [-0.2, 0.2],
      [-0.3, 0.3],
      [-0.4, 0.4],
      [-0.4, 0.4],
    ]);
  });

  it('with all limits 0 gives the image back, as a copy', () => {
    const still = affine({ rotate: 0, scale: 0, shear: 0, shift: 0 });
    fc.assert(
      fc.property(
        fc.nat(),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 9 }),
        (seed, height, width) => {
          const original = image([height, width, 2], seed);
          const found = still.apply(original, randomStream(seed));
          expect(found).toEqual(original.pixels);
          expect(found).not.toBe(original.pixels);
        },
      ),
    );
  });

  it('stays within the values of the image and 0', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const original = image([7, 6, 1], seed);
        const found = affine({ rotate: 180, scale: 0.9, shear: 1, shift: 0.5 }).apply(
          original,
          randomStream(seed),
        );
        expect(Math.min(...found)).toBeGreaterThanOrEqual(0);
        expect(Math.max(...found)).toBeLessThanOrEqual(Math.max(...original.pixels) + 1e-6);
      }),
    );
  });
});
