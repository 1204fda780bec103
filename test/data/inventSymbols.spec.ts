import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/core/errors.js';
import { randomStream } from '../../src/core/random.js';
import { drawByHand, inventSymbol, inventSymbols, rasterize } from '../../src/data/inventSymbols.js';

const sum = (values: Float32Array) => values.reduce((total, value) => total + value, 0);

describe('invented symbols', () => {
  it('are as many classes as asked for, each drawn as often', () => {
    const source = inventSymbols({ symbols: 5, drawings: 3, seed: 1 });
    expect(source.shape).toEqual([28, 28, 1]);
    expect([...source.labels]).toEqual([0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4]);
    expect(source.classes).toEqual([0, 1, 2, 3, 4].map((symbol) => `symbol ${symbol}`));
    const size = 28 * 28;
    const { pixels } = source.images();
    for (let i = 0; i < 15; i++) expect(sum(pixels.subarray(i * size, (i + 1) * size))).toBeGreaterThan(5);
  });

  it('depend on the seed and their own numbers alone', () => {
    const few = inventSymbols({ symbols: 2, drawings: 2, seed: 7 });
    const more = inventSymbols({ symbols: 4, drawings: 5, seed: 7 });
    expect(few.images([3]).pixels).toEqual(more.images([6]).pixels);
    expect(few.images([3]).pixels).not.toEqual(
      inventSymbols({ symbols: 2, drawings: 2, seed: 8 }).images([3]).pixels,
    );
  });

  it('look more alike within a symbol than between two', () => {
    const [symbols, drawings] = [12, 8];
    const { pixels } = inventSymbols({ symbols, drawings, seed: 3 }).images();
    const size = 28 * 28;
    const apart = (a: number, b: number) => {
      let square = 0;
      for (let i = 0; i < size; i++) square += (pixels[a * size + i]! - pixels[b * size + i]!) ** 2;
      return square;
    };
    let right = 0;
    for (let query = 0; query < symbols * drawings; query++) {
      const others = [...Array(symbols * drawings).keys()].filter((i) => i !== query);
      const nearest = others.reduce((best, i) => (apart(query, i) < apart(query, best) ? i : best));
      right += Number(Math.floor(nearest / drawings) === Math.floor(query / drawings));
    }
    // By chance one in fourteen would be right.
    expect(right / (symbols * drawings)).toBeGreaterThan(0.4);
  });

  it('refuses counts that are none, and images too small to draw in', () => {
    const fine = { symbols: 2, drawings: 2, seed: 1 };
    for (const wrong of [{ symbols: 0 }, { drawings: 1.5 }, { side: 4 }, { symbols: Number.NaN }]) {
      expect(() => inventSymbols({ ...fine, ...wrong })).toThrow(UsageError);
      expect(() => inventSymbols({ ...fine, ...wrong })).toThrow(Object.keys(wrong)[0]!);
    }
  });
});

describe('a pen', () => {
  it('goes through the points of a stroke when the hand is sure', () => {
    const strokes = [
      {
        points: [
          [0.2, 0.3],
          [0.5, 0.8],
          [0.7, 0.2],
          [0.4, 0.4],
        ],
        closed: false,
        straight: false,
      },
    ] as const;
    const sure = { ...randomStream(1), normal: (mean = 0) => mean };
    const { segments } = drawByHand({ strokes, carelessness: 0.05 }, sure);
    const visited = [segments[0]![0], ...segments.map(([, to]) => to)];
    for (const point of strokes[0].points) {
      expect(Math.min(...visited.map(([x, y]) => Math.hypot(x - point[0], y - point[1])))).toBeLessThan(1e-9);
    }
  });

  it('comes back to where a closed stroke began', () => {
    for (let seed = 0; seed < 40; seed++) {
      const symbol = inventSymbol(randomStream(seed));
      const [stroke] = symbol.strokes;
      if (!stroke!.closed) continue;
      const { segments } = drawByHand({ ...symbol, strokes: [stroke!] }, randomStream(seed, 'hand'));
      const [first, last] = [segments[0]![0], segments.at(-1)![1]];
      expect(last[0]).toBeCloseTo(first[0], 9);
      expect(last[1]).toBeCloseTo(first[1], 9);
    }
  });

  it('leaves as much ink as a round-ended line has area', () => {
    const [length, radius, side] = [0.5, 0.06, 200];
    const from = [0.25, 0.4] as const;
    const to = [0.25 + length, 0.4] as const;
    const ink = sum(rasterize({ segments: [[from, to]], radius }, side)) / side ** 2;
    expect(ink).toBeCloseTo(2 * radius * length + Math.PI * radius ** 2, 3);
  });

  it('may run off the page', () => {
    const pixels = rasterize(
      {
        segments: [
          [
            [-0.5, 0.5],
            [1.5, 0.5],
          ],
          [
            [2, 2],
            [3, 3],
          ],
        ],
        radius: 0.1,
      },
      10,
    );
    expect(pixels).toHaveLength(100);
    expect(Math.max(...pixels)).toBe(1);
    expect(pixels.every((value) => value >= 0 && value <= 1)).toBe(true);
  });
});
