import fc from 'fast-check';
import { expect, it } from 'vitest';
import { toInk } from '../../src/data/ink.js';

it('toInk gives finite pixels in [0, 1] and a frame of numbers for any picture', () => {
  const side = fc.integer({ min: 1, max: 12 });
  const shades = fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 0, max: 1, noNaN: true }));
  fc.assert(
    fc.property(
      side,
      side,
      fc.constantFrom(1, 3),
      fc.array(shades, { minLength: 432, maxLength: 432 }),
      fc.record({
        polarity: fc.constantFrom('dark', 'light', undefined),
        by: fc.constantFrom('box', 'spread'),
      }),
      (height, width, channels, values, { polarity, by }) => {
        const pixels = Float32Array.from(values.slice(0, height * width * channels));
        const options = { by, ...(polarity === undefined ? {} : { polarity }) } as const;
        const { frame, ...drawn } = toInk({ pixels, shape: [height, width, channels] }, [8, 8, 1], options);
        expect(drawn.pixels.every((value) => value >= 0 && value <= 1)).toBe(true);
        const numbers = frame ? [frame.box, frame.inkBox].flatMap((box) => Object.values(box)) : [];
        expect(numbers.every(Number.isFinite)).toBe(true);
      },
    ),
    { numRuns: 300 },
  );
});
