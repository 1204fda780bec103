import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ImageShape, sizeOf } from '../../src/core/image.js';
import { randomStream } from '../../src/core/random.js';
import type { Pixels } from '../../src/data/decode/pixels.js';
import { fromInk, type InkDrawing, meanFrame, toInk } from '../../src/data/ink.js';
import { fitTo } from '../../src/data/resize.js';
import { loadMnist } from '../../src/node/builtInSets.js';
import reference from '../reference/ink.json' with { type: 'json' };

const frame: ImageShape = [28, 28, 1];

/** A crooked line with a hook, in ink of 1 on 0: corners are places in [0, 1], thickness is a share of the side. */
function strokes(side: number, corners: readonly (readonly [number, number])[], thickness: number): Pixels {
  const pixels = new Float32Array(side * side);
  const away = (y: number, x: number): number => {
    let least = Number.POSITIVE_INFINITY;
    for (let i = 1; i < corners.length; i++) {
      const [[y0, x0], [y1, x1]] = [corners[i - 1]!, corners[i]!];
      const [dy, dx] = [y1 - y0, x1 - x0];
      const at = Math.min(1, Math.max(0, ((y - y0) * dy + (x - x0) * dx) / (dy * dy + dx * dx || 1)));
      least = Math.min(least, Math.hypot(y - y0 - at * dy, x - x0 - at * dx));
    }
    return least;
  };
  for (let i = 0; i < pixels.length; i++) {
    const distance = side * away((Math.floor(i / side) + 0.5) / side, ((i % side) + 0.5) / side);
    pixels[i] = Math.min(1, Math.max(0, (side * thickness) / 2 - distance + 0.5));
  }
  return { pixels, shape: [side, side, 1] };
}

const changed = (image: Pixels, value: (ink: number, y: number, x: number, i: number) => number): Pixels => {
  const [height, width] = image.shape;
  return {
    shape: image.shape,
    pixels: image.pixels.map((ink, i) =>
      Math.min(1, Math.max(0, value(ink, Math.floor(i / width) / height, (i % width) / width, i))),
    ),
  };
};
const negative = (image: Pixels) => changed(image, (ink) => 1 - ink);
const inColors = ({ pixels, shape: [height, width] }: Pixels, ground: number[], ink: number[]): Pixels => ({
  shape: [height, width, 3],
  pixels: Float32Array.from({ length: 3 * pixels.length }, (_, i) => {
    const share = pixels[Math.floor(i / 3)]!;
    return (1 - share) * ground[i % 3]! + share * ink[i % 3]!;
  }),
});

/** A picture on a larger canvas. */
function placed(
  { pixels, shape: [rows, columns] }: Pixels,
  height: number,
  width: number,
  top: number,
  left: number,
) {
  const canvas = new Float32Array(height * width);
  for (let y = 0; y < rows; y++)
    canvas.set(pixels.subarray(y * columns, (y + 1) * columns), (y + top) * width + left);
  return { pixels: canvas, shape: [height, width, 1] } satisfies Pixels;
}

const doubled = ({ pixels, shape: [rows, columns] }: Pixels): Pixels => ({
  shape: [2 * rows, 2 * columns, 1],
  pixels: Float32Array.from({ length: 4 * pixels.length }, (_, i) => {
    const [y, x] = [Math.floor(i / (2 * columns)), i % (2 * columns)];
    return pixels[(y >> 1) * columns + (x >> 1)]!;
  }),
});

const mostDifference = (a: Pixels, b: Pixels) => {
  expect(a.shape).toEqual(b.shape);
  return a.pixels.reduce((most, value, i) => Math.max(most, Math.abs(value - b.pixels[i]!)), 0);
};
const meanDifference = (a: Pixels, b: Pixels) => {
  expect(a.shape).toEqual(b.shape);
  return a.pixels.reduce((sum, value, i) => sum + Math.abs(value - b.pixels[i]!), 0) / a.pixels.length;
};

const place = fc.double({ min: 0.2, max: 0.8, noNaN: true });
const corners = fc.array(fc.tuple(place, place), { minLength: 3, maxLength: 6 });
/** Drawings of 40 pixels that leave a margin and are no dots. */
const drawing = fc
  .tuple(corners, fc.double({ min: 0.05, max: 0.12, noNaN: true }))
  .filter(([at]) =>
    [0, 1].some((axis) => Math.max(...at.map((p) => p[axis]!)) - Math.min(...at.map((p) => p[axis]!)) > 0.3),
  )
  .map(([at, thickness]) => strokes(40, at, thickness));
const sign = strokes(
  60,
  [
    [0.2, 0.3],
    [0.7, 0.35],
    [0.75, 0.7],
    [0.5, 0.5],
  ],
  0.07,
);
const clean = toInk(sign, frame);

describe('toInk', () => {
  it('gives the same for a picture and its negative', () => {
    fc.assert(
      fc.property(drawing, (image) => {
        expect(mostDifference(toInk(image, frame), toInk(negative(image), frame))).toBeLessThan(1e-6);
      }),
    );
  });

  it('gives the same wherever a drawing is, with whatever margin', () => {
    const shift = fc.integer({ min: 0, max: 30 });
    fc.assert(
      fc.property(drawing, shift, shift, shift, (image, top, left, more) => {
        const moved = placed(image, 70 + more, 70, top, left);
        expect(mostDifference(toInk(image, frame), toInk(moved, frame))).toBeLessThan(1e-3);
      }),
    );
  });

  it('gives nearly the same for one of twice the size', () => {
    fc.assert(
      fc.property(drawing, (image) => {
        const small = toInk(image, [40, 40, 1]);
        expect(meanDifference(small, toInk(doubled(image), [40, 40, 1]))).toBeLessThan(0.12);
      }),
    );
  });

  it('gives nearly itself for what is normalized', () => {
    // Rarely, one is just as far from the wanted size as is moved alone.
    const changes = fc.sample(drawing, { numRuns: 200, seed: 1 }).map((image) => {
      const once = toInk(image, frame);
      return meanDifference(once, toInk(once, frame));
    });
    expect(changes.filter((change) => change > 0.01).length).toBeLessThanOrEqual(2);
    expect(Math.max(...changes)).toBeLessThan(0.2);
  });

  it('scales the longer side to 20 of 28 pixels, with all of the ink inside and its center at the middle pixel', () => {
    fc.assert(
      fc.property(drawing, (image) => {
        const { pixels, frame: found } = toInk(image, [56, 56, 1]);
        let [mass, massY, massX, top, left, bottom, right] = [0, 0, 0, 56, 56, 0, 0];
        for (const [i, value] of pixels.entries()) {
          const [y, x] = [Math.floor(i / 56), i % 56];
          mass += value;
          massY += value * (y + 0.5);
          massX += value * (x + 0.5);
          if (value < 0.5) continue;
          [top, left, bottom, right] = [
            Math.min(top, y),
            Math.min(left, x),
            Math.max(bottom, y + 1),
            Math.max(right, x + 1),
          ];
        }
        const isMovedAlone = found!.box.height === 56;
        expect(Math.abs(Math.max(bottom - top, right - left) - 40)).toBeLessThan(isMovedAlone ? 5.5 : 3.5);
        expect(Math.min(top, left, 56 - bottom, 56 - right)).toBeGreaterThanOrEqual(0);
        if (Math.min(top, 56 - bottom) > 1) expect(Math.abs(massY / mass - 28.5)).toBeLessThan(1.2);
        if (Math.min(left, 56 - right) > 1) expect(Math.abs(massX / mass - 28.5)).toBeLessThan(1.2);
      }),
    );
  });

  it('makes ground 0 and ink 1, whatever their shades and colors', () => {
    for (const [ground, ink] of [
      [
        [0.8, 0.8, 0.8],
        [0.55, 0.55, 0.55],
      ],
      [
        [0.98, 0.95, 0.85],
        [0.15, 0.2, 0.6],
      ],
      [
        [1, 1, 1],
        [1, 0.9, 0.2],
      ],
      // Of the same luma.
      [
        [0.2, 0.53, 0.2],
        [0.95, 0.2, 0.2],
      ],
    ] as const) {
      const made = toInk(inColors(sign, [...ground], [...ink]), frame);
      expect(mostDifference(clean, made)).toBeLessThan(1e-4);
      expect(made.frame!.ground.map((value) => Number(value.toFixed(4)))).toEqual(ground);
      expect(made.frame!.ink.map((value) => Number(value.toFixed(4)))).toEqual(ink);
    }
  });

  it.each([
    ['a gradient', (ink: number, _: number, x: number) => (0.95 - 0.5 * x) * (1 - 0.85 * ink)],
    [
      'corners that are darker',
      (ink: number, y: number, x: number) => (1 - (x - 0.5) ** 2 - (y - 0.5) ** 2) * (1 - 0.8 * ink),
    ],
    [
      'a shadow',
      (ink: number, y: number, x: number) =>
        (1 - 0.4 / (1 + Math.exp(-15 * (x + 0.4 * y - 1)))) * (0.95 - 0.75 * ink),
    ],
    ['light ink on a gradient', (ink: number, _: number, x: number) => 0.1 + 0.4 * x + 0.5 * ink],
  ])('levels %s', (_, light) => {
    const paper = changed(placed(sign, 100, 100, 15, 25), light);
    expect(meanDifference(clean, toInk(paper, frame))).toBeLessThan(0.03);
  });

  it('finds ink in noise, and none in noise alone or a picture of one shade', () => {
    const random = randomStream('paper', 1);
    const noise = (image: Pixels) => changed(image, (ink) => 0.85 - 0.6 * ink + 0.05 * random.normal());
    expect(meanDifference(clean, toInk(noise(sign), frame))).toBeLessThan(0.03);
    const empty = placed({ pixels: new Float32Array(1), shape: [1, 1, 1] }, 60, 60, 0, 0);
    const blank = toInk(noise(empty), frame);
    expect(blank.frame).toBeUndefined();
    expect(blank.pixels).toEqual(new Float32Array(28 * 28));
    for (const shade of [0, 0.4, 1])
      expect(
        toInk(
          changed(empty, () => shade),
          frame,
        ).pixels.some((value) => value !== 0),
      ).toBe(false);
  });

  it('takes most of the border and the picture for ground: thick ink, ink at the border, a line around it', () => {
    const disk = changed(
      placed({ pixels: new Float32Array(1), shape: [1, 1, 1] }, 50, 50, 0, 0),
      (_, y, x) => (Math.hypot(y - 0.49, x - 0.49) < 0.42 ? 1 : 0),
    );
    expect(toInk(disk, frame).frame!.polarity).toBe('light');
    expect(toInk(negative(disk), frame).frame!.polarity).toBe('dark');
    const cross = changed(sign, (_, y, x) => (Math.abs(y - 0.5) < 0.1 || Math.abs(x - 0.4) < 0.1 ? 1 : 0));
    expect(toInk(cross, frame).frame!.polarity).toBe('light');
    const framed = changed(sign, (ink, y, x) => (Math.min(y, x, 0.98 - y, 0.98 - x) < 0.02 ? 1 : ink));
    expect(toInk(framed, frame).frame!.polarity).toBe('light');
  });

  it.each([
    {
      name: 'a triangle',
      around: [
        [0.8, 0.8],
        [0.75, 0.2],
        [0.3, 0.8],
        [0.8, 0.8],
      ],
    },
    {
      name: 'a crooked square',
      around: [
        [0.37, 0.37],
        [0.66, 0.28],
        [0.73, 0.75],
        [0.33, 0.78],
        [0.23, 0.37],
        [0.43, 0.44],
      ],
    },
  ] as const)('takes a thick line around an area for a line, not for a sheet: $name', ({ around }) => {
    const dark = changed(strokes(40, around, 0.12), (ink) => 0.6 - 0.6 * ink);
    expect(toInk(dark, frame).frame!.polarity).toBe('dark');
    expect(toInk(negative(dark), frame).frame!.polarity).toBe('light');
  });

  it('takes the polarity that it is told', () => {
    const disk = changed(sign, (_, y, x) => (Math.hypot(y - 0.5, x - 0.5) < 0.3 ? 1 : 0));
    expect(mostDifference(toInk(disk, frame), toInk(disk, frame, { polarity: 'light' }))).toBe(0);
    const told = toInk(disk, frame, { polarity: 'dark' });
    expect(told.frame!.polarity).toBe('dark');
    expect(told.pixels[14 * 28 + 14]).toBe(0);
    expect(told.pixels[14 * 28 + 6]).toBeGreaterThan(0.9);
  });

  it('lets a dot be a dot, and passes over specks', () => {
    const dot = changed(
      placed({ pixels: new Float32Array(1), shape: [1, 1, 1] }, 100, 100, 0, 0),
      (_, y, x) => (Math.hypot(y - 0.3, x - 0.7) < 0.02 ? 1 : 0),
    );
    const mass = toInk(dot, frame).pixels.reduce((sum, value) => sum + value, 0);
    expect(mass).toBeGreaterThan(20);
    expect(mass).toBeLessThan(80);
    const canvas = placed(sign, 100, 100, 20, 20);
    const specks = changed(canvas, (ink, _, __, i) => (i === 203 || i === 9790 ? 1 : ink));
    expect(mostDifference(clean, toInk(specks, frame))).toBeLessThan(0.3);
  });

  it('leaves MNIST as it is, but for digits between two places', async () => {
    const { test } = await loadMnist();
    const indices = Array.from({ length: 100 }, (_, i) => i);
    const { pixels } = test.images(indices);
    const differences = indices.map((i) => {
      const digit: Pixels = { pixels: pixels.slice(i * 784, (i + 1) * 784), shape: frame };
      return meanDifference(digit, toInk(digit, frame));
    });
    expect(differences.filter((difference) => difference < 0.005).length).toBeGreaterThanOrEqual(80);
  });

  it.each(reference.cases)(
    'gives what NumPy, SciPy and Pillow give: $name',
    ({ shape, pixels, to, box, expected }) => {
      const image: Pixels = {
        pixels: Float32Array.from(pixels, (value) => value / 255),
        shape: shape as never,
      };
      const made = toInk(image, [...to, 1] as never);
      for (const name of ['top', 'left', 'height', 'width'] as const)
        expect(made.frame!.box[name]).toBeCloseTo(box[name], 3);
      for (const [i, value] of expected.entries())
        expect(Math.abs(made.pixels[i]! - value)).toBeLessThan(2e-3);
    },
  );
});

describe('fromInk', () => {
  it('undoes toInk for clean drawings of any shades', () => {
    const shade = fc.double({ min: 0, max: 0.3, noNaN: true });
    fc.assert(
      fc.property(
        drawing,
        shade,
        fc.double({ min: 0.6, max: 1, noNaN: true }),
        fc.boolean(),
        (image, dark, light, isDark) => {
          const [ground, ink] = isDark ? [light, dark] : [dark, light];
          const original = changed(image, (value) => ground + value * (ink - ground));
          const { frame: found, ...drawn } = toInk(original, [56, 56, 1]);
          expect(meanDifference(original, fromInk(drawn, found!))).toBeLessThan(0.05);
        },
      ),
    );
  });

  it('draws in the colors of the picture', () => {
    const original = inColors(sign, [1, 0.9, 0.8], [0.1, 0.1, 0.6]);
    const { frame: found, ...drawn } = toInk(original, [56, 56, 1]);
    expect(meanDifference(original, fromInk(drawn, found!))).toBeLessThan(0.02);
  });
});

describe('meanFrame', () => {
  it('has the mean of sizes, boxes and colors, and the polarity of the first', () => {
    const of = (image: Pixels) => (toInk(image, frame) as InkDrawing).frame!;
    const [one, other] = [of(sign), of(changed(placed(sign, 80, 70, 10, 4), (ink) => 0.8 * ink))];
    const mean = meanFrame([one, other]);
    expect(mean.shape).toEqual([70, 65, 1]);
    expect(mean.ink[0]).toBeCloseTo(0.9, 6);
    expect(mean.inkBox.top).toBeCloseTo(one.inkBox.top + 5, 6);
    expect(mean.box.left).toBeCloseTo(one.box.left + 2, 6);
    const dark = meanFrame([of(negative(sign)), one]);
    expect([dark.polarity, dark.ground, dark.ink]).toEqual(['dark', [1], [0]]);
  });
});

describe('fitTo with a fit for drawings', () => {
  it('normalizes pictures that have the shape already, in any number of channels', () => {
    const small = changed(
      strokes(
        28,
        [
          [0.3, 0.3],
          [0.5, 0.6],
        ],
        0.1,
      ),
      (ink) => 1 - ink,
    );
    const made = fitTo(small, [28, 28, 3], 'ink');
    expect(made.shape).toEqual([28, 28, 3]);
    const gray = fitTo(small, frame, 'ink');
    expect(gray).toEqual({ pixels: toInk(small, frame).pixels, shape: frame });
    expect([...made.pixels.filter((_, i) => i % 3 === 2)]).toEqual([...gray.pixels]);
    expect(fitTo(small, frame, 'ink-dark')).toEqual(gray);
    expect(meanDifference(fitTo(small, frame, 'ink-light'), gray)).toBeGreaterThan(0.1);
    expect(sizeOf(gray.shape)).toBe(gray.pixels.length);
  });
});
