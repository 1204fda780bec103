import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { UsageError } from '../../../src/core/errors.js';
import { randomStream } from '../../../src/core/random.js';
import { inventAlphabet } from '../../../src/data/characters/alphabet.js';
import { type Character, inventCharacter } from '../../../src/data/characters/character.js';
import { characterBatch } from '../../../src/data/characters/characterBatch.js';
import { type Drawer, inventDrawer } from '../../../src/data/characters/drawer.js';
import { drawCharacter } from '../../../src/data/characters/drawing.js';
import { frameLines, type PenLines, rasterizeLines } from '../../../src/data/characters/penLines.js';

const sum = (values: ArrayLike<number>) => Array.from(values).reduce((total, value) => total + value, 0);
const mean = (values: ArrayLike<number>) => sum(values) / values.length;

/** A hand that misses nothing. */
const sure: Drawer = { slant: 0, aspect: 0, rotation: 0, pen: 1, smoothness: 0, carelessness: 0 };
/** Random numbers that are always the mean. */
const even = {
  ...randomStream(1),
  normal: (mean = 0) => mean,
  uniform: (low = 0, high = 1) => (low + high) / 2,
};

const line = (right: number, down: number) =>
  Array.from({ length: 12 }, (_, i) => [(right * i) / 11, (down * i) / 11] as const);
const stroke = (
  right: number,
  down: number,
  placement: Character['strokes'][number]['placement'] = { kind: 'apart', middle: [0, 0] },
) => ({ parts: [line(right, down)], placement, closed: false, dot: false });

/** Center of the ink, its deviations along each axis, and their covariance, in shares of the side. */
function moments(pixels: Float32Array, side: number) {
  const mass = sum(pixels);
  const average = (of: (x: number, y: number) => number) =>
    sum(pixels.map((ink, i) => ink * of(((i % side) + 0.5) / side, (Math.floor(i / side) + 0.5) / side))) /
    mass;
  const [x, y] = [average((x) => x), average((_, y) => y)];
  return {
    x,
    y,
    wide: Math.sqrt(average((each) => (each - x) ** 2)),
    high: Math.sqrt(average((_, each) => (each - y) ** 2)),
    both: average((a, b) => (a - x) * (b - y)),
  };
}

describe('a pen', () => {
  const lines = (...points: readonly (readonly [number, number])[]): PenLines => ({
    x: Float64Array.from(points, ([x]) => x),
    y: Float64Array.from(points, ([, y]) => y),
    starts: Int32Array.of(0, points.length),
    count: 1,
  });
  const rasterize = (drawn: PenLines, radius: number, side: number) => {
    const pixels = new Float32Array(side * side);
    rasterizeLines(drawn, radius, side, pixels, { ...even, uniform: (_low = 0, high = 1) => high });
    return pixels;
  };

  it('leaves as much ink as a round-ended line has area', () => {
    const [length, radius] = [100, 12];
    // An edge that is soft by one pixel to either side adds π / 3 to the area of the ends.
    const area = 2 * radius * length + Math.PI * radius ** 2 + Math.PI / 3;
    expect(sum(rasterize(lines([50, 80], [50 + length, 80]), radius, 200)) / area).toBeCloseTo(1, 3);
    expect(sum(rasterize(lines([50, 80], [110, 160]), radius, 200)) / area).toBeCloseTo(1, 3);
  });

  it('gives each pixel the ink of its distance from the nearest line', () => {
    const coordinate = fc.double({ min: -3, max: 23, noNaN: true });
    const end = fc.tuple(coordinate, coordinate);
    const radii = fc.double({ min: 0.3, max: 4, noNaN: true });
    fc.assert(
      fc.property(end, end, end, end, radii, (a, b, c, d, radius) => {
        const side = 20;
        const pixels = rasterize(
          { ...lines(a, b, c, d), starts: Int32Array.of(0, 2, 4), count: 2 },
          radius,
          side,
        );
        for (let i = 0; i < pixels.length; i++) {
          const [x, y] = [(i % side) + 0.5, Math.floor(i / side) + 0.5];
          const distance = ([x0, y0]: readonly number[], [x1, y1]: readonly number[]) => {
            const [dx, dy] = [x1! - x0!, y1! - y0!];
            const share = ((x - x0!) * dx + (y - y0!) * dy) / (dx * dx + dy * dy || 1);
            const t = Math.min(1, Math.max(0, share));
            return Math.hypot(x - x0! - t * dx, y - y0! - t * dy);
          };
          const ink = (radius + 1 - Math.min(distance(a, b), distance(c, d))) / 2;
          expect(pixels[i]).toBeCloseTo(Math.min(1, Math.max(0, ink)), 4);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('draws points on a circle as a circle', () => {
    const around = Array.from({ length: 12 }, (_, i) => (2 * Math.PI * i) / 11);
    const pixels = rasterize(
      lines(...around.map((angle) => [32 + 20 * Math.cos(angle), 32 + 20 * Math.sin(angle)] as const)),
      2,
      64,
    );
    // Straight pieces between these points would be up to 0.8 pixels off, and two halves of each 0.2.
    const off = Array.from(pixels, (value, i) => {
      const distance = Math.abs(Math.hypot((i % 64) + 0.5 - 32, Math.floor(i / 64) + 0.5 - 32) - 20);
      return Math.abs(value - Math.min(1, Math.max(0, (3 - distance) / 2)));
    });
    expect(Math.max(...off)).toBeLessThan(0.25);
    expect(mean(off.filter((each) => each > 0))).toBeLessThan(0.12);
  });

  it('puts the center of the ink in the middle, in a frame that depends on neither place nor size', () => {
    const point = fc.tuple(
      fc.double({ min: -1, max: 1, noNaN: true }),
      fc.double({ min: -1, max: 1, noNaN: true }),
    );
    const factor = fc.double({ min: 1, max: 10, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(point, { minLength: 4, maxLength: 9 }),
        point,
        factor,
        (points, [dx, dy], size) => {
          const spread = (axis: 0 | 1) =>
            Math.max(...points.map((p) => p[axis])) - Math.min(...points.map((p) => p[axis]));
          fc.pre(spread(0) > 0.3 && spread(1) > 0.3);
          const one = lines(...points);
          const other = lines(...points.map(([x, y]) => [x * size + dx, y * size + dy] as const));
          frameLines(one, 1, 32, even);
          frameLines(other, 1, 32, even);
          const nearly = (found: number, meant: number) => expect(Math.abs(found - meant)).toBeLessThan(0.2);
          for (let i = 0; i < points.length; i++) {
            nearly(other.x[i]!, one.x[i]!);
            nearly(other.y[i]!, one.y[i]!);
          }
          let [mass, sumX, sumY] = [0, 0, 0];
          // A piece has as much ink as it was long before it came into the frame.
          for (let i = 1; i < points.length; i++) {
            const length = Math.hypot(points[i]![0] - points[i - 1]![0], points[i]![1] - points[i - 1]![1]);
            mass += length;
            sumX += (length * (one.x[i]! + one.x[i - 1]!)) / 2;
            sumY += (length * (one.y[i]! + one.y[i - 1]!)) / 2;
          }
          nearly(sumX / mass, 16);
          nearly(sumY / mass, 16);
          const box = (values: Float64Array) => Math.max(...values) - Math.min(...values);
          expect(box(one.x)).toBeLessThan(32);
          expect(box(one.y)).toBeLessThan(32);
        },
      ),
    );
  });
});

describe('a drawing', () => {
  const draw = (strokes: Character['strokes'], drawer = sure) =>
    drawCharacter({ strokes }, drawer, even, { side: 64 }).pixels;
  const at = (pixels: Float32Array, x: number, y: number) =>
    pixels[Math.floor(64 * y) * 64 + Math.floor(64 * x)]!;

  it('has its strokes where they belong', () => {
    const plus = draw([stroke(0, 1), stroke(1, 0, { kind: 'joined', on: { stroke: 0, at: 0.5 }, by: 0.5 })]);
    const { x, y, wide, high } = moments(plus, 64);
    for (const [found, meant] of [
      [x, 0.5],
      [y, 0.5],
      [wide, high],
    ] as const)
      expect(found).toBeCloseTo(meant, 3);
    for (const [right, down] of [
      [0, 0],
      [0.25, 0],
      [-0.25, 0],
      [0, 0.25],
      [0, -0.25],
    ] as const) {
      expect(at(plus, 0.5 + right, 0.5 + down)).toBeGreaterThan(0.8);
    }
    expect(at(plus, 0.7, 0.7)).toBe(0);
    // An L: the second stroke begins at the end of the first.
    const corner = moments(
      draw([stroke(0, 1), stroke(1, 0, { kind: 'joined', on: { stroke: 0, at: 1 }, by: 0 })]),
      64,
    );
    expect(corner.both).toBeGreaterThan(0.01);
    const mirrored = moments(
      draw([stroke(0, 1), stroke(1, 0, { kind: 'joined', on: { stroke: 0, at: 1 }, by: 1 })]),
      64,
    );
    expect(mirrored.both).toBeCloseTo(-corner.both, 3);
  });

  it('leads the end of a stroke to another one, and closes what is closed', () => {
    const corner = [stroke(0, 1), stroke(1, 0, { kind: 'joined', on: { stroke: 0, at: 1 }, by: 0 })];
    const from = { kind: 'joined', on: { stroke: 0, at: 0 }, by: 0 } as const;
    // Led from the beginning of an L to its end, any line is the third side of the triangle.
    const triangle = draw([...corner, stroke(1, 1, from)]);
    for (const [right, down] of [
      [1, 0],
      [0.2, -0.7],
    ] as const) {
      const led = draw([...corner, stroke(right, down, { ...from, to: { stroke: 1, at: 1 } })]);
      expect(Math.max(...led.map((ink, i) => Math.abs(ink - triangle[i]!)))).toBeLessThan(1e-3);
    }
    const open = { ...stroke(1, 0), parts: [line(1, 0), line(0, 1), line(-1, 0)] };
    const [c, square] = [draw([open]), draw([{ ...open, closed: true }])].map((pixels) =>
      moments(pixels, 64),
    );
    // What is open to the left has its ink at the right of its box.
    expect(c!.x).toBeCloseTo(square!.x, 1);
    expect(draw([open])).not.toEqual(draw([{ ...open, closed: true }]));
  });

  it('shows the hand: slant, rotation, aspect and pen', () => {
    const cross = [stroke(0, 1), stroke(1, 0, { kind: 'joined', on: { stroke: 0, at: 0.5 }, by: 0.5 })];
    const upright = moments(draw(cross), 64);
    expect(upright.both).toBeCloseTo(0, 4);
    // Down is positive, so what leans to the right has a negative covariance.
    expect(moments(draw(cross, { ...sure, slant: 0.5 }), 64).both).toBeLessThan(-0.005);
    expect(moments(draw(cross, { ...sure, slant: -0.5 }), 64).both).toBeGreaterThan(0.005);
    const bar = [stroke(1, 0.3)];
    expect(moments(draw(bar, { ...sure, rotation: 0.3 }), 64).both).toBeGreaterThan(
      moments(draw(bar), 64).both + 0.002,
    );
    const wide = moments(draw(cross, { ...sure, aspect: 0.8 }), 64);
    expect(wide.wide / wide.high).toBeGreaterThan(1.1 * (upright.wide / upright.high));
    expect(sum(draw(cross, { ...sure, pen: 2 }))).toBeGreaterThan(1.5 * sum(draw(cross)));
  });

  it('of a careless hand differs more from what is meant', () => {
    const character = inventCharacter(inventAlphabet(randomStream(5)), randomStream(5));
    const spread = (carelessness: number, more: Partial<Drawer> = {}) => {
      const drawings = Array.from(
        { length: 30 },
        (_, i) => drawCharacter(character, { ...sure, carelessness, ...more }, randomStream(i)).pixels,
      );
      const average = drawings[0]!.map((_, i) => mean(drawings.map((pixels) => pixels[i]!)));
      return mean(drawings.map((pixels) => sum(pixels.map((ink, i) => (ink - average[i]!) ** 2))));
    };
    expect(spread(2)).toBeGreaterThan(1.2 * spread(0.3));
    expect(spread(0, { misses: 3 })).toBeGreaterThan(1.2 * spread(0, { misses: 0 }));
    expect(spread(0, { misses: 1 })).toBe(spread(0));
  });

  it('refuses what is no drawer, and a side out of range', () => {
    const character = inventCharacter(inventAlphabet(randomStream(5)), randomStream(5));
    const drawer = inventDrawer(randomStream(5));
    const wrong = { ...drawer, pen: Number.NaN };
    expect(() => drawCharacter(character, wrong, even)).toThrow('pen');
    for (const side of [4, 1.5, 4096]) {
      expect(() => drawCharacter(character, drawer, even, { side })).toThrow(UsageError);
      expect(() => drawCharacter(character, drawer, even, { side })).toThrow('side');
    }
  });
});

describe('a batch', () => {
  const options = { alphabets: 2, characters: 5, drawers: 3, seed: 7 };

  it('has every character of every alphabet by every drawer', () => {
    const { pixels, shape, labels, classes } = characterBatch(options);
    expect(shape).toEqual([32, 32, 1]);
    expect(pixels).toHaveLength(30 * 1024);
    expect([...labels]).toEqual(Array.from({ length: 30 }, (_, i) => Math.floor(i / 3)));
    expect(classes).toHaveLength(10);
    expect(classes[6]).toBe('alphabet 1 character 1');
    expect(pixels.every((ink) => ink >= 0 && ink <= 1)).toBe(true);
    expect(characterBatch({ seed: 7 }).labels).toHaveLength(256);
  });

  it('depends on the seed and its number, and an image on those of alphabet, character and drawer alone', () => {
    const batch = characterBatch(options).pixels;
    expect(characterBatch(options).pixels).toEqual(batch);
    expect(characterBatch({ ...options, batch: 1 }).pixels).not.toEqual(batch);
    expect(characterBatch({ ...options, seed: 8 }).pixels).not.toEqual(batch);
    const more = characterBatch({ seed: 7, alphabets: 3, characters: 6, drawers: 4 }).pixels;
    const image = (pixels: Float32Array, i: number) => pixels.subarray(i * 1024, (i + 1) * 1024);
    for (const [a, c, d] of [
      [0, 0, 0],
      [0, 4, 2],
      [1, 3, 1],
    ] as const) {
      expect(image(more, (a * 6 + c) * 4 + d)).toEqual(image(batch, (a * 5 + c) * 3 + d));
    }
  });

  it('differs less by careful drawers', () => {
    /** Mean square of the difference between the drawings of two drawers. */
    const difference = (care: { carelessness?: number }) => {
      const { pixels } = characterBatch({ ...options, characters: 20, drawers: 2, ...care });
      const other = (i: number) => pixels[i - (i % 2048) + ((i + 1024) % 2048)]!;
      return mean(pixels.map((ink, i) => (ink - other(i)) ** 2));
    };
    const usual = difference({});
    expect(difference({ carelessness: 0 })).toBeLessThan(0.9 * difference({ carelessness: 0.7 }));
    expect(difference({ carelessness: 0.7 })).toBeLessThan(0.95 * usual);
    expect(difference({ carelessness: 1 })).toBe(usual);
  });

  it('is nearly the same on an engine that rounds sines, exponentials and logarithms otherwise', () => {
    const { pixels } = characterBatch(options);
    /** Largest difference of a pixel when all of these are off by a share. */
    const difference = (share: number) => {
      const spies = (['sin', 'cos', 'exp', 'log'] as const).map((name) => {
        const exact = Math[name];
        return vi.spyOn(Math, name).mockImplementation((x) => exact(x) * (1 + share));
      });
      const other = characterBatch(options).pixels;
      for (const spy of spies) spy.mockRestore();
      return Math.max(...other.map((ink, i) => Math.abs(ink - pixels[i]!)));
    };
    expect(difference(1e-6)).toBeGreaterThan(0);
    expect(difference(2 ** -50)).toBeLessThan(1e-6);
  });

  /** The nine pixels around each pixel, added up twice. */
  const blurred = (pixels: Float32Array, side: number) => {
    const once = (values: Float32Array) =>
      values.map((_, i) => {
        let total = 0;
        for (const down of [-1, 0, 1]) {
          for (const right of [-1, 0, 1]) {
            const [x, y] = [(i % side) + right, Math.floor(i / side) + down];
            if (x >= 0 && x < side && y >= 0 && y < side) total += values[y * side + x]!;
          }
        }
        return total;
      });
    return once(once(pixels));
  };

  it('shows drawings of one character nearer to each other than to those of others', () => {
    const [alphabets, characters, drawers, size] = [3, 10, 4, 1024];
    const { pixels } = characterBatch({ alphabets, characters, drawers, seed: 3 });
    const images = Array.from({ length: alphabets * characters * drawers }, (_, i) =>
      blurred(pixels.subarray(i * size, (i + 1) * size), 32),
    );
    const apart = (a: number, b: number) =>
      Math.sqrt(sum(images[a]!.map((ink, i) => (ink - images[b]![i]!) ** 2)));
    const [same, other]: [number[], number[]] = [[], []];
    for (let a = 0; a < images.length; a++) {
      for (let b = 0; b < a; b++) {
        if (Math.floor(a / drawers / characters) !== Math.floor(b / drawers / characters)) continue;
        const alike = Math.floor(a / drawers) === Math.floor(b / drawers);
        (alike ? same : other).push(apart(a, b));
      }
    }
    expect(mean(same)).toBeLessThan(0.9 * mean(other));
  });

  it('keeps the ink in the frame, with its center in the middle', () => {
    const { pixels, labels } = characterBatch({ alphabets: 10, characters: 10, drawers: 2, seed: 4 });
    const centers: number[] = [];
    let border = 0;
    for (let i = 0; i < labels.length; i++) {
      const image = pixels.subarray(i * 1024, (i + 1) * 1024);
      expect(sum(image)).toBeGreaterThan(4);
      const { x, y } = moments(image, 32);
      centers.push(Math.hypot(x - 0.5, y - 0.5));
      border += sum(image.filter((_, j) => j < 32 || j >= 992 || j % 32 === 0 || j % 32 === 31));
    }
    expect(mean(centers)).toBeLessThan(0.04);
    // The border has 12 % of the pixels.
    expect(border / sum(pixels)).toBeLessThan(0.03);
  });

  it('takes no more than half a millisecond a drawing', () => {
    characterBatch({ seed: 1 });
    const before = process.cpuUsage();
    for (let batch = 0; batch < 4; batch++) characterBatch({ seed: 1, batch });
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / (4 * 256)).toBeLessThan(500);
  });

  it('refuses counts that are none, and more than memory holds', () => {
    for (const wrong of [
      { alphabets: 0 },
      { characters: 1.5 },
      { drawers: Number.NaN },
      { side: 4 },
      { batch: -1 },
      { carelessness: -1 },
    ]) {
      expect(() => characterBatch({ ...options, ...wrong })).toThrow(UsageError);
      expect(() => characterBatch({ ...options, ...wrong })).toThrow(Object.keys(wrong)[0]!);
    }
    expect(() => characterBatch({ ...options, characters: 1e6 })).toThrow('too many for memory');
  });
});
