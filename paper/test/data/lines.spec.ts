import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../src/core/errors.js';
import { drawLine, renderLines } from '../../data/lines.js';

const { lines } = JSON.parse(
  readFileSync(new URL('../../../test/reference/lines.json', import.meta.url), 'utf8'),
) as {
  readonly lines: readonly { readonly angle: number; readonly pixels: readonly number[] }[];
};

const angles = fc.double({ min: 0, max: 2 * Math.PI, noNaN: true });
const difference = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i]!)));
const at = (pixels: Float32Array, row: number, column: number) => pixels[row * 32 + column]!;

describe('drawLine', () => {
  it.each(lines.map(({ angle, pixels }) => [angle, pixels] as const))(
    'covers at %d what counting points gives',
    (angle, pixels) => {
      expect(difference(drawLine(angle), pixels)).toBeLessThan(0.045);
    },
  );

  it('stays in [0, 1] and covers the area of its parallelogram', () => {
    fc.assert(
      fc.property(angles, (angle) => {
        const pixels = drawLine(angle);
        expect(Math.min(...pixels)).toBeGreaterThanOrEqual(0);
        expect(Math.max(...pixels)).toBeLessThanOrEqual(1 + 1e-6);
        const along = 15 * Math.max(Math.abs(Math.cos(angle)), Math.abs(Math.sin(angle)));
        expect(pixels.reduce((a, b) => a + b)).toBeCloseTo(2 * along, 3);
      }),
    );
  });

  it('turned by a quarter is the image turned by a quarter', () => {
    fc.assert(
      fc.property(angles, (angle) => {
        const [line, turned] = [drawLine(angle), drawLine(angle + Math.PI / 2)];
        const back = Array.from({ length: 1024 }, (_, i) => at(turned, 31 - (i % 32), Math.floor(i / 32)));
        expect(difference(line, back)).toBeLessThan(1e-5);
      }),
    );
  });

  it('goes to the right at 0 and upward at a quarter turn', () => {
    const right = drawLine(0);
    expect([at(right, 15, 16), at(right, 16, 30), at(right, 16, 31), at(right, 16, 15)]).toEqual([
      1, 1, 0, 0,
    ]);
    const up = drawLine(Math.PI / 2);
    expect([at(up, 15, 15), at(up, 1, 16), at(up, 0, 16), at(up, 17, 16)]).toEqual([1, 1, 0, 0]);
  });

  it('changes little with a small turn', () => {
    fc.assert(
      fc.property(angles, (angle) => {
        // Between steep and flat the line's ends are cut another way.
        fc.pre(Math.abs(Math.abs(Math.cos(angle)) - Math.abs(Math.sin(angle))) > 0.01);
        expect(difference(drawLine(angle), drawLine(angle + 1e-4))).toBeLessThan(0.01);
      }),
    );
  });
});

describe('renderLines', () => {
  it('gives the same lines for one seed, whatever the number', () => {
    const [few, many] = [renderLines({ count: 20, seed: 3 }), renderLines({ count: 50, seed: 3 })];
    expect(many.angles.subarray(0, 20)).toEqual(few.angles);
    expect(many.source.images(few.source.labels.map((_, i) => i))).toEqual(few.source.images());
    expect(renderLines({ count: 20, seed: 4 }).angles).not.toEqual(few.angles);
  });

  it('draws each at its angle, labelled by its tenth of a turn', () => {
    const { source, angles: drawn } = renderLines({ count: 300, seed: 1 });
    const { pixels } = source.images();
    expect(source.shape).toEqual([32, 32, 1]);
    for (const [i, angle] of drawn.entries()) {
      expect(difference(drawLine(angle), pixels.subarray(i * 1024, (i + 1) * 1024))).toBeLessThan(
        0.5 / 255 + 1e-6,
      );
      expect(source.classes[source.labels[i]!]).toBe(Math.floor((10 * angle) / (2 * Math.PI)));
    }
    expect(new Set(source.labels).size).toBe(10);
  });

  it.each([0, 1.5, -1, Number.NaN])('refuses %d lines', (count) => {
    expect(() => renderLines({ count, seed: 0 })).toThrow(UsageError);
  });
});
