import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { affine, rotate, scale, shear, shift } from '../../src/augment/transforms/affine.js';
import { crop } from '../../src/augment/transforms/crop.js';
import { elastic } from '../../src/augment/transforms/elastic.js';
import {
  assertBackground,
  type Background,
  colorIn,
  colorOf,
  isBackground,
  lumaOf,
} from '../../src/core/background.js';
import { UsageError } from '../../src/core/errors.js';
import type { ImageShape } from '../../src/core/image.js';
import { moveImage } from '../../src/core/moveImage.js';
import { randomStream } from '../../src/core/random.js';
import { fitTo } from '../../src/data/resize.js';

const colors = ['black', 'white', '#ff8000', '#102030'] as const;
const shapes: readonly ImageShape[] = [
  [6, 9, 1],
  [9, 5, 3],
];

function image(shape: ImageShape, seed: number) {
  const random = randomStream(seed);
  return {
    pixels: Float32Array.from({ length: shape[0] * shape[1] * shape[2] }, () => random.uniform()),
    shape,
    label: 'a',
  };
}

/** Images differ by no more than rounding. */
function expectEqual(found: Float32Array, expected: Float32Array): void {
  expect(found.length).toBe(expected.length);
  for (const [i, value] of found.entries()) expect(value).toBeCloseTo(expected[i]!, 5);
}

/** Everything that brings pixels in from outside, by the same random numbers for every background. */
const fillers = {
  letterbox: (of: ReturnType<typeof image>, background: Background) =>
    fitTo(of, [8, 8, of.shape[2]], 'letterbox', background).pixels,
  move: (of: ReturnType<typeof image>, background: Background) =>
    moveImage(of.pixels, of.shape, [2, -3], background),
  ...Object.fromEntries(
    [affine, rotate, scale, shear, shift, crop, elastic].map((make) => [
      make.kind,
      (of: ReturnType<typeof image>, background: Background) =>
        make({ fill: background }).apply(of, randomStream(7, make.kind)),
    ]),
  ),
} as Readonly<Record<string, (of: ReturnType<typeof image>, background: Background) => Float32Array>>;

describe.each(Object.entries(fillers))('the background of %s', (_, filled) => {
  const cases = shapes.flatMap((shape) => colors.map((color) => [shape, color] as const));

  it.each(cases)('on %j is %s: as if it were taken off before and laid under again', (shape, color) => {
    const channels = shape[2];
    const shade = colorIn(color, channels)!;
    const of = image(shape, 3);
    const without = { ...of, pixels: of.pixels.map((value, i) => value - shade[i % channels]!) };
    const expected = filled(without, 'black').map((value, i) => value + shade[i % channels]!);
    expectEqual(filled(of, color), expected);
  });

  it.each(shapes)(
    'is drawn from the outermost pixels for edge: a plain image stays plain (%j)',
    (...shape) => {
      const plain = { ...image(shape as unknown as ImageShape, 1) };
      plain.pixels.fill(0.3);
      for (const value of filled(plain, 'edge')) expect(value).toBeCloseTo(0.3, 5);
    },
  );
});

describe('moveImage', () => {
  it('repeats the nearest pixel of the border for edge', () => {
    const moved = moveImage(Float32Array.of(1, 2, 3, 4, 5, 6), [2, 3, 1], [1, 2], 'edge');
    expect([...moved]).toEqual([1, 1, 1, 1, 1, 1]);
    expect([...moveImage(Float32Array.of(1, 2, 3, 4, 5, 6), [2, 3, 1], [0, -1], 'edge')]).toEqual([
      2, 3, 3, 5, 6, 6,
    ]);
  });

  it('leaves background alone where an image is moved out of sight', () => {
    expect([...moveImage(Float32Array.of(0.5, 0.5), [1, 2, 1], [3, 9], 'white')]).toEqual([1, 1]);
  });
});

describe('a background by its text', () => {
  it('is a name or a color of six digits', () => {
    for (const text of ['black', 'white', 'edge', '#00ff7F']) expect(isBackground(text)).toBe(true);
    for (const text of ['', 'gray', '#fff', '#12345g', 'Black', '#0000000', ' white'])
      expect(isBackground(text)).toBe(false);
  });

  it('is refused by name otherwise', () => {
    for (const value of ['green', 3, null, undefined, {}, ['white']]) {
      expect(() => assertBackground(value)).toThrow(UsageError);
    }
    expect(() => affine({ fill: 'green' as Background })).toThrow(/fill/);
  });

  it('has a color in [0, 1], and the luma of Rec. 601 in one channel', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 3, maxLength: 3 }), (bytes) => {
        const hex = bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
        const color = colorOf(`#${hex}`)!;
        expect(color.map((value) => Math.round(255 * value))).toEqual(bytes);
        expect(colorIn(`#${hex}`, 3)).toEqual(color);
        expect(colorIn(`#${hex}`, 1)).toEqual([lumaOf(color)]);
      }),
    );
  });
});
