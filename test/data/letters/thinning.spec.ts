import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Bitmap, distances, thin } from '../../../src/data/letters/thinning.js';
import reference from '../../reference/skeletons.json' with { type: 'json' };

const bitmap = (rows: readonly string[]): Bitmap => ({
  side: rows.length,
  ink: Uint8Array.from(rows.join(''), (pixel) => (pixel === '#' ? 1 : 0)),
});
/** Pieces of what is or is not inked; pieces of ink touch across corners, those of the ground do not. */
function pieces({ side, ink }: Bitmap, inked: 0 | 1): number {
  const steps = inked === 1 ? [1, side - 1, side, side + 1] : [1, side];
  const left = new Set([...ink.keys()].filter((pixel) => ink[pixel] === inked));
  let count = 0;
  for (const start of left) {
    count++;
    const piece = new Set([start]);
    for (const pixel of piece) {
      left.delete(pixel);
      for (const step of steps)
        for (const next of [pixel - step, pixel + step]) if (left.has(next)) piece.add(next);
    }
  }
  return count;
}

describe('thinning', () => {
  it('leaves what it leaves by scikit-image', () => {
    for (const shape of reference) expect(thin(bitmap(shape.ink))).toEqual(bitmap(shape.thinned));
  });

  it('neither parts nor joins nor fills nor loses anything', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 100, maxLength: 100 }), (inked) => {
        const shape = { side: 12, ink: new Uint8Array(144) };
        for (const [i, value] of inked.entries())
          shape.ink[13 + (i % 10) + 12 * Math.floor(i / 10)] = Number(value);
        const thinned = thin(shape);
        expect(pieces(thinned, 1)).toBe(pieces(shape, 1));
        expect(pieces(thinned, 0)).toBe(pieces(shape, 0));
        expect(thinned.ink.every((value, pixel) => value <= shape.ink[pixel]!)).toBe(true);
      }),
    );
  });

  it('leaves what is thin', () => {
    for (const shape of reference) {
      const once = thin(bitmap(shape.ink));
      expect(thin(once)).toEqual(once);
    }
  });
});

describe('distances', () => {
  it('are those of SciPy, to 5 %', () => {
    for (const shape of reference) {
      const { ink } = bitmap(shape.ink);
      const found = distances(bitmap(shape.ink));
      expect(found.filter((_, pixel) => ink[pixel] === 0).every((distance) => distance === 0)).toBe(true);
      for (const [i, distance] of found.filter((_, pixel) => ink[pixel] === 1).entries()) {
        expect(Math.abs(distance / shape.distances[i]! - 1)).toBeLessThan(0.05);
      }
    }
  });
});
