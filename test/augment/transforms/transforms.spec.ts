import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { affine, rotate, scale, shear, shift } from '../../../src/augment/transforms/affine.js';
import { blur } from '../../../src/augment/transforms/blur.js';
import { compose, oneOf, sometimes } from '../../../src/augment/transforms/combine.js';
import { crop } from '../../../src/augment/transforms/crop.js';
import { elastic } from '../../../src/augment/transforms/elastic.js';
import { erase } from '../../../src/augment/transforms/erase.js';
import { flip } from '../../../src/augment/transforms/flip.js';
import { brightness, contrast, noise, noisy, scaled } from '../../../src/augment/transforms/intensity.js';
import { type ImageTransform, transformed } from '../../../src/augment/transforms/transform.js';
import { UsageError } from '../../../src/core/errors.js';
import type { LabeledImage } from '../../../src/core/image.js';
import { plainWorkspace, vectorWorkspace } from '../../../src/core/loops/workspace.js';
import { randomStream } from '../../../src/core/random.js';
import { queued } from '../fakeRandom.js';
import { allTransforms, anyShape, randomImage } from '../images.js';

/** Two rows of three pixels with two channels, each value telling where it stands. */
const original: LabeledImage = {
  pixels: Float32Array.of(0, 1, 2, 3, 4, 5, 10, 11, 12, 13, 14, 15).map((value) => value / 16),
  shape: [2, 3, 2],
  label: 'a',
};
const sixteenths = (pixels: Float32Array) => [...pixels].map((value) => value * 16);

describe('flip', () => {
  it('mirrors left and right, channels kept together, for the upper half of chances', () => {
    expect(sixteenths(flip().apply(original, queued(0.5)))).toEqual([
      4, 5, 2, 3, 0, 1, 14, 15, 12, 13, 10, 11,
    ]);
    expect(flip().apply(original, queued(0.49))).toEqual(original.pixels);
  });

  it('mirrors top and bottom along the other axis', () => {
    const found = flip({ axis: 'vertical' }).apply(original, queued(0.5));
    expect(sixteenths(found)).toEqual([10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5]);
  });

  it('mirrors as often as its probability says', () => {
    const turned = (probability: number, chance: number) =>
      flip({ probability }).apply(original, queued(chance))[0] !== 0;
    expect([turned(0, 0.999), turned(1, 0), turned(0.1, 0.91), turned(0.1, 0.89)]).toEqual([
      ...[false, true, true, false],
    ]);
  });

  it('twice gives the image back', () => {
    fc.assert(
      fc.property(anyShape, fc.nat(), fc.constantFrom('horizontal', 'vertical'), (shape, seed, axis) => {
        const [image, turn] = [randomImage(seed, shape), flip({ axis, probability: 1 })];
        const once = turn.apply(image, queued(0));
        expect(turn.apply({ ...image, pixels: once }, queued(0))).toEqual(image.pixels);
      }),
    );
  });

  it('gives a copy either way', () => {
    for (const chance of [0.1, 0.9]) expect(flip().apply(original, queued(chance))).not.toBe(original.pixels);
  });
});

describe('crop', () => {
  it('moves the image down and right by what is drawn above the margin; black comes in', () => {
    expect(sixteenths(crop().apply(original, queued(3, 1)))).toEqual([0, 0, 0, 0, 0, 0, 2, 3, 4, 5, 0, 0]);
    expect(sixteenths(crop().apply(original, queued(2, 2)))).toEqual(sixteenths(original.pixels));
  });

  it('draws each place up to its margin either way', () => {
    const asked: number[] = [];
    const integer = (below: number) => {
      asked.push(below);
      return 0;
    };
    crop({ margin: 3 }).apply(original, { ...queued(), integer });
    expect(asked).toEqual([7, 7]);
  });
});

describe('brightness', () => {
  it('multiplies by one factor and stays in [0, 1]', () => {
    const pixels = Float32Array.of(0, 0.25, 0.5, 1);
    const image: LabeledImage = { pixels, shape: [2, 2, 1], label: 'a' };
    expect([...brightness({ amount: 0.5 }).apply(image, queued(0.5))]).toEqual([0, 0.375, 0.75, 1]);
    expect([...brightness({ amount: 0.5 }).apply(image, queued(-0.5))]).toEqual([0, 0.125, 0.25, 0.5]);
    expect([...brightness({ amount: 1 }).apply(image, queued(-1))].every((value) => value === 0)).toBe(true);
    expect([...pixels]).toEqual([0, 0.25, 0.5, 1]);
  });
});

describe('contrast', () => {
  const image: LabeledImage = { pixels: Float32Array.of(0, 0.25, 0.25, 0.5), shape: [2, 2, 1], label: 'a' };

  it('stretches values away from their mean, or pulls them together', () => {
    expect([...contrast({ amount: 0.5 }).apply(image, queued(0.5))]).toEqual([0, 0.25, 0.25, 0.625]);
    expect([...contrast({ amount: 0.5 }).apply(image, queued(-0.5))]).toEqual([0.125, 0.25, 0.25, 0.375]);
    expect([...contrast({ amount: 1 }).apply(image, queued(-1))]).toEqual([0.25, 0.25, 0.25, 0.25]);
  });

  it('draws the factor within its limit', () => {
    const asked: unknown[] = [];
    contrast({ amount: 0.3 }).apply(image, { ...queued(), uniform: (...limits) => asked.push(limits) });
    expect(asked).toEqual([[-0.3, 0.3]]);
  });
});

describe('scaled', () => {
  it('gives the same bits with and without vectors', () => {
    const [vectors, plain] = [vectorWorkspace(), plainWorkspace()];
    const numbers = fc.double({ min: -2, max: 2, noNaN: true });
    fc.assert(
      fc.property(anyShape, fc.nat(), numbers, numbers, (shape, seed, factor, offset) => {
        const { pixels } = randomImage(seed, shape);
        expect(scaled(pixels, factor, offset, vectors)).toEqual(scaled(pixels, factor, offset, plain));
      }),
    );
  });
});

describe('noise', () => {
  it('adds numbers of mean 0 and the given deviation, each on its own', () => {
    for (const deviation of [0.02, 0.1]) {
      const pixels = new Float32Array(40_001).fill(0.5);
      const found = noise({ deviation }).apply(
        { pixels, shape: [40_001, 1, 1], label: 'a' },
        randomStream(1),
      );
      const added = [...found].map((value) => (value - 0.5) / deviation);
      const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
      // Within four standard errors of what a normal distribution has.
      expect(Math.abs(mean(added))).toBeLessThan(4 / 200);
      expect(Math.abs(mean(added.map((value) => value ** 2)) - 1)).toBeLessThan((4 * Math.sqrt(2)) / 200);
      expect(Math.abs(mean(added.map((value) => value ** 4)) - 3)).toBeLessThan((4 * Math.sqrt(96)) / 200);
      expect(Math.abs(mean(added.slice(1).map((value, i) => value * added[i]!)))).toBeLessThan(4 / 200);
    }
  });
});

describe('noisy', () => {
  const workspaces = [vectorWorkspace(), plainWorkspace()];
  const gray = new Float32Array(999).fill(0.5);

  it('gives the same bits with and without vectors, and draws two numbers for two values', () => {
    fc.assert(
      fc.property(
        anyShape,
        fc.nat(),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (shape, seed, deviation) => {
          const { pixels } = randomImage(seed, shape);
          const [one, other] = workspaces.map((workspace) => {
            const random = randomStream(seed);
            return [noisy(pixels, random, deviation, workspace), random.uniform()];
          });
          expect(one).toEqual(other);
          const random = randomStream(seed);
          for (let i = 0; i < 2 * Math.ceil(pixels.length / 2); i++) random.uniform();
          expect(one![1]).toBe(random.uniform());
        },
      ),
    );
  });

  it('adds what Box and Muller make of the numbers', () => {
    const borders = [0, 2 ** -53, 0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 1 - 2 ** -53];
    const drawn = Array.from(
      { length: 1000 },
      (_, i) => borders[i < 100 ? [Math.floor(i / 10), i % 10][i % 2]! : -1],
    );
    const random = randomStream(1);
    const numbers = drawn.map((number) => number ?? random.uniform());
    for (const workspace of workspaces) {
      const found = noisy(gray, queued(...numbers), 0.05, workspace);
      for (const [i, value] of found.entries()) {
        const [first, second] = numbers.slice(i - (i % 2)) as [number, number];
        const radius = 0.05 * Math.sqrt(-2 * Math.log(1 - first));
        const angle = 2 * Math.PI * second;
        const sum = 0.5 + radius * (i % 2 === 0 ? Math.cos(angle) : Math.sin(angle));
        expect(Math.abs(value - Math.min(1, Math.max(0, sum)))).toBeLessThan(1e-7);
      }
    }
  });
});

describe('erase', () => {
  const image: LabeledImage = {
    pixels: new Float32Array(10 * 20 * 2).fill(2),
    shape: [10, 20, 2],
    label: 'a',
  };
  const erased = (pixels: Float32Array) => [...pixels.keys()].filter((at) => pixels[at] !== 2);

  it('fills a rectangle of the drawn area and aspect at the drawn place', () => {
    const square = erase({ area: [0, 1], aspect: [0.01, 100], fill: 'zero' });
    // Chance, area, aspect, top, left: half of 200 pixels, twice as high as wide, is 14×7, which does not fit; a quarter
    // of its aspect is 7×14.
    const found = square.apply(image, queued(0.5, 0.5, 2, 0.5, 0.5, 2, 3));
    const pixels = erased(found).map((at) => at >> 1);
    expect(found.every((value) => value === 2 || value === 0)).toBe(true);
    expect(pixels.length).toBe(2 * 7 * 14);
    expect([Math.min(...pixels), Math.max(...pixels)]).toEqual([2 * 20 + 3, 8 * 20 + 16]);
  });

  it('keeps area and aspect within their limits, and fills with noise by default', () => {
    for (let seed = 0; seed < 200; seed++) {
      const found = erase({ probability: 1, area: [0.1, 0.3], aspect: [0.5, 2] }).apply(
        image,
        randomStream(seed),
      );
      const pixels = erased(found).map((at) => at >> 1);
      const rows = new Set(pixels.map((at) => Math.floor(at / 20))).size;
      const columns = new Set(pixels.map((at) => at % 20)).size;
      expect(pixels.length).toBe(2 * rows * columns);
      // A side is rounded to whole pixels.
      expect((rows + 0.5) * (columns + 0.5)).toBeGreaterThanOrEqual(0.1 * 200);
      expect((rows - 0.5) * (columns - 0.5)).toBeLessThanOrEqual(0.3 * 200);
      expect((rows - 0.5) / (columns + 0.5)).toBeLessThanOrEqual(2);
      expect((rows + 0.5) / (columns - 0.5)).toBeGreaterThanOrEqual(0.5);
      expect(new Set(erased(found).map((at) => found[at])).size).toBeGreaterThan(pixels.length / 2);
    }
  });

  it('spares an image by chance, and one that no rectangle fits', () => {
    expect(erased(erase({ probability: 0.3 }).apply(image, queued(0.69)))).toEqual([]);
    const tooLong = erase({ probability: 1, area: [1, 1], aspect: [100, 100] });
    expect(erased(tooLong.apply(image, randomStream(1)))).toEqual([]);
  });
});

describe('oneOf', () => {
  it('applies the one that is drawn', () => {
    const set = (value: number): ImageTransform => ({
      name: `set ${value}`,
      options: {},
      apply: ({ pixels }) => pixels.map(() => value),
    });
    const asked: number[] = [];
    const random = { ...queued(), integer: (below: number) => asked.push(below) };
    expect(oneOf(set(0.25), set(0.5), set(0.75)).apply(original, random)[0]).toBe(0.5);
    expect(asked).toEqual([3]);
  });

  it('refuses an empty choice', () => {
    expect(() => oneOf()).toThrow(UsageError);
  });
});

describe('sometimes', () => {
  it('applies its transform for the upper share of chances, and gives a copy otherwise', () => {
    const dark = sometimes(brightness({ amount: 1 }), 0.25);
    expect(dark.apply(original, queued(0.75, -1)).every((value) => value === 0)).toBe(true);
    const spared = dark.apply(original, queued(0.74));
    expect(spared).toEqual(original.pixels);
    expect(spared).not.toBe(original.pixels);
  });

  it.each([-0.1, 1.1, Number.NaN])('refuses the probability %d', (probability) => {
    expect(() => sometimes(flip(), probability)).toThrow(
      /^sometimes: probability is .*, but must be a number from 0 to 1/,
    );
  });
});

describe('every transform', () => {
  it.each(allTransforms.map((one) => [one.name, one] as const))(
    '%s keeps size and [0, 1], leaves the image alone, and gives the same for the same stream',
    (_name, transform) => {
      let changed = 0;
      fc.assert(
        fc.property(anyShape, fc.nat(), (shape, seed) => {
          const image = randomImage(seed, shape);
          const before = image.pixels.slice();
          const found = transform.apply(image, randomStream(seed));
          expect(image.pixels).toEqual(before);
          expect(found).not.toBe(image.pixels);
          expect(found.length).toBe(before.length);
          // Weights of single precision may add up to a little more than 1.
          expect(found.every((value) => value >= 0 && value <= 1 + 1e-6)).toBe(true);
          expect(transform.apply(image, randomStream(seed))).toEqual(found);
          if (found.some((value, i) => value !== before[i])) changed++;
        }),
      );
      expect(changed).toBeGreaterThan(20);
    },
  );

  it.each([
    affine({ rotate: 0, scale: 0, shear: 0, shift: 0, fill: 'edge' }),
    blur({ sigma: [0, 0] }),
    brightness({ amount: 0 }),
    compose('nothing'),
    contrast({ amount: 0 }),
    crop({ margin: 0 }),
    elastic({ alpha: 0 }),
    erase({ probability: 0 }),
    flip({ probability: 0 }),
    noise({ deviation: 0 }),
    rotate({ degrees: 0 }),
    scale({ amount: 0 }),
    shear({ amount: 0 }),
    shift({ amount: 0 }),
    sometimes(rotate(), 0),
  ])('$name changes nothing when its options say so', (transform) => {
    fc.assert(
      fc.property(anyShape, fc.nat(), (shape, seed) => {
        const image = randomImage(seed, shape);
        const found = transform.apply(image, randomStream(seed));
        expect(found).toEqual(image.pixels);
        expect(found).not.toBe(image.pixels);
      }),
    );
  });
});

describe('compose', () => {
  it('applies one after another, in order, from one stream', () => {
    const add: ImageTransform = {
      name: 'add',
      options: {},
      apply: ({ pixels }, random) => pixels.map((v) => v + random.uniform()),
    };
    const double: ImageTransform = {
      name: 'double',
      options: {},
      apply: ({ pixels }) => pixels.map((v) => 2 * v),
    };
    const image: LabeledImage = { pixels: Float32Array.of(1), shape: [1, 1, 1], label: 'a' };
    const both = compose('both', add, double, add);
    expect(both.name).toBe('both');
    expect([...both.apply(image, queued(10, 100))]).toEqual([122]);
  });
});

describe('transformed', () => {
  const image: LabeledImage = randomImage(1, [6, 5, 1]);

  it('depends on the seed, the index, the label and the transform alone', () => {
    const turn = affine();
    fc.assert(
      fc.property(fc.nat(), fc.nat(1000), (seed, index) => {
        const once = transformed(image, turn, { seed, index });
        expect(transformed(image, turn, { seed, index })).toEqual(once);
        expect(once.pixels).toEqual(turn.apply(image, randomStream(seed, 'affine', 'a', index)));
      }),
    );
    const pixels = (change: { seed?: number; index?: number; label?: string }) =>
      transformed({ ...image, label: change.label ?? 'a' }, turn, { seed: 1, index: 1, ...change }).pixels;
    for (const change of [{ seed: 2 }, { index: 2 }, { label: 'b' }]) {
      expect(pixels(change)).not.toEqual(pixels({}));
    }
  });

  it('tells where an image came from', () => {
    const { shape, label, provenance } = transformed(image, affine(), { seed: 3, index: 8 });
    expect({ shape, label }).toEqual({ shape: image.shape, label: 'a' });
    expect(provenance).toEqual({ parents: [], path: 'affine', index: 8, seed: 3 });
  });

  it('adds to what is known of a hallucinated image', () => {
    const provenance = {
      parents: [2, 0],
      path: 'slerp',
      omega: 0.25,
      angle: 1,
      index: 5,
      seed: 1,
      model: 'f00',
    };
    const found = transformed({ ...image, provenance }, affine(), { seed: 3, index: 8 }).provenance;
    expect(found).toEqual({ ...provenance, path: 'slerp+affine', index: 8, seed: 3 });
  });

  it('keeps soft labels', () => {
    const labels = [
      { label: 'a', weight: 0.75 },
      { label: 'b', weight: 0.25 },
    ];
    expect(transformed({ ...image, labels }, flip(), { seed: 1, index: 0 }).labels).toEqual(labels);
  });

  it('leaves the image as it was', () => {
    const before = image.pixels.slice();
    for (const transform of allTransforms) {
      for (let index = 0; index < 4; index++) transformed(image, transform, { seed: 1, index });
    }
    expect(image.pixels).toEqual(before);
  });
});
