import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomStream } from '../../src/core/random.js';
import { inventAlphabet } from '../../src/data/characters/alphabet.js';
import { inventCharacter } from '../../src/data/characters/character.js';
import { inventDrawer } from '../../src/data/characters/drawer.js';
import { drawCharacter } from '../../src/data/characters/drawing.js';
import type { Pixels } from '../../src/data/decode/pixels.js';
import { fittedSource } from '../../src/data/fittedSource.js';
import { setSource } from '../../src/data/imageSource.js';
import { fromInk, toInk } from '../../src/data/ink.js';
import { resample } from '../../src/data/resample.js';
import { fitLike, fits, fitTo } from '../../src/data/resize.js';

const FRAME = [40, 40, 1] as const;

function drawn(seed: number, side = 96): Pixels {
  const random = (name: string) => randomStream(seed, name);
  const character = inventCharacter(inventAlphabet(random('alphabet')), random('character'));
  return drawCharacter(character, inventDrawer(random('drawer')), random('drawing'), { side });
}

/** Centers and standard deviations of an image along both axes. */
function momentsOf({ pixels, shape: [height, width] }: Pixels) {
  const sums = { mass: 0, y: 0, x: 0, yy: 0, xx: 0 };
  for (let i = 0; i < height * width; i++) {
    const [value, y, x] = [pixels[i]!, Math.floor(i / width) + 0.5, (i % width) + 0.5];
    sums.mass += value;
    sums.y += value * y;
    sums.x += value * x;
    sums.yy += value * y * y;
    sums.xx += value * x * x;
  }
  const [y, x] = [sums.y / sums.mass, sums.x / sums.mass];
  return { y, x, high: Math.sqrt(sums.yy / sums.mass - y * y), wide: Math.sqrt(sums.xx / sums.mass - x * x) };
}

const difference = (a: Pixels, b: Pixels) =>
  a.pixels.reduce((sum, value, i) => sum + Math.abs(value - b.pixels[i]!), 0) / a.pixels.length;

/** A drawing on a page of another size and place. */
function placed(image: Pixels, height: number, width: number, top: number, left: number): Pixels {
  const pixels = new Float32Array(height * width);
  const [rows, columns] = image.shape;
  for (let y = 0; y < rows; y++)
    pixels.set(image.pixels.subarray(y * columns, (y + 1) * columns), (top + y) * width + left);
  return { pixels, shape: [height, width, 1] };
}

const seeds = fc.integer({ min: 0, max: 1e6 });

describe('the fit strokes', () => {
  it('lies around the center of mass of the ink, wherever this is', () => {
    const place = fc.integer({ min: 10, max: 50 });
    fc.assert(
      fc.property(seeds, place, place, (seed, top, left) => {
        const image = drawn(seed);
        const [here, there] = [placed(image, 156, 156, 30, 30), placed(image, 156, 156, top, left)];
        const { y, x } = momentsOf(here);
        const { box } = toInk(here, FRAME, { by: 'spread' }).frame!;
        expect(Math.abs(box.top + box.height / 2 - y)).toBeLessThan(3);
        expect(Math.abs(box.left + box.width / 2 - x)).toBeLessThan(3);
        const [one, other] = [here, there].map((picture) => fitTo(picture, FRAME, 'strokes'));
        expect(difference(one!, other!)).toBeLessThan(0.02);
      }),
      { numRuns: 30 },
    );
  });

  it('gives the negative the same', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const image = drawn(seed);
        const negative = { ...image, pixels: image.pixels.map((value) => 1 - value) };
        const [light, dark] = [image, negative].map((one) => fitTo(one, FRAME, 'strokes'));
        expect(difference(light!, dark!)).toBeLessThan(1e-3);
      }),
      { numRuns: 30 },
    );
  });

  it('evens out half of what the axes differ by', () => {
    const image = drawn(3);
    const flat = resample(image, { top: 0, left: 0, height: 96, width: 96 }, 48, 96);
    const shares = [image, flat].map((one) => {
      const { high, wide } = momentsOf(fitTo(one, FRAME, 'strokes'));
      return high / wide;
    });
    // Half as high, but as the square root of it.
    expect(shares[1]! / shares[0]!).toBeCloseTo(Math.SQRT1_2, 1);
  });

  it('is undone where drawings are written', () => {
    const image = drawn(5);
    const { frame, ...normalized } = toInk(image, [96, 96, 1], { by: 'spread' });
    expect(difference(fromInk(normalized, frame!), image)).toBeLessThan(0.02);
  });

  it('is kept for a model of it where a polarity is told', () => {
    expect(fitLike('strokes', 'ink-dark')).toBe('strokes-dark');
    expect(fitLike('strokes-light', 'ink')).toBe('strokes');
    expect(fitLike('strokes', 'crop')).toBe('crop');
    expect(fitLike('ink', 'strokes')).toBe('strokes');
    for (const fit of fits) {
      expect(fitLike(undefined, fit)).toBe(fit);
      expect(fitLike(fit, undefined)).toBe(fit);
    }
  });
});

it('a fitted source has the images of another in a shape', () => {
  const images = [1, 2, 3].map((seed) => drawn(seed, 32));
  const pixels = new Float32Array(3 * 32 * 32);
  for (const [i, image] of images.entries()) pixels.set(image.pixels, i * 32 * 32);
  const labels = Int32Array.of(0, 1, 0);
  const source = fittedSource(
    setSource({ pixels, shape: [32, 32, 1], labels, classes: ['a', 'b'] }),
    FRAME,
    'strokes',
  );
  expect([source.shape, source.labels, source.classes]).toEqual([FRAME, labels, ['a', 'b']]);
  for (let round = 0; round < 2; round++) {
    const set = source.images([2, 0]);
    for (const [i, index] of [2, 0].entries()) {
      const expected = fitTo(images[index]!, FRAME, 'strokes').pixels;
      const found = set.pixels.subarray(i * 1600, (i + 1) * 1600);
      for (const [j, value] of expected.entries()) expect(Math.abs(found[j]! - value)).toBeLessThan(0.003);
    }
  }
});
