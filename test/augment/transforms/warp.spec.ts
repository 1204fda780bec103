import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { affine, rotate, scale, shear, shift } from '../../../src/augment/transforms/affine.js';
import { blur } from '../../../src/augment/transforms/blur.js';
import { displacements, elastic } from '../../../src/augment/transforms/elastic.js';
import { smooth } from '../../../src/augment/transforms/smooth.js';
import { type Fill, warp } from '../../../src/augment/transforms/warp.js';
import type { ImageShape } from '../../../src/core/image.js';
import { plainWorkspace, vectorWorkspace } from '../../../src/core/loops/workspace.js';
import { randomStream } from '../../../src/core/random.js';
import reference from '../../reference/geometric.json' with { type: 'json' };
import { queued } from '../fakeRandom.js';
import { anyShape, randomImage } from '../images.js';

const imageOf = ({ pixels, shape }: { pixels: number[]; shape: number[] }) => ({
  pixels: Float32Array.from(pixels),
  shape: shape as unknown as ImageShape,
  label: 'a',
});

function expectClose(found: Float32Array, expected: readonly number[], tolerance: number): void {
  expect(found.length).toBe(expected.length);
  expect(Math.max(...expected.map((value, i) => Math.abs(value - found[i]!)))).toBeLessThan(tolerance);
}

describe('rotate, scale, shear, shift', () => {
  const factories = { rotate, scale, shear, shift };

  it.each(
    reference.warps.map(
      (one) => [one.name, one.draws.join(', '), one.shape.join('×'), one.fill, one] as const,
    ),
  )('%s by %s draws what SciPy draws on %s, fill %s', (name, _draws, _shape, fill, one) => {
    const transform = factories[name as keyof typeof factories]({ fill: fill as Fill });
    expectClose(transform.apply(imageOf(one), queued(...one.draws)), one.expected, 1e-6);
  });

  it('ask for amounts within their limits', () => {
    const asked: [number | undefined, number | undefined][] = [];
    const random = {
      ...queued(),
      uniform: (low?: number, high?: number) => {
        asked.push([low, high]);
        return 0;
      },
    };
    const image = randomImage(1);
    rotate({ degrees: 7 }).apply(image, random);
    scale({ amount: 0.3 }).apply(image, random);
    shear({ amount: 0.4 }).apply(image, random);
    shift({ amount: 0.6 }).apply(image, random);
    expect(asked).toEqual([
      [-7, 7],
      [-0.3, 0.3],
      [-0.4, 0.4],
      [-0.6, 0.6],
      [-0.6, 0.6],
    ]);
  });

  it('are the parts of affine', () => {
    const image = randomImage(2, [9, 11, 2]);
    const [none, parts] = [
      { rotate: 0, scale: 0, shear: 0, shift: 0 },
      [
        [rotate({ degrees: 20 }), { rotate: 20 }, (u: number) => queued(u, 0, 0, 0, 0)],
        [scale({ amount: 0.5 }), { scale: 0.5 }, (u: number) => queued(0, u, 0, 0, 0)],
        [shear({ amount: 0.5 }), { shear: 0.5 }, (u: number) => queued(0, 0, u, 0, 0)],
      ] as const,
    ];
    for (const [part, option, whole] of parts) {
      expect(part.apply(image, queued(0.25))).toEqual(
        affine({ ...none, ...option }).apply(image, whole(0.25)),
      );
    }
  });
});

describe('blur', () => {
  it.each(reference.blurs.map((one) => [one.sigma, one.shape.join('×'), one] as const))(
    'by sigma %d gives what SciPy gives on %s',
    (sigma, _shape, one) => {
      expectClose(blur({ sigma: [0, 9] }).apply(imageOf(one), queued(sigma)), one.expected, 1e-6);
    },
  );

  it('draws sigma between its limits', () => {
    const asked: unknown[] = [];
    const uniform = (...limits: unknown[]) => {
      asked.push(limits);
      return 1;
    };
    blur({ sigma: [0.5, 2] }).apply(randomImage(1), { ...queued(), uniform });
    expect(asked).toEqual([[0.5, 2]]);
  });

  it('keeps the mean, and a plain image as it is', () => {
    fc.assert(
      fc.property(anyShape, fc.nat(), fc.double({ min: 0, max: 4, noNaN: true }), (shape, seed, sigma) => {
        const image = randomImage(seed, shape);
        const sum = (pixels: Float32Array) => pixels.reduce((total, value) => total + value, 0);
        const found = blur({ sigma: [sigma, sigma] }).apply(image, randomStream(seed));
        expect(sum(found)).toBeCloseTo(sum(image.pixels), 3);
        const plain = { ...image, pixels: new Float32Array(image.pixels.length).fill(0.5) };
        for (const value of blur({ sigma: [sigma, sigma] }).apply(plain, randomStream(seed))) {
          expect(value).toBeCloseTo(0.5, 5);
        }
      }),
    );
  });

  it.each([
    [1, 31, 1],
    [2, 31, 1],
    [2, 41, 1],
    [2, 41, 3],
    [1, 31, 1],
  ])(
    'spreads a point at the border by sigma %d on a width of %d with %d channels',
    (sigma, width, channels) => {
      const height = 31;
      const pixels = new Float32Array(height * width * channels);
      const at = (15 * width + width - 1) * channels;
      pixels[at] = 1;
      const weights = Array.from({ length: 8 * sigma + 1 }, (_, i) => Math.exp(-0.5 * (i / sigma - 4) ** 2));
      const sum = weights.reduce((total, weight) => total + weight);
      const [middle, next] = [weights[4 * sigma]! / sum, weights[4 * sigma + 1]! / sum];
      // Its mirror image is the next pixel.
      expect(smooth(pixels, [height, width, channels], sigma)[at]).toBeCloseTo(middle * (middle + next), 6);
    },
  );
});

describe('elastic', () => {
  it.each(
    reference.elastics.map((one) => [one.alpha, one.sigma, one.shape.join('×'), one.fill, one] as const),
  )('with alpha %d and sigma %d draws what SciPy draws on %s, fill %s', (alpha, sigma, _shape, fill, one) => {
    const transform = elastic({ alpha, sigma, fill: fill as Fill });
    expectClose(transform.apply(imageOf(one), queued(...one.draws)), one.expected, 1e-5);
  });

  it('draws the same displacements with and without vectors', () => {
    const [vectors, plain] = [vectorWorkspace(), plainWorkspace()];
    const strengths = fc.double({ min: 0, max: 10_000, noNaN: true });
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 500 }), strengths, (seed, count, alpha) => {
        const found = displacements(randomStream(seed), count, alpha, vectors);
        expect(found).toEqual(displacements(randomStream(seed), count, alpha, plain));
      }),
    );
  });

  it('moves pixels by about 0.16 · alpha / sigma along each axis', () => {
    // A ramp tells how far each pixel moved sideways; the middle of it is far from the border.
    const [side, alpha, sigma] = [120, 60, 5];
    const pixels = Float32Array.from({ length: side * side }, (_, i) => (i % side) / side);
    const found = elastic({ alpha, sigma }).apply(
      { pixels, shape: [side, side, 1], label: 'a' },
      randomStream(5),
    );
    let [sum, count] = [0, 0];
    for (let row = 20; row < 100; row++) {
      for (let column = 20; column < 100; column++) {
        sum += ((found[row * side + column]! - pixels[row * side + column]!) * side) ** 2;
        count++;
      }
    }
    expect(Math.sqrt(sum / count) / ((0.163 * alpha) / sigma)).toBeGreaterThan(0.8);
    expect(Math.sqrt(sum / count) / ((0.163 * alpha) / sigma)).toBeLessThan(1.2);
  });
});

describe('smooth and warp', () => {
  const [vectors, plain] = [vectorWorkspace(), plainWorkspace()];
  const anyNumber = (size: number) => fc.double({ min: -size, max: size, noNaN: true });
  const anyPlace = (size: number) => fc.tuple(anyNumber(size), anyNumber(size));
  const shapes = fc.tuple(
    fc.integer({ min: 1, max: 40 }),
    fc.integer({ min: 1, max: 40 }),
    fc.integer({ min: 1, max: 9 }),
  );
  const anyFill = fc.constantFrom<Fill>('zero', 'white', 'edge', '#a04010');

  it('give the same bits with and without vectors, in a workspace that grows and is used again', () => {
    fc.assert(
      fc.property(shapes, fc.nat(), fc.double({ min: 0.2, max: 6, noNaN: true }), (shape, seed, sigma) => {
        const { pixels } = randomImage(seed, shape);
        expect(smooth(pixels, shape, sigma, vectors)).toEqual(smooth(pixels, shape, sigma, plain));
      }),
    );
    const maps = fc.record({
      origin: anyPlace(50),
      down: anyPlace(2),
      across: anyPlace(2),
      middle: anyPlace(50),
    });
    fc.assert(
      fc.property(shapes, fc.nat(), anyFill, maps, fc.boolean(), (shape, seed, fill, map, moved) => {
        const image = randomImage(seed, shape);
        const moves = Float32Array.from(
          randomImage(seed, [shape[0], shape[1], 2]).pixels,
          (move) => 9 * move,
        );
        const whole = moved ? { ...map, moves } : map;
        expect(warp(image, fill, whole, vectors)).toEqual(warp(image, fill, whole, plain));
      }),
    );
    const large = randomImage(3, [200, 150, 3]);
    expect(smooth(large.pixels, large.shape, 2, vectors)).toEqual(
      smooth(large.pixels, large.shape, 2, plain),
    );
  });

  it('have the color of the border however far away a source is', () => {
    const image = randomImage(1, [3, 4, 1]);
    const far = { origin: [1e300, -1e12], down: [0, 0], across: [0, 0], middle: [0, 0] } as const;
    for (const workspace of [vectors, plain]) {
      expect([...warp(image, 'white', far, workspace)]).toEqual(Array(12).fill(1));
      expect([...warp(image, 'edge', far, workspace)]).toEqual(Array(12).fill(image.pixels[8]));
    }
  });
});
